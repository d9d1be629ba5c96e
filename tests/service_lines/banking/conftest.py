"""The desk at which bank lines are coded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service_lines.banking.coding_desk import Desk
from tests.support.cast import Cast


@pytest.fixture
def desk(cast: Cast, tmp_path: Path) -> Desk:
    return Desk(cast, tmp_path)
