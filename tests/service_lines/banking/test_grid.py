"""The coding grid: what a row shows, its pages and tabs, and how few queries it takes."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import event, text

from backoffice.foundation.ids import new_id
from backoffice.foundation.tenancy import ScopedSession
from backoffice.service_lines.banking.actions.accepting import accept_all_sure
from backoffice.service_lines.banking.actions.ruling import make_rule
from backoffice.service_lines.banking.queries.grid import grid, grid_row, tab_counts
from backoffice.service_lines.banking.queries.line import codable_accounts, line_detail
from backoffice.service_lines.banking.queries.month import month_of, months_with_lines
from backoffice.service_lines.banking.rules.coding import PartDraft
from tests.service_lines.banking.coding_desk import Desk
from tests.service_lines.banking.files import bought, imported, statement, written


def queries_of(desk: Desk, page: Callable[[ScopedSession], object]) -> int:
    """How many statements a page sends, beside those of the door."""
    sent: list[str] = []
    engine = desk.cast.database["workbench"].doors.engine

    def note(_connection, _cursor, statement, *_rest) -> None:  # type: ignore[no-untyped-def]
        sent.append(statement)

    with desk.acting() as session:
        session.execute(text("SELECT 1"))
        event.listen(engine, "before_cursor_execute", note)
        try:
            page(session)
        finally:
            event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def page_of(account: UUID) -> Callable[[ScopedSession], object]:
    def page(session: ScopedSession) -> object:
        rows = grid(session, bank_account_id=account, period="2026-11")
        counts = tab_counts(session, bank_account_id=account, period="2026-11")
        return rows, counts, month_of(session, account, "2026-11"), codable_accounts(session)

    return page


def test_the_queries_of_a_page_do_not_grow_with_the_lines(desk: Desk) -> None:
    desk.receive_lines(*(bought(1 + n % 28, -n) for n in range(1, 31)))
    account = desk.lines()[0].bank_account_id
    few = queries_of(desk, page_of(account))
    more = [bought(29, -n) for n in range(1, 1_501)]
    desk.receive(statement(*more, opening=-sum(range(1, 31))))
    assert queries_of(desk, page_of(account)) == few
    assert few <= 15


def test_a_page_holds_200_lines_and_the_next_goes_on(desk: Desk) -> None:
    desk.receive_lines(*(bought(1 + n % 28, -n) for n in range(1, 251)))
    account = desk.lines()[0].bank_account_id
    with desk.acting() as session:
        first = grid(session, bank_account_id=account)
        second = grid(session, bank_account_id=account, after=first.after)
    assert (len(first.rows), len(second.rows), second.after) == (200, 50, None)
    seen = [row.id for row in (*first.rows, *second.rows)]
    assert len(set(seen)) == 250
    days = [row.booked_on for row in (*first.rows, *second.rows)]
    assert days == sorted(days)


def test_the_tabs_count_what_they_show(desk: Desk) -> None:
    lines = desk.receive_lines(*(bought(day, -100) for day in range(2, 8)), bought(9, -5, "Calder"))
    desk.code(lines[-1], "7420")
    with desk.acting() as session:
        make_rule(
            session, words="larkfield", account_id=desk.account("5000"), by=desk.cast.actor("priya")
        )
    account = lines[0].bank_account_id
    with desk.acting() as session:
        counts = tab_counts(session, bank_account_id=account)
        for tab, expected in counts.items():
            assert len(grid(session, bank_account_id=account, tab=tab).rows) == expected
    assert counts == {"open": 6, "sure": 6, "look_twice": 0, "coded": 1, "all": 7}


def test_a_row_says_what_is_suggested_and_why(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000))
    with desk.acting() as session:
        make_rule(
            session,
            words="larkfield",
            account_id=desk.account("5000"),
            tax_code_id=desk.tax("P20"),
            by=desk.cast.actor("tom"),
        )
    with desk.acting() as session:
        row = grid_row(session, line.id)
    assert row is not None
    assert row.suggested is not None
    assert row.suggested_tax is not None
    assert (row.suggested.code, row.suggested_tax.tax_minor) == ("5000", -2_000)
    assert (row.reason.kind, row.reason.rule_author) == ("rule", "Tom Adeyemi")
    assert row.coded is None


def test_a_coded_row_says_by_whom(desk: Desk) -> None:
    (line,) = desk.receive_lines(bought(6, -12_000))
    tax = desk.tax("P20")
    desk.split(
        line,
        PartDraft(desk.account("5000"), -6_000, tax),
        PartDraft(desk.account("5010"), -6_000, tax),
    )
    with desk.acting() as session:
        row = grid_row(session, line.id)
    assert row is not None
    assert row.coded is not None
    assert (row.coded.kind, row.coded.parts, row.coded.tax_minor) == ("split", 2, -2_000)
    assert (row.coded.by_name, row.coded.account) == ("Priya Nair", None)


def test_lines_of_an_unreleased_import_are_not_on_the_grid(desk: Desk) -> None:
    imported(desk.cast, written(desk.folder, statement(bought(6, -12_000))), release=False)
    account = desk.lines()[0].bank_account_id
    with desk.acting() as session:
        assert grid(session, bank_account_id=account).rows == []
        assert months_with_lines(session) == []


def test_a_lines_detail_shows_what_came_before(desk: Desk) -> None:
    lines = desk.receive_lines(bought(2, -1), bought(3, -2), bought(4, -3, "Somebody else"))
    desk.code(lines[0], "5000")
    desk.code(lines[2], "5010")
    with desk.acting() as session:
        detail = line_detail(session, desk.cast.database["workbench"], lines[1].id)
    assert detail.before_count == 1
    assert [(one.amount_minor, one.account.code) for one in detail.before if one.account] == [
        (-1, "5000")
    ]


def test_accepting_the_sure_ones_twice_over_leaves_none(desk: Desk) -> None:
    lines = desk.receive_lines(*(bought(day, -100) for day in range(2, 12)))
    actor = desk.cast.actor("priya")
    with desk.acting() as session:
        make_rule(session, words="larkfield", account_id=desk.account("5000"), by=actor)
    account = lines[0].bank_account_id
    with desk.acting() as session:
        first = accept_all_sure(
            session, bank_account_id=account, by=actor, key=str(new_id()), limit=6
        )
    with desk.acting() as session:
        second = accept_all_sure(
            session, bank_account_id=account, by=actor, key=str(new_id()), limit=6
        )
    assert [(one.coded, one.left) for one in (first, second)] == [(6, 4), (4, 0)]
