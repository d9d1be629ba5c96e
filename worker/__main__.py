"""`python -m worker`: one worker process, configured by the environment."""

from __future__ import annotations

import os

from backoffice.foundation.logs import set_up_logs
from config.settings import Settings
from worker.main import serve

if __name__ == "__main__":
    set_up_logs()
    serve(Settings.from_environment(os.environ, serving=True))
