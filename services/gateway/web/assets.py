"""Styles, fonts and scripts: served from where npm put them, for ever cacheable under an address that holds a hash."""

import gzip
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
}
COMPRESSED: Final = {".css", ".js", ".svg"}


class Assets:
    """Files of a few folders by name: `/static/<hash>/<folder>/<path>`. One hash, so styles name fonts relatively."""

    def __init__(self, folders: Mapping[str, Path], versions: tuple[Path, ...]) -> None:
        """`versions`: files that change whenever a folder's content does (package.json, or the small folder itself)."""
        self._folders = {name: folder.resolve(strict=True) for name, folder in folders.items()}
        digest = sha256()
        for path in versions:
            for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
                if file.is_file():
                    digest.update(file.read_bytes())
        self.version = digest.hexdigest()[:12]
        self._read = cache(_read)

    def url(self, folder: str, path: str) -> str:
        """The address of a file. Raises FileNotFoundError, so that a page never names a file that is not there."""
        self._path(folder, path).resolve(strict=True)
        return f"/static/{self.version}/{folder}/{path}"

    def serve(self, request: Request) -> Response:
        """The endpoint. An old hash gets the newest file, for a short time only."""
        folder, path = request.path_params["folder"], request.path_params["path"]
        try:
            file = self._path(folder, path).resolve(strict=True)
        except (KeyError, OSError, ValueError):
            return PlainTextResponse("404", 404)
        if self._folders[folder] not in file.parents or file.suffix not in TYPES:
            return PlainTextResponse("404", 404)
        plain, packed = self._read(file)
        fresh = request.path_params["version"] == self.version
        headers = {
            "cache-control": "public, max-age=31536000, immutable" if fresh else "no-cache",
            "vary": "Accept-Encoding",
        }
        if packed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(packed, headers=headers | {"content-encoding": "gzip"}, media_type=TYPES[file.suffix])
        return Response(plain, headers=headers, media_type=TYPES[file.suffix])

    def _path(self, folder: str, path: str) -> Path:
        return self._folders[folder] / path


def _read(file: Path) -> tuple[bytes, bytes]:
    plain = file.read_bytes()
    return plain, gzip.compress(plain, 9, mtime=0) if file.suffix in COMPRESSED else b""
