"""`python -m worker`: one worker process, configured by the environment."""

from __future__ import annotations

import logging
import os

from config.settings import Settings
from worker.main import serve

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    serve(Settings.from_environment(os.environ, serving=True))
