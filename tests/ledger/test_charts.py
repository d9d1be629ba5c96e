"""The charts of accounts that books start from."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from backoffice.foundation.errors import BadInput, Conflict
from backoffice.ledger import (
    LedgerAccount,
    Period,
    TaxCode,
    account_for_role,
    archive_account,
    chart_for,
    charts,
    open_bank_account,
    open_books,
    tax_codes_on,
)
from backoffice.ledger.charts import Chart
from backoffice.ledger.rules import ACCOUNT_KINDS, TAX_DIRECTIONS
from tests.ledger.conftest import TODAY, House, opened
from tests.support.databases import Database

ROLES = {
    "bank_parent", "suspense", "in_transit", "tax_payable", "receivable", "payable",
    "net_pay", "retained_earnings", "opening_balances", "rounding", "exchange_difference",
    "accruals", "prepayments", "bank_charges", "sales", "purchases", "wages",
}  # fmt: skip


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.name)
def test_a_chart_is_sound(chart: Chart) -> None:
    accounts = {account.code: account for account in chart.accounts}
    assert len(accounts) == len(chart.accounts) >= 60
    assert [*accounts] == sorted(accounts)
    for account in accounts.values():
        assert account.kind in ACCOUNT_KINDS
        if account.parent:
            assert accounts[account.parent].is_parent
    roles = [account.role for account in accounts.values() if account.role]
    assert len(roles) == len(set(roles))
    assert set(roles) >= ROLES


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.name)
def test_its_tax_codes_name_accounts_that_take_lines(chart: Chart) -> None:
    accounts = {account.code: account for account in chart.accounts}
    assert any(code.direction == "none" for code in chart.tax_codes)
    for code in chart.tax_codes:
        assert code.direction in TAX_DIRECTIONS
        for account in filter(None, (code.output, code.input)):
            assert not accounts[account].is_parent
        if code.rate:
            assert (code.input if code.direction == "input" else code.output) is not None


def test_each_country_has_a_chart() -> None:
    assert [chart_for(country) for country in ("GB", "US", "ID", "FR", "JP")] == [
        "gb", "us", "id", "international", "international",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("country", "currency"), [("GB", "GBP"), ("US", "USD"), ("ID", "IDR"), ("JP", "JPY")]
)
def test_books_open_with_accounts_and_three_years(
    database: Database, country: str, currency: str
) -> None:
    house = opened(database, country, currency, "04-01")
    with house.acting() as session:
        months = session.scalars(select(Period.month).order_by(Period.month)).all()
        assert (months[0], months[-1], len(months)) == (date(2025, 4, 1), date(2028, 3, 1), 36)
        suspense = account_for_role(session, "suspense")
        assert not suspense.is_parent


def test_books_open_once(acorn: House) -> None:
    with pytest.raises(Conflict), acorn.acting() as session:
        open_books(session, country="GB", currency="GBP", fiscal_year_start="04-01", today=TODAY)


@pytest.mark.parametrize(
    "wrong",
    [{"currency": "XTS"}, {"currency": "DEM"}, {"chart": "mars"}, {"fiscal_year_start": "04-06"}],
)
def test_books_are_not_opened_on_nonsense(acorn: House, wrong: dict[str, str]) -> None:
    given = {"country": "GB", "currency": "GBP", "fiscal_year_start": "04-01"} | wrong
    with pytest.raises(BadInput), acorn.acting() as session:
        open_books(session, today=TODAY, **given)  # type: ignore[arg-type]


def test_bank_accounts_get_the_next_free_code(acorn: House) -> None:
    with acorn.acting() as session:
        opened_accounts = [open_bank_account(session, name=name) for name in ("Current", "Savings")]
        assert [(a.code, a.role, a.is_control) for a in opened_accounts] == [
            ("1201", "bank", True),
            ("1202", "bank", True),
        ]


def test_an_account_with_a_balance_or_a_role_is_not_archived(acorn: House) -> None:
    acorn.post(TODAY, ("7040", 1), ("7030", -1))
    with acorn.acting() as session:
        for code in ("7040", "1390"):
            with pytest.raises(Conflict):
                archive_account(session, acorn.codes[code])
        archive_account(session, acorn.codes["7010"])
    with acorn.acting() as session:
        archived = session.scalars(
            select(LedgerAccount.code).where(LedgerAccount.archived_at.is_not(None))
        ).all()
        assert archived == ["7010"]


def test_a_rate_is_the_one_in_force_on_the_day(database: Database) -> None:
    cendana = opened(database, "ID", "IDR", "01-01")
    with cendana.acting() as session:
        before = {code.code: code.name for code in tax_codes_on(session, date(2024, 12, 31))}
        after = {code.code: code.name for code in tax_codes_on(session, date(2025, 1, 1))}
        assert len(session.scalars(select(TaxCode).where(TaxCode.code == "K11")).all()) == 2
    assert before["K11"] == "PPN keluaran 11%"
    assert "11/12" in after["K11"]
    assert "K12" not in before
    assert "K12" in after
