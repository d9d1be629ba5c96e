"""Storage: a file is kept whole or not at all, under its hash, in its client's folder."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import textwrap
import threading
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from backoffice.foundation.encryption import Keyring
from backoffice.foundation.errors import BadInput, IntegrityFailure, NotFound, TooLarge
from backoffice.foundation.ids import new_id
from backoffice.foundation.storage import LocalStorage, storage_from

KEYRING = Keyring(b"installation key of the tests..." * 2)
KEY = KEYRING.unwrap(KEYRING.new_client_key())
ACORN = UUID("01920000-0000-7000-8000-000000000001")
BIRCH = UUID("01920000-0000-7000-8000-000000000002")
CONTENT = b"Invoice 17, GB33BUKB20201555555555" * 5000


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "files")


def files_in(storage: LocalStorage) -> list[Path]:
    return [path for path in storage.root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("key", [KEY, None], ids=["sealed", "plain"])
@pytest.mark.parametrize("content", [CONTENT, b""], ids=["some", "none"])
def test_what_is_put_comes_back(storage: LocalStorage, key: bytes | None, content: bytes) -> None:
    stored = storage.put(ACORN, io.BytesIO(content), key)
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert stored.size == len(content)
    with storage.open(ACORN, stored.key, key) as stream:
        assert stream.read() == content


def test_it_can_be_read_in_pieces(storage: LocalStorage) -> None:
    stored = storage.put(ACORN, io.BytesIO(CONTENT), KEY)
    with storage.open(ACORN, stored.key, KEY) as stream:
        pieces = list(iter(lambda: stream.read(1009), b""))
    assert b"".join(pieces) == CONTENT


def test_a_file_lies_sealed_under_its_hash_for_this_user_alone(storage: LocalStorage) -> None:
    stored = storage.put(ACORN, io.BytesIO(CONTENT), KEY)
    (path,) = files_in(storage)
    assert path.parts[-4:] == ("clients", str(ACORN), stored.sha256[:2], stored.sha256)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert b"GB33BUKB" not in path.read_bytes()


def test_the_same_content_is_kept_once_and_apart_for_each_client(storage: LocalStorage) -> None:
    first = storage.put(ACORN, io.BytesIO(CONTENT), KEY)
    assert storage.put(ACORN, io.BytesIO(CONTENT), KEY) == first
    assert len(files_in(storage)) == 1
    storage.put(BIRCH, io.BytesIO(CONTENT), KEY)
    assert len(files_in(storage)) == 2
    storage.delete(BIRCH, first.key)
    with storage.open(ACORN, first.key, KEY) as stream:
        assert stream.read() == CONTENT
    with pytest.raises(NotFound):
        storage.open(BIRCH, first.key, KEY)
    storage.delete(BIRCH, first.key)


def test_one_byte_above_the_limit_is_refused_and_leaves_nothing(storage: LocalStorage) -> None:
    assert storage.put(ACORN, io.BytesIO(b"x" * 1000), KEY, size_max=1000).size == 1000
    with pytest.raises(TooLarge, match="larger than 1.0\xa0kB") as refusal:
        storage.put(BIRCH, io.BytesIO(b"x" * 1001), KEY, size_max=1000)
    assert refusal.value.http_status == 413
    assert len(files_in(storage)) == 1


def test_a_stream_above_the_limit_is_not_read_to_its_end(storage: LocalStorage) -> None:
    stream = io.BytesIO(b"x" * 10_000_000)
    with pytest.raises(TooLarge):
        storage.put(ACORN, stream, KEY, size_max=100_000)
    assert stream.tell() < 300_000


def test_an_upload_that_was_cut_is_refused_and_leaves_nothing(storage: LocalStorage) -> None:
    with pytest.raises(BadInput, match="send it again") as refusal:
        storage.put(ACORN, io.BytesIO(b"half"), KEY, size_expected=8)
    assert refusal.value.code == "upload_incomplete"
    assert files_in(storage) == []


class Broken(io.RawIOBase):
    """A connection that breaks after the first piece."""

    asked = 0

    def read(self, _size: int = -1) -> bytes:
        self.asked += 1
        if self.asked > 1:
            raise ConnectionResetError("gone")
        return b"x" * 1000


def test_a_connection_that_breaks_leaves_nothing(storage: LocalStorage) -> None:
    with pytest.raises(ConnectionResetError):
        storage.put(ACORN, Broken(), KEY)  # type: ignore[arg-type]
    assert files_in(storage) == []


@pytest.mark.parametrize(
    "key",
    ["../../../etc/passwd", "/etc/passwd", "..", "", "A" * 64, "a" * 63, "a" * 64 + "\n", "a\0b"],
)
def test_no_key_leads_out_of_the_clients_folder(storage: LocalStorage, key: str) -> None:
    storage.put(ACORN, io.BytesIO(b"x"), KEY)
    with pytest.raises(NotFound):
        storage.open(ACORN, key, KEY)
    with pytest.raises(NotFound):
        storage.delete(ACORN, key)
    with pytest.raises(NotFound):
        storage.open("../" + str(ACORN), "a" * 64, KEY)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", [KEY, None], ids=["sealed", "plain"])
def test_a_file_changed_on_the_disk_is_not_given_out_as_if_whole(
    storage: LocalStorage, key: bytes | None
) -> None:
    stored = storage.put(ACORN, io.BytesIO(CONTENT), key)
    (path,) = files_in(storage)
    damaged = bytearray(path.read_bytes())
    damaged[-100] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(IntegrityFailure), storage.open(ACORN, stored.key, key) as stream:
        stream.read()


def test_two_files_swapped_on_the_disk_do_not_open(storage: LocalStorage) -> None:
    one = storage.put(ACORN, io.BytesIO(b"one"), KEY)
    storage.put(ACORN, io.BytesIO(b"two"), KEY)
    first, second = files_in(storage)
    first_bytes, second_bytes = first.read_bytes(), second.read_bytes()
    first.write_bytes(second_bytes)
    second.write_bytes(first_bytes)
    with pytest.raises(IntegrityFailure):
        storage.open(ACORN, one.key, KEY)


def test_stale_temporary_files_are_swept_and_fresh_ones_stay(storage: LocalStorage) -> None:
    storage.put(ACORN, io.BytesIO(b"x"), KEY)
    stale, fresh = storage.temporary / "stale", storage.temporary / "fresh"
    for path in (stale, fresh):
        path.write_bytes(b"half an upload")
    long_ago = stale.stat().st_mtime - 7200
    os.utime(stale, (long_ago, long_ago))
    assert storage.sweep_temporary(timedelta(hours=1)) == 1
    assert not stale.exists()
    assert fresh.exists()
    assert len(files_in(storage)) == 2


def test_a_storage_without_files_has_nothing_to_sweep(tmp_path: Path) -> None:
    assert LocalStorage(tmp_path / "none").sweep_temporary(timedelta(0)) == 0


def test_a_full_disk_is_said_plainly_and_leaves_nothing(storage: LocalStorage) -> None:
    # A limit on the size of files stands for the full disk: the write fails part of the way.
    program = f"""
        import io, resource, sys
        from pathlib import Path
        from uuid import UUID
        from backoffice.foundation.storage import LocalStorage, StorageFull
        storage = LocalStorage(Path({str(storage.root)!r}))
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            storage.put(UUID({str(ACORN)!r}), io.BytesIO(b"x" * 500_000), None)
        except StorageFull as refusal:
            print(refusal.http_status, refusal.message)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run.stdout.startswith("503 There is no room"), run.stderr
    assert files_in(storage) == []


def test_many_at_once_keep_every_file(storage: LocalStorage) -> None:
    clients = [new_id() for _ in range(3)]

    def keep(number: int) -> None:
        for client in clients:
            storage.put(client, io.BytesIO(b"%d" % (number % 4)), KEY)

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files_in(storage)) == 12


def test_a_killed_process_leaves_no_file_that_looks_whole(storage: LocalStorage) -> None:
    program = f"""
        import io, os, signal
        from pathlib import Path
        from uuid import UUID
        from backoffice.foundation.storage import LocalStorage
        class Deadly(io.RawIOBase):
            asked = 0
            def read(self, size=-1):
                self.asked += 1
                if self.asked > 5:
                    os.kill(os.getpid(), signal.SIGKILL)
                return b"x" * size
        storage = LocalStorage(Path({str(storage.root)!r}))
        storage.put(UUID({str(ACORN)!r}), Deadly(), bytes(64))
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    assert subprocess.run(command, timeout=60).returncode == -9
    assert [path.parent.name for path in files_in(storage)] == ["temporary"]
    assert storage.sweep_temporary(timedelta(seconds=-1)) == 1


@pytest.mark.parametrize("url", ["file:///srv/files", "file://localhost/srv/files"])
def test_a_folder_is_named_by_a_file_address(url: str) -> None:
    storage = storage_from(url)
    assert isinstance(storage, LocalStorage)
    assert storage.root == Path("/srv/files")


def test_an_address_may_have_escaped_spaces() -> None:
    storage = storage_from("file:///srv/our%20files")
    assert isinstance(storage, LocalStorage)
    assert storage.root == Path("/srv/our files")


@pytest.mark.parametrize("url", ["s3://bucket/x", "/srv/files", "", "file://host/x", "ftp://a/b"])
def test_any_other_storage_is_refused_plainly(url: str) -> None:
    with pytest.raises(BadInput, match="STORAGE_URL") as refusal:
        storage_from(url)
    assert refusal.value.code == "storage_unknown"
