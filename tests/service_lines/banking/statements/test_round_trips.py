"""Whatever is written as MT940, OFX or camt is read back equal."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from backoffice.foundation.errors import Refused
from backoffice.service_lines.banking.statements.read import read
from backoffice.service_lines.banking.statements.records import Entry, StatementFile
from tests.service_lines.banking.statements.made import accounts
from tests.service_lines.banking.statements.reading import read_text
from tests.service_lines.banking.statements.written import Account, as_camt, as_mt940, as_ofx

# Latin letters that no dialect of `:86:` gives a meaning to; the slash separates its parts.
PLAIN = "ABCdef 0123456789.,'()éüß"


def euros(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def same_entries(file: StatementFile, written: list[Account]) -> None:
    assert [part.account for part in file.statements] == [part.number for part in written]
    assert [part.currency for part in file.statements] == [part.currency for part in written]
    for statement, account in zip(file.statements, written, strict=True):
        assert statement.closing == euros(account.closing_cents)
        assert statement.sum == euros(account.closing_cents - account.opening_cents)
        meant = [
            (euros(m.cents), m.day, m.name, m.text, m.bank_reference) for m in account.movements
        ]
        assert [told(entry) for entry in statement.entries] == meant


def told(entry: Entry) -> tuple[object, ...]:
    return entry.amount, entry.booked, entry.counterparty, entry.text, entry.bank_reference


def balances_agree(file: StatementFile, written: list[Account]) -> None:
    assert [part.opening for part in file.statements] == [euros(a.opening_cents) for a in written]
    assert all(part.balances for part in file.statements)


@given(accounts(PLAIN), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["utf-8", "cp1252"]))
def test_mt940(written: list[Account], line_end: str, encoding: str):
    file = read_text(as_mt940(written, line_end=line_end), encoding)
    same_entries(file, written)
    balances_agree(file, written)


@given(accounts(), st.booleans(), st.sampled_from([".", ","]), st.sampled_from(["utf-8", "utf-16"]))
def test_ofx(written: list[Account], xml: bool, point: str, encoding: str):
    same_entries(read_text(as_ofx(written, xml=xml, point=point), encoding), written)


@given(accounts(), st.sampled_from(["001.02", "001.08"]), st.sampled_from(["utf-8", "utf-16"]))
def test_camt(written: list[Account], version: str, encoding: str):
    file = read_text(as_camt(written, version=version), encoding)
    assert file.version == version
    same_entries(file, written)
    balances_agree(file, written)


@given(st.sampled_from([b"", b":20:A\r\n:61:", b"<BkToCstmrStmt><Stmt>", b"<OFX>"]), st.binary())
def test_noise_is_read_or_refused_in_words(start: bytes, noise: bytes):
    try:
        read(start + noise, name="noise")
    except Refused as refused:
        message = refused.message
    else:
        message = "read"
    assert message
