"""What the `:86:` of an MT940 tells, in the three dialects of it."""

from __future__ import annotations

import pytest

from backoffice.service_lines.banking.statements.mt940_text import Told, told_by


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "166?00GUTSCHRIFT?109075?20EREF+INV-7?21SVWZ+Oak boards for th\n?22e shop?30HARBGB2L"
            "?31GB29NWBK60161331926819?32Birch Coffee?33 Inc?34997",
            Told("Birch Coffee Inc", "GB29NWBK60161331926819", "INV-7", "Oak boards for the shop"),
        ),
        (
            "166?00GUTSCHRIFT?20Why? Because?32Eleven of them, no space he?33re",
            Told("Eleven of them, no space here", None, None, "Why? Because"),
        ),
        (
            "000>100987654321>20HUUR>21 KANTOOR>310390123456",
            Told(None, "0390123456", None, "HUUR KANTOOR"),
        ),
        ("020~00Fee~20EREF+NOTPROVIDED~21SVWZ+Card", Told(None, None, None, "Card")),
        ("808?00ENTGELT", Told(None, None, None, "ENTGELT")),
        (
            "/EREF/INV-7/NAME/Birch Coff\nee Inc/IBAN/GB29NWBK60161331926819/REMI/Oak/ISDT/2026",
            Told("Birch Coffee Inc", "GB29NWBK60161331926819", "INV-7", "Oak"),
        ),
        (
            "/EREF/NOTPROVIDED//CNTP/NL32INGB0000012345/INGBNL2A/Birch/AMSTERDAM///REMI/USTD//Oak/",
            Told("Birch", "NL32INGB0000012345", None, "USTD//Oak"),
        ),
        ("Oak  boards\nfor the shop", Told(None, None, None, "Oak boards for the shop")),
        ("", Told(None, None, None, "")),
    ],
)
def test_name_account_reference_and_text(written: str, told: Told):
    assert told_by([written]) == told


def test_a_text_without_end_is_cut():
    assert len(told_by(["?20" * 100_000]).text) < 9_000
    assert len(told_by(["x" * 100_000]).text) == 2_000
