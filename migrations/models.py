"""Imports every module that declares tables, so that models and migrations can be compared."""

from __future__ import annotations

import importlib
import pkgutil

import backoffice


def import_all() -> None:
    """Import each `models.py` of the business and the tables of its foundation."""
    for module in pkgutil.walk_packages(backoffice.__path__, "backoffice."):
        name = module.name.rsplit(".", 1)[-1]
        if name == "models" or name in FOUNDATION_TABLES:
            importlib.import_module(module.name)


FOUNDATION_TABLES = {
    "audit",
    "clock",
    "throttle",
    "numbering",
    "batches",
    "outbox",
    "mail",
}
