"""The child process that reads one upload: `python -m … NAME LOCALE PARENT < file > answer`.

It confines itself, then reads; its answer is lines of JSON, the last of them the end of the file
or the refusal. It is started by `limited`, and by nobody else.
"""

from __future__ import annotations

import gc
import json
import sys
import traceback
from typing import Any

from backoffice.foundation.errors import Refused
from backoffice.foundation.language import set_language

from .confinement import confine
from .limits import STATEMENT_BYTES_MAX
from .read import read
from .transport import lines_of


def main(name: str, locale: str, parent: str) -> None:
    """Write the answer to standard output."""
    confine(parent=int(parent))
    # Nothing here makes cycles, and the memory limit bounds what is left lying.
    gc.disable()
    set_language(locale)
    try:
        data = sys.stdin.buffer.read(STATEMENT_BYTES_MAX + 1)
        for line in lines_of(read(data, name=name)):
            sys.stdout.buffer.write(line)
    except Refused as refused:
        _write({"refused": {**refused.as_json(), "field": refused.field}})
    except MemoryError:
        _write({"stopped": "memory"})
    except Exception as error:
        _write({"failed": _place_of(error)})
    sys.stdout.buffer.flush()


def _place_of(error: Exception) -> str:
    """Where it went wrong and not with what: the file's contents never reach a log."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    places = [f"{frame.name}:{frame.lineno}" for frame in frames]
    return f"{type(error).__name__} in {' < '.join(places)}"


def _write(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
