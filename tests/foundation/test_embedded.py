"""The embedded servers: started once, shared, crashed and brought back, never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from backoffice.foundation import embedded
from backoffice.foundation.embedded.places import (
    SOCKET_FOLDER_BYTES_MAX,
    Place,
    ServersUnavailable,
    made_private,
)
from backoffice.foundation.process_table import ProcessId

GONE_SECONDS_MAX = 30

# Another process that uses the same folder; it says so, and stays until its input closes.
OTHER_USER = """
import sys
from pathlib import Path
from backoffice.foundation import embedded
with embedded.servers(Path(sys.argv[1]), throw_away=True) as servers:
    print(servers.database_url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Deeper than a socket's path may be long."""
    return tmp_path / ("deep" * 20) / ("deeper" * 10) / "var"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.Servers]:
    """One pair for the tests that leave it running."""
    folder = tmp_path_factory.mktemp("shared") / ("deep" * 30)
    with embedded.servers(folder, throw_away=True) as started:
        yield started


def another_user(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", OTHER_USER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def processes_of(folder: Path) -> list[ProcessId]:
    """Every process that names the folder or the servers' home among its arguments."""
    ours = (os.fsencode(folder.resolve()), os.fsencode(Place.of(folder).home))
    found = (ProcessId.of(int(entry.name)) for entry in Path("/proc").glob("[0-9]*"))
    return [
        process
        for process in found
        if process
        and process.pid != os.getpid()
        and any(name in argument for argument in process.arguments for name in ours)
    ]


def wait_until_nothing_runs(folder: Path) -> None:
    until = time.monotonic() + GONE_SECONDS_MAX
    while processes_of(folder) and time.monotonic() < until:
        time.sleep(0.05)
    assert processes_of(folder) == []


def value_of(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_both_servers_answer_by_socket_and_postgresql_by_port(servers: embedded.Servers) -> None:
    assert value_of(servers.database_url, "select 1") == 1
    assert value_of(servers.database_url_tcp, "select 1") == 1
    with redis.from_url(servers.redis_url) as valkey:
        assert valkey.ping()
        assert valkey.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert valkey.config_get("appendfsync") == {"appendfsync": "everysec"}


def test_the_database_is_unicode_without_a_library_s_collation(servers: embedded.Servers) -> None:
    assert value_of(servers.database_url, "show server_encoding") == "UTF8"
    query = "select datcollate from pg_database where datname = 'template1'"
    assert value_of(servers.database_url, query) == "C.UTF-8"


def test_nobody_comes_in_without_the_password(servers: embedded.Servers) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(servers.database_url, password="guessed")  # noqa: S106 - meant to be wrong
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(servers.database_url_tcp, password="guessed")  # noqa: S106
    socket = servers.place.sockets / "valkey.sock"
    with (
        redis.Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0)) as valkey,
        pytest.raises(redis.AuthenticationError),
    ):
        valkey.ping()


def test_secrets_and_sockets_are_the_owner_s_alone(servers: embedded.Servers) -> None:
    place = servers.place
    for file in (place.home / "postgresql.password", place.state_file):
        assert file.stat().st_mode & 0o077 == 0
    for private in (place.sockets, place.postgresql_data, place.valkey_data):
        assert private.stat().st_mode & 0o077 == 0


def test_a_second_process_attaches_and_the_servers_outlive_the_first(folder: Path) -> None:
    with embedded.servers(folder, throw_away=True) as first:
        other = another_user(folder)
        assert other.stdout is not None
        assert other.stdout.readline().strip() == first.database_url
        assert first.started_here
    assert value_of(first.database_url, "select 1") == 1
    other.communicate(timeout=GONE_SECONDS_MAX)
    wait_until_nothing_runs(folder)


def test_users_who_come_while_the_last_one_leaves_find_servers_all_the_same(folder: Path) -> None:
    """The home is deleted under the feet of whoever comes then."""
    comers = [another_user(folder) for _ in range(2)]
    for _ in range(6):
        leaver = comers.pop(0)
        leaver.communicate(timeout=GONE_SECONDS_MAX)
        assert leaver.returncode == 0
        comers.append(another_user(folder))
    for comer in comers:
        printed, _errors = comer.communicate(timeout=GONE_SECONDS_MAX)
        assert printed.startswith("postgresql://")
        assert comer.returncode == 0
    wait_until_nothing_runs(folder)


def test_leaving_waits_until_nothing_runs(folder: Path) -> None:
    with embedded.servers(folder, throw_away=True) as servers:
        assert len(processes_of(folder)) >= 2
    assert processes_of(folder) == []
    assert not servers.place.home.exists()
    assert not servers.place.sockets.exists()


def test_nothing_is_left_when_the_starter_is_killed(folder: Path) -> None:
    starter = another_user(folder)
    assert starter.stdout is not None
    url = starter.stdout.readline().strip()
    assert value_of(url, "select 1") == 1
    starter.kill()
    starter.communicate()
    wait_until_nothing_runs(folder)


def test_a_killed_keeper_takes_its_servers_along_and_the_next_start_has_the_data(
    folder: Path,
) -> None:
    with embedded.servers(folder, throw_away=True) as servers:
        with psycopg.connect(servers.database_url, autocommit=True) as connection:
            connection.execute("create table kept as select 7 as figure")
        servers.keeper.send(signal.SIGKILL)
        assert servers.keeper.wait_until_gone(seconds_max=GONE_SECONDS_MAX)
        with embedded.servers(folder, throw_away=True) as again:
            assert again.started_here
            assert value_of(again.database_url, "select figure from kept") == 7
    wait_until_nothing_runs(folder)


def test_data_and_passwords_outlive_the_servers(folder: Path) -> None:
    with (
        embedded.servers(folder) as servers,
        psycopg.connect(servers.database_url, autocommit=True) as connection,
    ):
        connection.execute("create table kept as select 7 as figure")
    try:
        with embedded.servers(folder) as again:
            assert value_of(again.database_url, "select figure from kept") == 7
            assert again.login == servers.login
            with pytest.raises(ServersUnavailable, match="in use"):
                embedded.destroy(folder)
    finally:
        embedded.destroy(folder)
    assert not servers.place.home.exists()


def test_a_crashed_postgresql_comes_back_with_all_that_was_committed(
    servers: embedded.Servers,
) -> None:
    with psycopg.connect(servers.database_url, autocommit=True) as connection:
        connection.execute("create table committed as select 7 as figure")
        servers.crash("postgresql")
        assert not servers.is_running("postgresql")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
    servers.start()
    assert value_of(servers.database_url, "select figure from committed") == 7


def test_a_crashed_valkey_comes_back_and_a_wiped_one_is_empty(servers: embedded.Servers) -> None:
    with redis.from_url(servers.redis_url) as valkey:
        valkey.set("ring", "once")
        valkey.execute_command("WAITAOF", 1, 0, 0)
        servers.crash("valkey")
        assert not servers.is_running("valkey")
        servers.start()
        assert valkey.get("ring") == b"once"
        servers.wipe_valkey()
        assert valkey.dbsize() == 0


def test_independent_folders_have_independent_servers(
    servers: embedded.Servers, tmp_path: Path
) -> None:
    with embedded.servers(tmp_path / "other", throw_away=True) as other:
        assert other.database_url != servers.database_url
        assert other.place.secret("postgresql") != servers.place.secret("postgresql")


def test_an_ordinary_user_s_sockets_are_short_in_a_deep_folder(folder: Path) -> None:
    place = Place(folder, folder / "servers", as_root=False)
    assert len(os.fsencode(place.sockets)) <= SOCKET_FOLDER_BYTES_MAX
    shallow = Place(Path("/srv"), Path("/srv/servers"), as_root=False)
    assert shallow.sockets == Path("/srv/servers/sockets")


def test_a_socket_folder_that_somebody_else_laid_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "sockets").symlink_to(tmp_path / "theirs")
    with pytest.raises(ServersUnavailable, match="belongs to another user"):
        made_private(tmp_path / "sockets", owner=None)


def test_no_parent_folder_s_mode_is_changed(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    with embedded.servers(private / "var", throw_away=True):
        assert private.stat().st_mode & 0o777 == 0o700
        assert tmp_path.stat().st_mode & 0o777 == 0o700
