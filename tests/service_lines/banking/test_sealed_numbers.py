"""Numbers of bank accounts are nowhere in clear, and a sealed one opens in its own row alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, text

from backoffice.foundation.client_keys import key_of
from backoffice.foundation.encryption import unseal
from backoffice.foundation.errors import IntegrityFailure
from backoffice.service_lines.banking.models import BankAccount, BankLine
from backoffice.service_lines.banking.queries.line import line_detail
from backoffice.service_lines.banking.rules.words import without_numbers
from tests.service_lines.banking.files import NUMBER, SAVINGS, bought, imported, statement
from tests.service_lines.banking.statements.written import as_camt
from tests.support.cast import Cast

PAYEE = "DE89370400440532013000"
SPACED = "DE89 3704 0044 0532 0130 00"


@pytest.fixture
def sealed(cast: Cast, tmp_path: Path) -> Cast:
    """Two accounts, and a line whose payee's account is named."""
    party = "<Cdtr><Pty><Nm>Larkfield Timber</Nm></Pty></Cdtr>"
    other_end = f"{party}<CdtrAcct><Id><IBAN>{PAYEE}</IBAN></Id></CdtrAcct>"
    told = bought(2, -500, text=f"Rent to {SPACED} as ever, {PAYEE.lower()}", reference=PAYEE)
    whole = as_camt([statement(told), statement(bought(2, -5), number=SAVINGS)])
    path = tmp_path / "november.xml"
    path.write_text(whole.replace(party, other_end))
    assert imported(cast, path)["new"] == 2
    return cast


def test_no_table_holds_a_number_in_clear(sealed: Cast) -> None:
    with sealed.database.as_superuser().connect() as connection:
        tables = connection.scalars(
            text(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname IN ('public', 'firm')"
            )
        ).all()
        assert len(tables) > 40
        for number in (NUMBER, SAVINGS, PAYEE):
            for letters in (number, number.lower(), number[4:], SPACED):
                found = [table for table in tables if _holds(connection, table, letters)]
                assert found == [], f"{letters} stands in {found}"


def test_no_kept_file_holds_a_number_in_clear(sealed: Cast) -> None:
    root = Path(sealed.database.settings.storage_url.removeprefix("file://"))
    files = [path for path in (root / "clients").rglob("*") if path.is_file()]
    assert files
    assert not any(NUMBER.encode() in path.read_bytes() for path in files)


def test_the_last_four_are_what_may_be_shown(sealed: Cast) -> None:
    with sealed.acting_for("acorn") as session:
        runtime = sealed.database["workbench"]
        lines = session.scalars(select(BankLine)).all()
        shown = {line_detail(session, runtime, line.id).counterparty_last_four for line in lines}
    assert shown == {PAYEE[-4:]}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (f"To {PAYEE}", "To ··3000"),
        (f"{SPACED} Larkfield", "··3000 Larkfield"),
        ("BE71 0961 2345 6769 RENT for May", "··6769 RENT for May"),
        ("NL91ABNA0417164300/GB29NWBK60161331926819", "··4300/··6819"),
        ("DE89370400440532013001 is no number", "DE89370400440532013001 is no number"),
        ("INV20261105ACORN2026", "INV20261105ACORN2026"),
    ],
)
def test_a_text_keeps_the_last_four_of_a_number(written: str, kept: str) -> None:
    assert without_numbers(written) == kept


def test_a_sealed_number_that_was_moved_to_another_row_does_not_open(sealed: Cast) -> None:
    with sealed.database.as_superuser().begin() as connection:
        connection.execute(
            text(
                "UPDATE bank_account SET number_sealed ="
                " (SELECT number_sealed FROM bank_account ORDER BY id LIMIT 1)"
            )
        )
    with sealed.acting_for("acorn") as session:
        key = key_of(session, sealed.database["workbench"].keyring)
        own, moved = session.scalars(select(BankAccount).order_by(BankAccount.id)).all()
        opened = [_opened(session.client_id, key, own)]
        assert opened == [NUMBER]
        with pytest.raises(IntegrityFailure):
            _opened(session.client_id, key, moved)


def _opened(client_id: object, key: bytes, account: BankAccount) -> str:
    return unseal(
        key,
        account.number_sealed,
        client_id=str(client_id),
        table="bank_account",
        column="number_sealed",
        row_id=account.id,
    )


def _holds(connection, table: str, letters: str) -> bool:  # type: ignore[no-untyped-def]
    # As a dump would write it: every column of every row as text.
    question = f"SELECT EXISTS (SELECT 1 FROM {table} r WHERE r::text LIKE :letters)"  # noqa: S608
    return bool(connection.scalar(text(question), {"letters": f"%{letters}%"}))
