"""The process that holds the two servers for as long as anybody uses them.

Every user holds a shared lock on one file. The keeper waits until it gets that lock for itself
alone: then the last user has left, `kill -9` included, and it stops the servers and ends. The
servers are its children on a leash, so its own violent death ends them too.

    python -m backoffice.foundation.embedded.keeper FOLDER [--throw-away]

SIGUSR1 starts what is not running, SIGHUP says that a user has left, SIGTERM ends all.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO

from backoffice.foundation.embedded.engines import Postgresql, Valkey
from backoffice.foundation.embedded.locks import hold, try_to_hold
from backoffice.foundation.embedded.places import Place, ServersUnavailable, write_private
from backoffice.foundation.embedded.programs import find_programs
from backoffice.foundation.process_table import ProcessId

LOOK_FOR_USERS_SECONDS = 0.25
SIGNALS = {signal.SIGUSR1, signal.SIGHUP, signal.SIGTERM, signal.SIGINT}


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--throw-away", action="store_true")
    options = parser.parse_args(arguments)
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    place = Place.of(options.folder)
    with hold(place.keeper_lock, fcntl.LOCK_EX):
        # The starter waits for this process to end, and the child goes on with the lock: nobody
        # has to reap the keeper, and its life can be seen from outside by its lock.
        if os.fork() == 0:
            keep(place, throw_away=options.throw_away)


def keep(place: Place, *, throw_away: bool) -> None:
    programs = find_programs(place)
    postgresql = Postgresql(place, programs, throw_away=throw_away)
    valkey = Valkey(place, programs, throw_away=throw_away)
    alone = None
    try:
        start_missing(place, postgresql, valkey)
        alone = wait_for_last_user(place, postgresql, valkey)
    finally:
        place.state_file.unlink(missing_ok=True)
        valkey.stop()
        postgresql.stop()
        if alone:
            if throw_away:
                place.remove()
            alone.close()


def wait_for_last_user(place: Place, postgresql: Postgresql, valkey: Valkey) -> IO[bytes] | None:
    """Wait for the users' lock, which keeps the next user waiting until all is stopped."""
    while True:
        try:
            alone = try_to_hold(place.users_lock, fcntl.LOCK_EX)
        except FileNotFoundError:
            return None  # somebody has deleted the whole home
        if alone:
            return alone
        asked = signal.sigtimedwait(SIGNALS, LOOK_FOR_USERS_SECONDS)
        if asked and asked.si_signo in {signal.SIGTERM, signal.SIGINT}:
            return None
        if asked and asked.si_signo == signal.SIGUSR1:
            start_missing(place, postgresql, valkey)


def start_missing(place: Place, postgresql: Postgresql, valkey: Valkey) -> None:
    """Start what is not running, and write down what runs, for those who look for it."""
    place.state_file.unlink(missing_ok=True)
    pids = {"keeper": os.getpid()}
    for engine in (postgresql, valkey):
        engine.start()
        pids |= {engine.name: engine.process.pid} if engine.process else {}
    found = {name: ProcessId.of(pid) for name, pid in pids.items()}
    processes = {name: asdict(process) for name, process in found.items() if process}
    write_private(place.state_file, json.dumps({"port": postgresql.port} | processes))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ServersUnavailable as unavailable:
        raise SystemExit(unavailable.message) from None
