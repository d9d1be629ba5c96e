"""Starts over: deletes all data of the installation in this folder, servers' data included.

python -m backoffice.demo.reset
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from backoffice.foundation import embedded

DATA = Path(os.environ.get("BACKOFFICE_DATA") or Path(__file__).resolve().parents[2] / "var")


def reset(data: Path) -> None:
    """Refused while anything uses the servers; then nothing has been deleted."""
    embedded.destroy(data)
    shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    try:
        reset(DATA)
    except embedded.ServersUnavailable as in_use:
        raise SystemExit(in_use.message) from None
