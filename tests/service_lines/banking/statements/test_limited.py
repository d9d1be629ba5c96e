"""The confined child: the same answer, and none of the harm."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from hypothesis import given, settings

from backoffice.foundation.errors import Refused
from backoffice.service_lines.banking.statements.limited import read_limited
from backoffice.service_lines.banking.statements.read import read
from backoffice.service_lines.banking.statements.transport import (
    BrokenAnswer,
    file_of,
    lines_of,
)
from tests.service_lines.banking.statements.made import accounts
from tests.service_lines.banking.statements.reading import read_text, refusal_of
from tests.service_lines.banking.statements.test_mt940 import page
from tests.service_lines.banking.statements.written import Account, as_camt

ROOT = Path(__file__).resolve().parents[4]
MT940 = page(":61:260115D10,00NTRFA", ":86:Café").encode()


def test_bytes_paths_and_streams_give_what_reading_gives(tmp_path: Path):
    path = tmp_path / "january.sta"
    path.write_bytes(MT940)
    meant = read(MT940, name="january.sta")
    assert read_limited(MT940, "january.sta") == meant
    assert read_limited(path, "january.sta") == meant
    assert read_limited(io.BytesIO(MT940), "january.sta") == meant


def test_a_refusal_comes_back_as_it_was_with_its_place():
    bad = MT940.replace(b"D10,00", b"D1O,00")
    with pytest.raises(Refused) as caught:
        read_limited(bad, "january.sta")
    assert caught.value.as_json() == refusal_of(bad, "january.sta").as_json()
    assert caught.value.field == ":61:"


def test_a_child_that_runs_on_is_stopped_and_the_file_refused_in_words():
    with pytest.raises(Refused) as caught:
        read_limited(MT940, "january.sta", wall_seconds=0)
    assert (caught.value.code, caught.value.file) == ("reading_stopped", "january.sta")
    assert "stopped" in caught.value.message


def test_a_file_that_needs_more_memory_than_there_is_is_refused():
    text = "<OFX><STMTRS>" + "<STMTTRN><TRNAMT>1<MEMO>é\u4e00</STMTTRN>" * 190_000
    huge = text.encode() + b"<!-- " + b"x" * (80 << 20) + b" --></STMTRS></OFX>"
    with pytest.raises(Refused) as caught:
        read_limited(huge, "huge.ofx")
    assert caught.value.code == "reading_stopped"


@given(accounts())
@settings(max_examples=50)
def test_nothing_is_lost_on_the_way(written: list[Account]):
    file = read_text(as_camt(written))
    values = [json.loads(line) for line in lines_of(file)]
    assert file_of(values, name="statement") == file
    for cut in range(len(values)):
        with pytest.raises(BrokenAnswer):
            file_of(values[:cut], name="statement")


def confined(code: str) -> subprocess.CompletedProcess[str]:
    """What a process that has confined itself makes of the code."""
    start = (
        "import os, sys\n"
        "from backoffice.service_lines.banking.statements.confinement import confine\n"
        "confine(parent=os.getppid())\n"
    )
    return subprocess.run(
        [sys.executable, "-B", "-c", start + textwrap.dedent(code)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import subprocess; subprocess.run(['true'])",
        "os.system('true')",
        "os.fork()",
        "open('written-by-a-statement', 'w')",
        "os.open('written-by-a-statement', os.O_CREAT)",
        "os.remove('none')",
        "os.kill(os.getppid(), 0)",
        "bytearray(600 << 20)",
    ],
)
def test_a_confined_process_may_do_nothing_but_compute(code: str):
    done = confined(code)
    assert done.returncode == 1
    assert "PermissionError" in done.stderr or "MemoryError" in done.stderr
    assert not (ROOT / "written-by-a-statement").exists()


def test_a_confined_process_can_still_read_xml():
    done = confined("from lxml import etree; print(etree.fromstring('<a/>').tag)")
    assert (done.stdout, done.returncode) == ("a\n", 0)


def test_its_time_is_limited():
    done = confined("import resource; print(resource.getrlimit(resource.RLIMIT_CPU))")
    assert done.stdout == "(20, 20)\n"


def test_it_sees_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch):
    seen: dict[str, dict[str, str]] = {}
    start = subprocess.Popen

    def watch(*arguments: object, **options: dict[str, str]) -> subprocess.Popen[bytes]:
        seen["env"] = options["env"]
        return start(*arguments, **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setattr(subprocess, "Popen", watch)
    read_limited(MT940, "x")
    assert set(seen["env"]) == {"PYTHONPATH", "PYTHONUTF8"}


def test_it_dies_with_whoever_asked(tmp_path: Path):
    """The child waits for a file that never ends; `kill -9` of its parent ends it too."""
    pid_file, pipe = tmp_path / "pid", tmp_path / "pipe"
    os.mkfifo(pipe)
    asking = subprocess.Popen(
        [sys.executable, "-c", _ASK.format(pipe=str(pipe), pid_file=str(pid_file))], cwd=ROOT
    )
    with pipe.open("wb", buffering=0) as endless:
        endless.write(b":20:A")
        child = wait_for_pid(pid_file)
        asking.send_signal(signal.SIGKILL)
        asking.wait()
        deadline = time.monotonic() + 10
        while is_running(child) and time.monotonic() < deadline:
            os.sched_yield()
    assert not is_running(child)


_ASK = """
import os, subprocess
from pathlib import Path
from backoffice.service_lines.banking.statements.limited import read_limited
start = subprocess.Popen
def watch(*arguments, **options):
    process = start(*arguments, **options)
    made = Path({pid_file!r} + ".part")
    made.write_text(str(process.pid))
    made.rename({pid_file!r})
    return process
subprocess.Popen = watch
read_limited(Path({pipe!r}), "x")
"""


def wait_for_pid(path: Path) -> int:
    deadline = time.monotonic() + 20
    while not path.exists() and time.monotonic() < deadline:
        os.sched_yield()
    return int(path.read_text())


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
