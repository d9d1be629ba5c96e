"""Imports every module that declares tables, so that models and migrations can be compared."""

from __future__ import annotations

import importlib
import pkgutil

import backoffice

# Modules of the foundation that declare a table beside what they do.
OTHERS = {"audit", "client_keys", "clock", "mail", "numbering", "throttle"}


def import_all() -> None:
    """Import each `models.py` of the business and the tables of its foundation."""
    for module in pkgutil.walk_packages(backoffice.__path__, "backoffice."):
        name = module.name.rsplit(".", 1)[-1]
        if name == "models" or (name in OTHERS and ".foundation." in module.name):
            importlib.import_module(module.name)
