"""A worker process as a test starts it: the real one, with kinds of its own and a voice.

    python -m tests.worker.process MODULE

MODULE registers further kinds when it is imported. Each claim is told on one line of stdout:
`claimed ITEM TOKEN …` once it is committed and before the first item runs.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Sequence

from backoffice.foundation.batches import Item
from config.settings import Settings
from worker.main import serve


def tell(items: Sequence[Item]) -> None:
    words = [f"{item.id} {item.token}" for item in items]
    os.write(1, f"claimed {' '.join(words)}\n".encode())


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    for module in sys.argv[1:]:
        importlib.import_module(module)
    serve(Settings.from_environment(os.environ), claimed=tell)
