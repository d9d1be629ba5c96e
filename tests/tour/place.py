"""Where the tour plays and where its pictures go."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "var" / "tour"
MAILS = DATA / "mail"
PICTURES = ROOT / "docs" / "tour"
NEW_PICTURES = DATA / "pictures"  # they take the place of the old ones once all are there
WIDTHS = {390: 844, 1440: 900}  # and the height of the window
