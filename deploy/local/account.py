"""Which system user a server runs as: PostgreSQL refuses root, and RabbitMQ needs no root either."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypedDict

UNPRIVILEGED = ("postgres", "nobody")


class PopenArguments(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    uid: int
    gid: int

    @classmethod
    def own(cls) -> Self:
        return cls._of(pwd.getpwuid(os.geteuid()))

    @classmethod
    def for_servers(cls) -> Self:
        """Our own user; for root the first unprivileged user there is."""
        if os.geteuid() != 0:
            return cls.own()
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        return cls._of(next(known[name] for name in UNPRIVILEGED if name in known))

    @classmethod
    def _of(cls, entry: pwd.struct_passwd) -> Self:
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def arguments(self) -> PopenArguments:
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, folder: Path) -> bool:
        """Whether this user may pass through every folder on the way to `folder`, which need not exist yet."""
        return self.uid == os.geteuid() or all(
            parent.stat().st_mode & stat.S_IXOTH for parent in folder.absolute().parents if parent.exists()
        )

    def make_folder(self, folder: Path) -> Path:
        """Make `folder` this user's own and nobody else's (mode 0700)."""
        folder.mkdir(parents=True, exist_ok=True)
        self.give(folder, 0o700)
        return folder

    def give(self, path: Path, mode: int) -> None:
        path.chmod(mode)
        if self.uid != os.geteuid():
            os.chown(path, self.uid, self.gid)
