"""Generated passwords: one per file, mode 0600, made once."""

import os
import secrets
from pathlib import Path

from deploy.local.account import Account


def secret(file: Path, account: Account | None = None) -> str:
    """The text in `file`; made of 24 random bytes if there is none yet."""
    try:
        return file.read_text()
    except FileNotFoundError:
        new = file.with_suffix(".new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_urlsafe(24))
        (account or Account.own()).give(new, 0o600)
        new.rename(file)
        return file.read_text()
