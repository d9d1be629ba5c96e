"""A look at a PDF by a process of its own, small and short-lived, so that a trap harms nobody.

This file is also that process: it limits its memory and time, opens the PDF that it is given on
its standard input without decoding a page, and says on its output how many pages there are.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from typing import BinaryIO

PAGES_MAX = 2_000
SECONDS_MAX = 20
MEMORY_MAX = 512 * 1024 * 1024
ERROR_PASSWORD = 4  # FPDF_ERR_PASSWORD


def pages_of(stream: BinaryIO) -> int:
    """How many pages; `ValueError` when it cannot be read, `PermissionError` with a password.

    A PDF that only forbids printing or changing opens without a password, as in every reader.
    """
    stream.seek(0)
    command = [sys.executable, "-I", __file__]
    try:
        run = subprocess.run(
            command,
            input=stream.read(),
            capture_output=True,
            timeout=SECONDS_MAX,
            env={"PATH": os.defpath},
        )
    except subprocess.TimeoutExpired:
        raise ValueError("The PDF took too long to open") from None
    answer = run.stdout.decode("ascii", "replace").split()
    if run.returncode != 0 or len(answer) != 2:
        raise ValueError("The PDF could not be opened")
    if answer[0] == "password":
        raise PermissionError("The PDF is protected by a password")
    return int(answer[1])


def look() -> None:
    """In the process of its own: open, count, say."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) != ERROR_PASSWORD:
            raise SystemExit(1) from None
        sys.stdout.write("password 0")
    else:
        sys.stdout.write(f"pages {len(document)}")


if __name__ == "__main__":
    look()
