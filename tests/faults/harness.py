"""Kills workers, crashes PostgreSQL, wipes Redis and stops a worker that comes back as a zombie.

    harness = Harness(database, servers, folder, modules, random)
    with harness.workers(4):
        harness.play(plan, feed=…, backlog=…)
        harness.drain(seconds=60)

Everything is a real process. Where and when is drawn from one seeded generator; the plan and the
seed are printed, so that a failing run can be played again.
"""

from __future__ import annotations

import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import redis
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backoffice.foundation.embedded import Servers
from tests.support.databases import ROOT, Database
from tests.support.worker_process import environment_of

KILL, CRASH, WIPE, ZOMBIE = "kill", "crash the database", "wipe Redis", "zombie"

LEASE_SECONDS = 2.0
SHORT = {
    "BACKOFFICE_LEASE_SECONDS": str(LEASE_SECONDS),
    "BACKOFFICE_LEASE_RENEWAL_SECONDS": "0.5",
    "BACKOFFICE_RELAY_SECONDS": "1",
    "BACKOFFICE_RING_AGAIN_SECONDS": "1",
    "BACKOFFICE_POLL_SECONDS": "0.5",
}
# Quicker, and workers die before they get to anything: then only safety is tested, not liveness.
PAUSE_SECONDS = (0.15, 0.55)
CLAIM_SECONDS_MAX = 30.0  # without a claim for so long the house is stuck
BACK_SECONDS_MAX = 30.0

Answer = TypeVar("Answer")
Feed = Callable[[], Callable[[], object]]  # answers with an act that may be tried again


def plan_of(
    chance: random.Random, *, kills: int, crashes: int = 0, wipes: int = 0, zombies: int = 0
) -> list[str]:
    """The faults in a drawn order. A zombie comes early: it must come back among the others."""
    faults = [KILL] * kills + [CRASH] * crashes + [WIPE] * wipes
    chance.shuffle(faults)
    for _zombie in range(zombies):
        faults.insert(chance.randrange(1, max(2, len(faults) // 2)), ZOMBIE)
    return faults


@dataclass
class Worker:
    """A worker as the nursery tells of it."""

    name: str
    pid: int
    claim: tuple[str, ...] = ()  # the newest, as item:token


@dataclass
class Zombie:
    """A worker that was stopped with a claim in hand."""

    pid: int
    claim: tuple[str, ...]
    until: float


@dataclass
class Harness:
    """The house under fault: its database, servers and workers."""

    database: Database
    servers: Servers
    folder: Path
    modules: Sequence[str]
    chance: random.Random
    refuses: bool = True  # whether its workers notice that an item is another's
    done: Counter[str] = field(default_factory=Counter)
    _living: dict[str, Worker] = field(default_factory=dict)
    _zombies: list[Zombie] = field(default_factory=list)
    _dead: set[int] = field(default_factory=set)  # their last words are still on their way
    _claims: queue.Queue[Worker] = field(default_factory=queue.Queue)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def workers(self, count: int) -> Iterator[None]:
        """So many workers, and a new one for each that is killed."""
        with self.log.open("wb") as errors:
            nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery", *self.modules],
                env=environment_of(self.database, **SHORT),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        listener = threading.Thread(target=self._listen, args=(nursery,), daemon=True)
        listener.start()
        self._nursery = nursery
        try:
            for number in range(count):
                self._raise_worker(f"worker{number}")
            yield
        finally:
            self._end(nursery, listener)

    @property
    def log(self) -> Path:
        return self.folder / "workers.log"

    def play(self, plan: Sequence[str], *, feed: Feed, backlog: int) -> None:
        """One fault after the other, with a drawn pause before each. All the while new work is
        fed, never more than `backlog` items ahead of the workers, so that there is always some."""
        over = threading.Event()
        with ThreadPoolExecutor(1) as people:
            fed = people.submit(self._keep_feeding, feed, backlog, over)
            try:
                self._play(plan)
            finally:
                over.set()
            fed.result()

    def _play(self, plan: Sequence[str]) -> None:
        acts = {
            KILL: self.kill,
            CRASH: self.crash_database,
            WIPE: self.wipe_redis,
            ZOMBIE: self.make_zombie,
        }
        for fault in plan:
            time.sleep(self.chance.uniform(*PAUSE_SECONDS))
            self.persist(self._wake_zombies)
            if fault == CRASH:
                self._wait_for_zombies()  # a zombie whose connection is cut proves nothing
            acts[fault]()
            self.done[fault] += 1
        self._wait_for_zombies()

    def _keep_feeding(self, feed: Feed, backlog: int, over: threading.Event) -> None:
        while not over.wait(0.05):
            if self.persist(lambda: self.count(UNFINISHED)) < backlog:
                self.persist(feed())

    def kill(self) -> None:
        """`kill -9` of a worker that has told of a claim, some time into it."""
        worker = self._claimer()
        time.sleep(self.chance.uniform(0, 0.3))
        self._dead.add(worker.pid)
        os.kill(worker.pid, signal.SIGKILL)
        self._raise_worker(worker.name)

    def crash_database(self) -> None:
        self.servers.crash("postgresql")
        self.servers.start()
        self.persist(lambda: self.count("SELECT 1"))

    def wipe_redis(self) -> None:
        connection = redis.Redis.from_url(self.servers.redis_url)
        connection.flushall()
        connection.close()

    def make_zombie(self) -> None:
        """Stop a worker the moment it has claimed; it goes on when its claim is another's."""
        worker = self._claimer(fresh=True)
        os.kill(worker.pid, signal.SIGSTOP)
        until = time.monotonic() + 2 * LEASE_SECONDS
        with self._lock:
            self._living.pop(worker.name, None)
            self._dead.add(worker.pid)
            self._zombies.append(Zombie(worker.pid, worker.claim, until))
        self._raise_worker(f"instead-of-{worker.pid}")

    def _wake_zombies(self) -> None:
        for zombie in list(self._zombies):
            if time.monotonic() >= zombie.until and self._is_taken_over(zombie):
                os.kill(zombie.pid, signal.SIGCONT)
                self._zombies.remove(zombie)

    def _is_taken_over(self, zombie: Zombie) -> bool:
        pairs = [word.split(":") for word in zombie.claim]
        return bool(
            self.count(
                TAKEN_OVER,
                ids=[item for item, _token in pairs],
                tokens=[int(token) for _item, token in pairs],
            )
        )

    def _wait_for_zombies(self) -> None:
        """Until each has come back and found that its work is another's."""
        until = time.monotonic() + BACK_SECONDS_MAX
        wanted = self.done[ZOMBIE] if self.refuses else 0
        while self._zombies or self.refused_zombies() < wanted:
            assert time.monotonic() < until, f"A zombie was not refused. The log: {self.log}"
            time.sleep(0.05)
            self._wake_zombies()

    def _claimer(self, *, fresh: bool = False) -> Worker:
        """A living worker that has claimed; `fresh` waits for one that claims now."""
        with self._lock:
            known = [worker for worker in self._living.values() if worker.claim]
        if known and not fresh:
            return self.chance.choice(sorted(known, key=lambda worker: worker.pid))
        while not self._claims.empty():
            self._claims.get_nowait()
        until = time.monotonic() + CLAIM_SECONDS_MAX
        while time.monotonic() < until:
            try:
                worker = self._claims.get(timeout=1)
            except queue.Empty:
                continue
            with self._lock:
                if self._living.get(worker.name) is worker:
                    return worker
        raise AssertionError(f"No worker has claimed anything. The log: {self.log}")

    def _raise_worker(self, name: str) -> None:
        with self._lock:
            self._living.pop(name, None)
        self._nursery.stdin.write(f"{name}\n")
        self._nursery.stdin.flush()

    def _listen(self, nursery: subprocess.Popen[str]) -> None:
        for line in nursery.stdout:
            word, name, pid, *items = line.split()
            with self._lock:
                if int(pid) in self._dead:
                    continue
                worker = self._living.get(name)
                if worker is None or worker.pid != int(pid):
                    worker = self._living[name] = Worker(name, int(pid))
                if word == "claimed":
                    worker.claim = tuple(items)
                    self._claims.put(worker)

    def _end(self, nursery: subprocess.Popen[str], listener: threading.Thread) -> None:
        """The workers die with the nursery; nobody is left."""
        pids = [worker.pid for worker in self._living.values()]
        pids += [zombie.pid for zombie in self._zombies]
        nursery.kill()
        nursery.wait()
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        listener.join(10)
        nursery.stdin.close()
        nursery.stdout.close()

    def persist(self, act: Callable[[], Answer]) -> Answer:
        """What a person would do while the database is away: try again."""
        until = time.monotonic() + BACK_SECONDS_MAX
        while True:
            try:
                return act()
            except DBAPIError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def count(self, question: str, **values: object) -> int:
        """One number, seen from above row-level security."""
        with self.database.as_superuser().connect() as connection:
            return int(connection.scalar(text(question), values) or 0)

    def drain(self, *, seconds: float) -> float:
        """Wait until nothing is left to do; how long it took."""
        began = time.monotonic()
        while self.persist(lambda: self.count(UNFINISHED)):
            assert time.monotonic() - began < seconds, self.stuck()
            time.sleep(0.1)
        return time.monotonic() - began

    def stuck(self) -> str:
        with self.database.as_superuser().connect() as connection:
            rows = connection.execute(text(STUCK)).all()
        return f"Not drained: {rows}. The log: {self.log}"

    def refused_zombies(self) -> int:
        """How often a worker found that its item was another's."""
        return self.log.read_text().count("is another worker's by now")


UNFINISHED = "SELECT count(*) FROM firm.batch_item WHERE state IN ('waiting', 'running')"
TAKEN_OVER = (
    "SELECT count(*) FROM firm.batch_item i"
    " JOIN unnest(CAST(:ids AS uuid[]), CAST(:tokens AS bigint[])) AS held (id, token)"
    " ON held.id = i.id WHERE i.token > held.token"
)
STUCK = (
    "SELECT b.kind, i.state, count(*), max(i.token), max(i.error_code)"
    " FROM firm.batch_item i JOIN firm.batch b ON b.id = i.batch_id GROUP BY 1, 2"
)
