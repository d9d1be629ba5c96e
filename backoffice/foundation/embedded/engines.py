"""The two servers as the keeper drives them: prepare, start, wait until ready, stop."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from backoffice.foundation.embedded.places import Place, ServersUnavailable, write_private
from backoffice.foundation.embedded.programs import Programs
from backoffice.foundation.language import _
from backoffice.foundation.leash import start_on_leash
from backoffice.foundation.process_table import ProcessId

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30
LOOK_AGAIN_SECONDS = 0.02
TRY_AGAIN_SECONDS = 0.5
CONNECTIONS_MAX = 200
# Safe against a killed server, not against a power cut: the clusters of tests are thrown away.
# Commits stay synchronous, so that an immediate crash keeps all that was acknowledged.
CARELESS = ("fsync=off", "full_page_writes=off")
# A first long import is counted within seconds, not a minute: until then the planner guesses.
SOON_COUNTED = ("autovacuum_naptime=10s",)


class Engine(ABC):
    """One server. `stops_it` ends it tidily, also when the keeper dies; `crashes_it` does not."""

    name: str
    stops_it: signal.Signals
    crashes_it: signal.Signals

    def __init__(self, place: Place, programs: Programs, *, throw_away: bool) -> None:
        self.place = place
        self.programs = programs
        self.throw_away = throw_away
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Make what must be there before a start; called each time, cheap when it is there."""

    @abstractmethod
    def command(self) -> Sequence[str | Path]: ...

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether the process that we started answers."""

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    @abstractmethod
    def pid_file(self) -> Path: ...

    @property
    @abstractmethod
    def marker(self) -> Path:
        """The path among its arguments by which we know a process for ours."""

    def start(self) -> None:
        """Start and wait until ready. A predecessor's traces may refuse a start for a while:
        its process until it is reaped, its shared memory until its children have ended."""
        if self.is_alive:
            return
        self.prepare()
        self.end_orphan()
        until = time.monotonic() + START_SECONDS_MAX
        while not self.started_before(until):
            if time.monotonic() > until:
                raise self.does_not_start()
            time.sleep(TRY_AGAIN_SECONDS)

    def started_before(self, until: float) -> bool:
        with self.place.log_of(self.name).open("ab") as log:
            self.process = start_on_leash(
                self.command(),
                log=log,
                when_parent_dies=self.stops_it,
                user=self.place.service_user,
                environment=quiet_environment(),
                folder=self.place.home,
            )
        while self.is_alive and time.monotonic() < until:
            if self.is_ready():
                return True
            time.sleep(LOOK_AGAIN_SECONDS)
        self.stop()
        return False

    def stop(self) -> None:
        """End it tidily, or at once where nothing is kept or tidiness takes too long."""
        if self.process is None:
            return
        self.process.send_signal(self.crashes_it if self.throw_away else self.stops_it)
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def end_orphan(self) -> None:
        """End a server of this folder that has outlived its keeper for a moment."""
        lines = self.pid_file_lines()
        orphan = ProcessId.of(int(lines[0])) if lines else None
        if orphan and os.fsencode(self.marker) in orphan.arguments:
            orphan.send(self.crashes_it)
            orphan.wait_until_gone(seconds_max=STOP_SECONDS_MAX)

    def pid_file_lines(self) -> list[str]:
        try:
            return self.pid_file.read_text().splitlines()
        except FileNotFoundError:
            return []

    def does_not_start(self) -> ServersUnavailable:
        return ServersUnavailable(
            _(
                "%(name)s does not start. Its log ends:\n%(log)s",
                name=self.name,
                log=end_of(self.place.log_of(self.name)),
            )
        )


class Postgresql(Engine):
    name = "postgresql"
    stops_it = signal.SIGINT  # "fast": ends the sessions, keeps what they committed
    crashes_it = signal.SIGQUIT  # "immediate": recovers from the log at the next start

    def __init__(self, place: Place, programs: Programs, *, throw_away: bool) -> None:
        super().__init__(place, programs, throw_away=throw_away)
        self.port = free_loopback_port()

    @property
    def pid_file(self) -> Path:
        return self.place.postgresql_data / "postmaster.pid"

    @property
    def marker(self) -> Path:
        return self.place.postgresql_data

    def prepare(self) -> None:
        if not self.place.postgresql_data.exists():
            self.make_cluster()
        made_with = int((self.place.postgresql_data / "PG_VERSION").read_text())
        if made_with != self.programs.postgresql_version:
            raise ServersUnavailable(
                _(
                    "The data in %(folder)s were made by PostgreSQL %(made)s, and version"
                    " %(found)s is installed. Start over with 'make demo-reset', or carry them"
                    " over with pg_upgrade.",
                    folder=self.place.postgresql_data,
                    made=made_with,
                    found=self.programs.postgresql_version,
                )
            )

    def make_cluster(self) -> None:
        """Run initdb beside the final place, so that half a cluster is never taken for one."""
        user = self.place.service_user
        with tempfile.TemporaryDirectory(prefix="initdb-", dir=self.place.home) as work:
            folder = Path(work)
            password = folder / "password"
            write_private(password, self.place.secret(self.name), owner=user)
            if user:
                os.chown(folder, user.uid, user.gid)
            with self.place.log_of("initdb").open("wb") as log:
                made = start_on_leash(
                    self.initdb(folder / "data", password),
                    log=log,
                    user=user,
                    environment=quiet_environment(),
                    folder=folder,
                ).wait()
            if made != 0:
                reason = end_of(self.place.log_of("initdb"))
                raise ServersUnavailable(_("initdb failed:\n%(reason)s", reason=reason))
            (folder / "data").rename(self.place.postgresql_data)

    def initdb(self, data: Path, password: Path) -> list[str | Path]:
        command: list[str | Path] = [self.programs.postgresql / "initdb", "--pgdata", data]
        command += ["--username=postgres", "--pwfile", password, "--auth=scram-sha-256"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8"]
        if self.programs.postgresql_version >= 17:
            command.append("--locale-provider=builtin")
        return [*command, "--no-sync"] if self.throw_away else command

    def command(self) -> list[str | Path]:
        settings = [
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            f"unix_socket_directories={self.place.sockets}",
            "unix_socket_permissions=0700",
            f"max_connections={CONNECTIONS_MAX}",
            "timezone=UTC",
            "log_timezone=UTC",
            "log_line_prefix=%m [%p] %u@%d ",
            *(CARELESS if self.throw_away else SOON_COUNTED),
        ]
        command: list[str | Path] = [self.programs.postgresql / "postgres"]
        command += ["-D", self.place.postgresql_data]
        for setting in settings:
            command += ["-c", setting]
        return command

    def is_ready(self) -> bool:
        """PostgreSQL writes "ready" in the last line of its pid file when it takes connections."""
        lines = self.pid_file_lines()
        ours = self.process is not None and lines[:1] == [str(self.process.pid)]
        return ours and len(lines) >= 8 and lines[7].strip() == "ready"


class Valkey(Engine):
    name = "valkey"
    stops_it = signal.SIGTERM
    crashes_it = signal.SIGKILL

    @property
    def socket(self) -> Path:
        return self.place.sockets / "valkey.sock"

    @property
    def pid_file(self) -> Path:
        return self.place.valkey_data / "valkey.pid"

    @property
    def marker(self) -> Path:
        return self.place.valkey_data / "valkey.conf"

    def prepare(self) -> None:
        settings = [
            "port 0",
            f'unixsocket "{self.socket}"',
            "unixsocketperm 700",
            f'dir "{self.place.valkey_data}"',
            f'pidfile "{self.pid_file}"',
            "set-proc-title no",  # its arguments are how an orphan is known
            f"requirepass {self.place.secret(self.name)}",
            # A doorbell that is dropped silently under pressure would be a lost one.
            "maxmemory-policy noeviction",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
        ]
        write_private(self.marker, "\n".join(settings) + "\n", owner=self.place.service_user)

    def command(self) -> list[str | Path]:
        return [self.programs.valkey, self.marker]

    def is_ready(self) -> bool:
        """It refuses PING as long as it loads its data."""
        with socket.socket(socket.AF_UNIX) as connection, contextlib.suppress(OSError):
            connection.settimeout(1)
            connection.connect(str(self.socket))
            connection.sendall(f"AUTH {self.place.secret(self.name)}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2:
                piece = connection.recv(200)
                if not piece:
                    return False
                answer += piece
            return answer == b"+OK\r\n+PONG\r\n"
        return False


def free_loopback_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def quiet_environment() -> dict[str, str]:
    """Nothing of the caller's: PGDATA, PGPORT or a locale of his would change the server."""
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def end_of(log: Path, *, lines_max: int = 15) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines_max:])
    except FileNotFoundError:
        return ""
