"""Where a pair of embedded servers lives, and as whom.

For an ordinary user everything lies in the named folder. For root it lies in
/var/lib/backoffice-<hash of the folder>, because PostgreSQL refuses to run as root and the
service user it runs as cannot pass a private folder of root's; no folder's mode is changed.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from backoffice.foundation.errors import Refused
from backoffice.foundation.language import _
from backoffice.foundation.leash import ServiceUser

SERVICE_USER_NAME = "backoffice"
STATE_FOLDER_OF_ROOT = Path("/var/lib")
# The kernel allows 107 bytes for a socket's path; the longest name that we put there is
# ".s.PGSQL.65535.lock".
SOCKET_FOLDER_BYTES_MAX = 107 - len("/.s.PGSQL.65535.lock")


class ServersUnavailable(Refused):
    """The embedded servers cannot be found or do not start; the message says what to do."""

    code = "servers_unavailable"
    http_status = 503


@dataclass(frozen=True)
class Place:
    """The folders and files of one pair of servers; `of` names them without making any."""

    folder: Path
    home: Path
    as_root: bool

    @classmethod
    def of(cls, folder: Path) -> Place:
        folder = folder.resolve()
        if os.geteuid() == 0:
            return cls(folder, STATE_FOLDER_OF_ROOT / f"backoffice-{short_hash(folder)}", True)
        return cls(folder, folder / "servers", False)

    @property
    def postgresql_data(self) -> Path:
        return self.home / "postgresql"

    @property
    def valkey_data(self) -> Path:
        return self.home / "valkey"

    @property
    def programs(self) -> Path:
        return self.home / "programs"

    @property
    def logs(self) -> Path:
        return self.home / "log"

    @property
    def state_file(self) -> Path:
        return self.home / "state.json"

    @property
    def users_lock(self) -> Path:
        return self.home / "users.lock"

    @property
    def starting_lock(self) -> Path:
        return self.home / "starting.lock"

    @property
    def keeper_lock(self) -> Path:
        return self.home / "keeper.lock"

    @cached_property
    def sockets(self) -> Path:
        beside_data = self.home / "sockets"
        if len(os.fsencode(beside_data)) <= SOCKET_FOLDER_BYTES_MAX:
            return beside_data
        return Path("/tmp") / f"backoffice-{os.geteuid()}-{short_hash(self.home)}"  # noqa: S108 - made_private refuses it unless it is ours

    @cached_property
    def service_user(self) -> ServiceUser | None:
        return find_or_make_service_user() if self.as_root else None

    def make_home(self) -> None:
        """As root the service user may pass through it, to what is its own."""
        self.home.mkdir(mode=0o711 if self.as_root else 0o700, parents=True, exist_ok=True)

    def make(self) -> None:
        """Make the folders; the caller holds the users' lock, so nobody removes them."""
        if self.as_root:
            self.home.chmod(0o711)  # whatever the umask
        self.logs.mkdir(mode=0o700, exist_ok=True)
        for served in (self.sockets, self.valkey_data):
            made_private(served, owner=self.service_user)

    def remove(self) -> None:
        """Delete everything, data included; the caller holds the users' lock alone. That goes
        last: from then on the next user may come, who makes a home and a lock of his own."""
        shutil.rmtree(self.sockets, ignore_errors=True)
        for entry in self.home.iterdir():
            if entry == self.users_lock:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink()
        self.users_lock.unlink()
        with suppress(OSError):  # not empty: somebody has come
            self.home.rmdir()

    def log_of(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def secret(self, name: str) -> str:
        """The password of that name, made at its first use and readable by us alone."""
        file = self.home / f"{name}.password"
        if not file.exists():
            write_private(file, secrets.token_urlsafe(32))
        return file.read_text()


def short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def made_private(folder: Path, *, owner: ServiceUser | None) -> None:
    """Make `folder` for its owner alone; refuse one that somebody else made before us."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    expected = {os.geteuid(), owner.uid} if owner else {os.geteuid()}
    if folder.is_symlink() or found.st_uid not in expected:
        raise ServersUnavailable(
            _("%(folder)s belongs to another user. Remove it and start again.", folder=folder)
        )
    if owner and found.st_uid != owner.uid:
        os.chown(folder, owner.uid, owner.gid)
    folder.chmod(0o700)


def write_private(file: Path, text: str, *, owner: ServiceUser | None = None) -> None:
    """Put `text` in `file` in one piece, readable by its owner alone."""
    being_written = file.with_name(f"{file.name}.{os.getpid()}")
    being_written.touch(mode=0o600)
    being_written.write_text(text)
    if owner:
        os.chown(being_written, owner.uid, owner.gid)
    being_written.rename(file)


def find_or_make_service_user() -> ServiceUser:
    """The account that the servers run as under root; a system account without a login."""
    found = find_service_user()
    if found:
        return found
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
    command = [useradd or "useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SERVICE_USER_NAME]
    done = useradd and subprocess.run(command, capture_output=True, text=True, check=False)
    found = find_service_user()  # whatever useradd said: another process may have been first
    if found:
        return found
    reason = done.stderr.strip() if done else _("useradd is not installed")
    raise ServersUnavailable(
        _(
            "PostgreSQL does not run as root, and its user %(name)s could not be made (%(reason)s)."
            " Make it, or start as an ordinary user.",
            name=SERVICE_USER_NAME,
            reason=reason,
        )
    )


def find_service_user() -> ServiceUser | None:
    try:
        account = pwd.getpwnam(SERVICE_USER_NAME)
    except KeyError:
        return None
    return ServiceUser(account.pw_uid, account.pw_gid)
