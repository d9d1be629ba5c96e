"""What is looked at before anything of the demo starts: whose database, and which ports."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from backoffice.demo.running import NotTheDemo, free_ports, refuse_outside_demo
from config.settings import Settings

ENVIRONMENT = {
    "DATABASE_URL": "postgresql://postgres@127.0.0.1/somebody",
    "BACKOFFICE_KEY": "A" * 43 + "=",
}


def test_a_database_that_somebody_works_with_is_never_played_in():
    settings = Settings.from_environment(ENVIRONMENT)
    with pytest.raises(NotTheDemo, match="BACKOFFICE_DEMO=1"):
        refuse_outside_demo(settings)
    refuse_outside_demo(Settings.from_environment({**ENVIRONMENT, "BACKOFFICE_DEMO": "1"}))


def test_a_taken_port_is_replaced_and_said():
    said: list[str] = []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = replace(Settings.from_environment(ENVIRONMENT), work_port=port)
        found = free_ports(settings, say=said.append)
    assert found["BACKOFFICE_WORK_PORT"] not in ("", str(port))
    assert str(port) in said[0]
