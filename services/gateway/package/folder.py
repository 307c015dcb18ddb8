"""The package as a folder, whole or not there and for its owner alone, or as one file; with digests to check it by."""

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

MANIFEST: Final = "SHA256SUMS"
"""A line for each file, as `sha256sum -c` reads it."""


class FolderTaken(Exception):
    """There is something in the folder already."""


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make `folder` with these files and their manifest. Raises FolderTaken, OSError; then nothing was made."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderTaken(str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    # mkdtemp gives the folder, and so what is in it, to its owner alone.
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, content in (*files.items(), (MANIFEST, manifest(files))):
            (beside / name).write_bytes(content)
        beside.replace(folder)
    except OSError:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def packed(files: Mapping[str, bytes]) -> bytes:
    """The same files and manifest as a ZIP archive."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in (*files.items(), (MANIFEST, manifest(files))):
            opened.writestr(name, content)
    return archive.getvalue()


def manifest(files: Mapping[str, bytes]) -> bytes:
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return "".join(lines).encode()
