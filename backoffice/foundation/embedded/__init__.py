"""PostgreSQL and Valkey without an installation: started when needed, stopped when not.

    with embedded.servers(Path("var")) as servers:
        engine = make_engine(servers.database_url)

The first user of a folder starts a keeper, which holds both servers; the next ones attach to it;
when the last has left, or was killed, the keeper stops them and ends. Data outlive it, except in
a throw-away pair, which is quicker and is deleted with its last user.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal
from urllib.parse import quote

from backoffice.foundation.embedded.engines import Postgresql, Valkey, end_of
from backoffice.foundation.embedded.locks import hold, try_to_hold
from backoffice.foundation.embedded.places import Place, ServersUnavailable
from backoffice.foundation.language import _
from backoffice.foundation.process_table import ProcessId

__all__ = ["Servers", "ServersUnavailable", "destroy", "running", "servers"]

START_SECONDS_MAX = 150  # both engines' own limit, and a first initdb on a slow disk
STOP_SECONDS_MAX = 60
LOOK_AGAIN_SECONDS = 0.02
ServerName = Literal["postgresql", "valkey"]


@dataclass(frozen=True)
class Servers:
    """A running pair. The addresses stay the same through a crash and a restart."""

    place: Place
    port: int
    keeper: ProcessId
    started_here: bool

    @property
    def database_url(self) -> str:
        """For the administrator's login, through the socket."""
        return self.database_url_of("postgres")

    def database_url_of(self, database: str) -> str:
        return f"{self.login}@/{database}?host={quote(str(self.place.sockets))}&port={self.port}"

    @property
    def database_url_tcp(self) -> str:
        return f"{self.login}@127.0.0.1:{self.port}/postgres"

    @property
    def redis_url(self) -> str:
        password = self.place.secret("valkey")
        return f"unix://:{password}@{quote(str(self.place.sockets))}/valkey.sock"

    @property
    def login(self) -> str:
        return f"postgresql://postgres:{self.place.secret('postgresql')}"

    def process(self, name: ServerName) -> ProcessId | None:
        """The server's process as last written down; it may have died since."""
        return process_in(state_of(self.place), name)

    def is_running(self, name: ServerName) -> bool:
        process = self.process(name)
        return process is not None and process.is_running

    def crash(self, name: ServerName) -> None:
        """Kill a server at once, as a fault would: nothing is tidied, sessions break."""
        how = {"postgresql": Postgresql.crashes_it, "valkey": Valkey.crashes_it}[name]
        process = self.process(name)
        if process:
            process.send(how)
            process.wait_until_gone(seconds_max=STOP_SECONDS_MAX)

    def start(self) -> None:
        """Start what was crashed, and wait until it answers."""
        if not self.keeper.is_running:
            raise ServersUnavailable(_("The servers have ended. Start again."))
        self.place.state_file.unlink()
        self.keeper.send(signal.SIGUSR1)
        wait_for_state(self.place)

    def wipe_valkey(self) -> None:
        """Kill Valkey, delete all that it knew, and start it empty."""
        self.crash("valkey")
        shutil.rmtree(self.place.valkey_data / "appendonlydir", ignore_errors=True)
        (self.place.valkey_data / "appendonly.aof").unlink(missing_ok=True)  # before Redis 7
        self.start()


@contextmanager
def servers(folder: Path, *, throw_away: bool = False) -> Iterator[Servers]:
    """Use the pair of servers of `folder`; start it where it does not run."""
    place = Place.of(folder)
    using = enter(place)
    found = None
    try:
        place.make()
        found = attach_or_start(place, throw_away=throw_away)
        yield found
    finally:
        using.close()
        if found:
            wait_until_stopped_or_used(found)


def enter(place: Place) -> IO[bytes]:
    """Become a user: nobody removes the home from now on. It may be removed until then."""
    while True:
        place.make_home()
        with suppress(FileNotFoundError):
            return hold(place.users_lock, fcntl.LOCK_SH)


def running(folder: Path) -> Servers | None:
    """The pair of servers of `folder` if it runs; this does not keep it running."""
    place = Place.of(folder)
    return servers_in(place, state_of(place), started_here=False)


def destroy(folder: Path) -> None:
    """Delete the servers' data for good; refused while anybody uses them."""
    place = Place.of(folder)
    if not place.users_lock.exists():
        return
    alone = try_to_hold(place.users_lock, fcntl.LOCK_EX)
    if alone is None:
        raise ServersUnavailable(_("The servers are in use. Stop what uses them first."))
    with alone:
        place.remove()


def attach_or_start(place: Place, *, throw_away: bool) -> Servers:
    """Of several users who come at the same time one starts the keeper, the others wait."""
    with hold(place.starting_lock, fcntl.LOCK_EX):
        found = running(place.folder)
        if found:
            return found
        if not is_kept(place):
            place.state_file.unlink(missing_ok=True)  # a killed keeper's
            start_keeper(place, throw_away=throw_away)
        started = servers_in(place, wait_for_state(place), started_here=True)
    if started is None:
        raise ServersUnavailable(_("The servers have ended. Start again."))
    return started


def servers_in(place: Place, state: dict[str, Any], *, started_here: bool) -> Servers | None:
    """The servers that the keeper wrote down, unless it has died since."""
    keeper = process_in(state, "keeper")
    if keeper is None or not keeper.is_running:
        return None
    return Servers(place, state["port"], keeper, started_here)


def start_keeper(place: Place, *, throw_away: bool) -> None:
    """Start the keeper; it goes its own way in a session of its own at once, because Ctrl-C is
    for the users, not for the servers."""
    command = [sys.executable, "-m", "backoffice.foundation.embedded.keeper", str(place.folder)]
    import_from = [str(Path(__file__).resolve().parents[3]), os.environ.get("PYTHONPATH", "")]
    with place.log_of("keeper").open("wb") as log:
        subprocess.run(
            [*command, "--throw-away"] if throw_away else command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=place.home,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, import_from))},
            check=False,
        )


def wait_for_state(place: Place) -> dict[str, Any]:
    until = time.monotonic() + START_SECONDS_MAX
    while not (state := state_of(place)):
        if not is_kept(place) or time.monotonic() > until:
            reason = end_of(place.log_of("keeper"))
            raise ServersUnavailable(reason or _("The servers do not start."))
        time.sleep(LOOK_AGAIN_SECONDS)
    return state


def wait_until_stopped_or_used(servers: Servers) -> None:
    """Leave nothing running behind the last user, and do not wait for the others."""
    servers.keeper.send(signal.SIGHUP)
    until = time.monotonic() + STOP_SECONDS_MAX
    while is_kept(servers.place):
        if is_used(servers.place) or time.monotonic() > until:
            return
        time.sleep(LOOK_AGAIN_SECONDS)
    servers.keeper.wait_until_gone(seconds_max=STOP_SECONDS_MAX)


def is_kept(place: Place) -> bool:
    """Whether a keeper lives: it holds its lock from before its start until after its end."""
    try:
        lock = try_to_hold(place.keeper_lock, fcntl.LOCK_SH)
    except FileNotFoundError:
        return False
    if lock:
        lock.close()
    return lock is None


def is_used(place: Place) -> bool:
    """Whether others share the users' lock; a keeper that stops has it for itself alone."""
    for kind, answer in ((fcntl.LOCK_EX, False), (fcntl.LOCK_SH, True)):
        try:
            lock = try_to_hold(place.users_lock, kind)
        except FileNotFoundError:
            return False
        if lock:
            lock.close()
            return answer
    return False


def state_of(place: Place) -> dict[str, Any]:
    """What the keeper wrote when both servers were ready; empty while they are not."""
    try:
        state: dict[str, Any] = json.loads(place.state_file.read_text())
    except FileNotFoundError:
        return {}
    return state


def process_in(state: dict[str, Any], name: str) -> ProcessId | None:
    return ProcessId(**state[name]) if name in state else None
