"""A line that is coded with a tax code: net and tax, with what a return needs."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger import DraftLine, TaxCode, post, taxed_lines, trial_balance
from tests.ledger.conftest import TODAY, House

BANK = "1390"  # stands for the bank's leg


def code_named(session: ScopedSession, name: str) -> TaxCode:
    return session.scalars(select(TaxCode).where(TaxCode.code == name)).one()


@pytest.mark.parametrize(
    ("tax_code", "account", "gross", "expected"),
    [
        ("P20", "5000", 120_00, {"5000": 100_00, "1170": 20_00}),
        ("S20", "4000", -120_00, {"4000": -100_00, "2200": -20_00}),
        ("P5", "7020", 105_00, {"7020": 100_00, "1170": 5_00}),
        ("S0", "4000", -50_00, {"4000": -50_00}),
        ("PX", "7400", 50_00, {"7400": 50_00}),
        ("N", "6000", 50_00, {"6000": 50_00}),
        ("RC20", "7110", 100_00, {"7110": 100_00, "1170": 20_00, "2200": -20_00}),
    ],
)
def test_the_lines_sum_to_the_gross_and_hit_the_right_accounts(
    acorn: House, tax_code: str, account: str, gross: int, expected: dict[str, int]
) -> None:
    with acorn.acting() as session:
        lines = taxed_lines(acorn.line(account, gross), code_named(session, tax_code))
        assert sum(line.amount_minor for line in lines) == gross
        post(session, [acorn.draft(TODAY, lines=[*lines, acorn.line(BANK, -gross)])])
        totals = {row.code: row.net_minor for row in trial_balance(session, TODAY).rows}
    assert totals == expected | {BANK: -gross}


def test_tax_lines_keep_code_rate_and_base(acorn: House) -> None:
    with acorn.acting() as session:
        code = code_named(session, "P20")
        base, tax = taxed_lines(acorn.line("5000", 120_00), code)
        assert base.tax is not None
        assert tax.tax is not None
        assert (base.tax.part, base.tax.base_minor, base.tax.rate) == ("base", 100_00, code.rate)
        assert (tax.tax.part, tax.tax.base_minor, tax.tax.code_id) == ("tax", 100_00, code.id)


def test_a_zero_rate_keeps_its_code_for_the_return(acorn: House) -> None:
    with acorn.acting() as session:
        [line] = taxed_lines(acorn.line("4000", -50_00), code_named(session, "S0"))
    assert line.tax is not None
    assert (line.tax.part, line.tax.base_minor) == ("base", -50_00)


def test_use_tax_is_a_cost_of_the_line_itself(birch: House) -> None:
    with birch.acting() as session:
        lines = taxed_lines(birch.line("6150", 100_00), code_named(session, "UT"))
    totals = [(line.account_id, line.amount_minor) for line in lines]
    assert totals == [
        (birch.codes["6150"], 100_00),
        (birch.codes["6150"], 7_25),
        (birch.codes["2110"], -7_25),
    ]


def test_a_foreign_line_is_cut_in_both_currencies(acorn: House) -> None:
    gross = DraftLine(
        account_id=acorn.codes["5000"], amount_minor=125_00, currency="USD", base_minor=100_01
    )
    with acorn.acting() as session:
        base, tax = taxed_lines(gross, code_named(session, "P20"))
    assert base.amount_minor + tax.amount_minor == 125_00
    assert base.base + tax.base == 100_01
    assert tax.base == 16_67
