"""For gunicorn: `gunicorn client_portal.wsgi:app`. Settings come from the environment."""

from __future__ import annotations

from backoffice.foundation.logs import set_up_logs
from backoffice.foundation.registry import load_catalogues
from client_portal.app import create_app
from config.settings import Settings

set_up_logs()
load_catalogues()
app = create_app(Settings.from_environment(serving=True))
