"""camt.052, camt.053 and camt.054 in every version and envelope."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.service_lines.banking.statements.reading import (
    figures,
    only_entry,
    only_statement,
    place_of,
    read_text,
    refusal_of,
)

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
OPENING = (
    "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>"
    '<Amt Ccy="GBP">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-01</Dt></Dt></Bal>'
)
CLOSING = OPENING.replace("OPBD", "CLBD").replace("100.00", "90.00").replace("01-01", "01-31")
ENTRY = (
    '<Ntry>\n<Amt Ccy="GBP">10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>'
    "<BookgDt><Dt>2026-01-16</Dt></BookgDt><ValDt><Dt>2026-01-15</Dt></ValDt>"
    "<AcctSvcrRef>BANK1</AcctSvcrRef></Ntry>"
)


def statement(*parts: str, tag: str = "Stmt", account: str = "GB29NWBK60161331926819") -> str:
    head = f"<Id>JAN</Id><Acct><Id><IBAN>{account}</IBAN></Id></Acct>"
    return f"<{tag}>{head}{''.join(parts)}</{tag}>"


def document(
    *statements: str, message: str = "BkToCstmrStmt", name: str = "camt.053.001.08"
) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="{NAMESPACE}{name}"><{message}><GrpHdr/>{"".join(statements)}</{message}>'
        "</Document>"
    )


WHOLE = document(statement(OPENING, CLOSING, ENTRY))


def test_a_statement_has_account_balances_and_entries():
    file = read_text(WHOLE)
    found = only_statement(file)
    assert (file.format, file.version) == ("camt.053", "001.08")
    assert (found.account, found.currency) == ("GB29NWBK60161331926819", "GBP")
    assert (found.identifier, found.opening_on) == ("JAN", date(2026, 1, 1))
    assert figures(file) == [("100.00", "90.00", 1, "-10.00", True)]
    entry = only_entry(file)
    assert (entry.booked, entry.valued) == (date(2026, 1, 16), date(2026, 1, 15))
    assert (entry.bank_reference, entry.line) == ("BANK1", 2)


@pytest.mark.parametrize(
    ("tag", "message", "name", "format_", "version"),
    [
        ("Rpt", "BkToCstmrAcctRptV01", "camt.052.001.01", "camt.052", "001.01"),
        ("Rpt", "BkToCstmrAcctRpt", "camt.052.001.06", "camt.052", "001.06"),
        ("Stmt", "BkToCstmrStmt", "camt.053.001.02", "camt.053", "001.02"),
        ("Stmt", "BkToCstmrStmt", "camt.053.001.13", "camt.053", "001.13"),
        ("Ntfctn", "BkToCstmrDbtCdtNtfctn", "camt.054.001.04", "camt.054", "001.04"),
    ],
)
def test_every_message_and_version_is_read(
    tag: str, message: str, name: str, format_: str, version: str
):
    file = read_text(document(statement(ENTRY, tag=tag), message=message, name=name))
    assert (file.format, file.version) == (format_, version)
    assert figures(file) == [(None, None, 1, "-10.00", None)]


@pytest.mark.parametrize(
    ("before", "after", "version"),
    [
        (f'<Document xmlns="{NAMESPACE}camt.053.001.02">', "</Document>", "001.02"),
        (f'<Document xmlns="{NAMESPACE}camt.053.001.02">', "</Document>\n\0\0\x1a", "001.02"),
        (f'\ufeff<Document xmlns="{NAMESPACE}camt.053.001.02">', "</Document>", "001.02"),
        (f'\n\n<Document xmlns="{NAMESPACE}camt.053.001.02">', "</Document>", "001.02"),
        ('<Document xmlns="http://six.example/de/camt.053.001.04.xsd">', "</Document>", "001.04"),
        (
            f'<Envelope xmlns="urn:swift"><AppHdr/><Document xmlns="{NAMESPACE}camt.053.001.08">',
            "</Document></Envelope>",
            "001.08",
        ),
        ("<Document>", "</Document>", None),
        ("", "", None),
    ],
)
def test_envelopes_and_namespaces_do_not_matter(before: str, after: str, version: str | None):
    inside = f"<BkToCstmrStmt>{statement(OPENING, CLOSING, ENTRY)}</BkToCstmrStmt>"
    file = read_text(before + inside + after)
    assert (file.format, file.version) == ("camt.053", version)
    assert figures(file) == [("100.00", "90.00", 1, "-10.00", True)]


def test_a_prefixed_namespace_is_read_too():
    text = WHOLE.replace("<", "<n:").replace("<n:/", "</n:").replace("<n:?", "<?")
    assert figures(read_text(text.replace("xmlns=", "xmlns:n="))) == figures(read_text(WHOLE))


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("iso-8859-1", "ISO-8859-1"),
        ("cp1252", "windows-1252"),
        ("cp1252", "UTF-8"),  # declared wrongly, as some banks do
        ("utf-8", "ISO-8859-1"),
        ("utf-8", "no-such-set"),
    ],
)
def test_every_encoding_is_read_even_one_declared_wrongly(encoding: str, declared: str):
    noted = ENTRY.replace("</Ntry>", "<AddtlNtryInf>Café Zürich</AddtlNtryInf></Ntry>")
    text = document(statement(noted)).replace('encoding="UTF-8"', f'encoding="{declared}"')
    assert only_entry(read_text(text, encoding)).text == "Café Zürich"


def test_several_statements_come_in_file_order():
    file = read_text(document(statement(ENTRY, account="A1"), statement(account="A2")))
    assert [part.account for part in file.statements] == ["A1", "A2"]
    assert [len(part.entries) for part in file.statements] == [1, 0]


def test_a_message_without_a_statement_has_none():
    assert read_text(document()).statements == ()


def test_a_camt_of_another_kind_is_refused():
    other = f'<Document xmlns="{NAMESPACE}camt.053.001.08"><Other/></Document>'
    assert refusal_of(other).code == "format_unknown"


@pytest.mark.parametrize(
    ("balances", "opening", "closing"),
    [
        (["OPBD", "CLBD"], "1", "2"),
        (["PRCD", "CLBD"], "1", "2"),
        (["PRCD", "OPBD", "CLBD"], "2", "3"),
        (["OPAV", "CLAV", "FWAV", "INFO", "ITAV", "ITBD", "XPCD"], None, None),
        (["CLBD"], None, "1"),
        ([], None, None),
    ],
)
def test_the_codes_tell_opening_and_closing(
    balances: list[str], opening: str | None, closing: str | None
):
    parts = [
        OPENING.replace("OPBD", code).replace("100.00", str(number))
        for number, code in enumerate(balances, start=1)
    ]
    assert figures(read_text(document(statement(*parts))))[0][:2] == (opening, closing)


def test_balances_of_each_day_give_the_first_and_the_last():
    days = [
        OPENING.replace("100.00", "120.00").replace("01-01", "01-02"),
        CLOSING.replace("90.00", "120.00").replace("01-31", "01-01"),
        OPENING,
        CLOSING,
    ]
    assert figures(read_text(document(statement(*days))))[0][:2] == ("100.00", "90.00")


def test_a_debit_balance_is_negative_and_a_balance_that_does_not_agree_is_told():
    closing = CLOSING.replace("CRDT", "DBIT")
    assert figures(read_text(document(statement(OPENING, closing, ENTRY)))) == [
        ("100.00", "-90.00", 1, "-10.00", False)
    ]


def test_the_day_of_a_balance_may_have_a_time():
    opening = OPENING.replace("<Dt>2026-01-01</Dt>", "<DtTm>2026-01-01T23:59:59.000+07:00</DtTm>")
    assert only_statement(read_text(document(statement(opening)))).opening_on == date(2026, 1, 1)


def test_the_oldest_version_writes_the_balances_code_elsewhere():
    opening = OPENING.replace("<CdOrPrtry>", "").replace("</CdOrPrtry>", "")
    assert figures(read_text(document(statement(opening))))[0][0] == "100.00"


@pytest.mark.parametrize(
    "account",
    [
        "<Othr><Id>123-456</Id></Othr>",
        "<PrtryAcct><Id>123-456</Id></PrtryAcct>",
        "<BBAN>123-456</BBAN>",
        "<UPIC>123-456</UPIC>",
    ],
)
def test_an_account_may_have_any_kind_of_number(account: str):
    text = WHOLE.replace("<IBAN>GB29NWBK60161331926819</IBAN>", account)
    assert only_statement(read_text(text)).account == "123-456"


@pytest.mark.parametrize(
    ("status", "pending"),
    [
        ("<Sts>BOOK</Sts>", False),
        ("<Sts><Cd>BOOK</Cd></Sts>", False),
        ("<Sts>PDNG</Sts>", True),
        ("<Sts><Cd>PDNG</Cd></Sts>", True),
        ("<Sts>INFO</Sts>", True),
        ("", False),
    ],
)
def test_a_pending_entry_counts_and_is_marked(status: str, pending: bool):
    file = read_text(document(statement(ENTRY.replace("<Sts>BOOK</Sts>", status))))
    assert figures(file)[0][2:4] == (1, "-10.00")
    assert only_entry(file).pending is pending


def test_a_reversal_is_signed_by_its_direction():
    entry = ENTRY.replace("<Sts>", "<RvslInd>true</RvslInd><Sts>")
    found = only_entry(read_text(document(statement(entry))))
    assert (found.amount, found.reversal) == (Decimal("-10.00"), True)


def payment(name: str, extra: str = "") -> str:
    return (
        f"<TxDtls><Refs><EndToEndId>INV-{name}</EndToEndId></Refs><RltdPties>"
        f"<Dbtr><Nm>Payer {name}</Nm></Dbtr><DbtrAcct><Id><IBAN>GB00P</IBAN></Id></DbtrAcct>"
        f"<Cdtr><Pty><Nm>Payee {name}</Nm></Pty></Cdtr>"
        f"<CdtrAcct><Id><Othr><Id>77</Id></Othr></Id></CdtrAcct></RltdPties>"
        f"<RmtInf><Ustrd>Oak {name}</Ustrd><Ustrd>boards</Ustrd>{extra}</RmtInf></TxDtls>"
    )


def with_payments(*payments: str, entry: str = ENTRY) -> str:
    details = f"<NtryDtls>{''.join(payments)}</NtryDtls>"
    return document(statement(entry.replace("</Ntry>", f"{details}</Ntry>")))


def test_one_payment_tells_the_other_side():
    out = only_entry(read_text(with_payments(payment("1"))))
    assert (out.counterparty, out.counterparty_account) == ("Payee 1", "77")
    assert (out.reference, out.text) == ("INV-1", "Oak 1 boards")
    credit = ENTRY.replace("DBIT", "CRDT")
    came_in = only_entry(read_text(with_payments(payment("1"), entry=credit)))
    assert (came_in.counterparty, came_in.counterparty_account) == ("Payer 1", "GB00P")


def test_a_structured_reference_goes_before_the_end_to_end_id():
    structured = "<Strd><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd>"
    entry = only_entry(read_text(with_payments(payment("1", structured))))
    assert entry.reference == "RF18539007547034"


def test_a_batch_counts_once():
    file = read_text(with_payments(*map(payment, "123")))
    assert figures(file) == [(None, None, 1, "-10.00", None)]
    entry = only_entry(file)
    assert (entry.counterparty, entry.reference) == (None, None)
    assert entry.text == "Oak 1 boards Oak 2 Oak 3"


def test_amounts_keep_the_decimals_of_the_file():
    entries = [ENTRY.replace("10.00", amount) for amount in ("8.85000", "200000", "0.00001", "0")]
    assert figures(read_text(document(statement(*entries))))[0][3] == "-200008.85001"


@pytest.mark.parametrize(
    "written",
    [
        "NaN",
        "1e9",
        "1,234.56",
        "1.234,56",
        "10,00",
        "٣",
        "-0",
        "1" * 19,
        "",
        "1 000",
        "0x10",
        "INF",
    ],
)
def test_an_amount_that_could_be_misread_refuses_the_file(written: str):
    bad = ENTRY.replace("10.00", written)
    assert place_of(refusal_of(document(statement(ENTRY, bad)))) == (
        "amount_unreadable",
        4,
        16 if written else 2,
    )


def test_a_comment_inside_an_amount_is_none_of_it():
    text = document(statement(ENTRY.replace("10.00", "1<!-- -->00.00")))
    assert figures(read_text(text))[0][3] == "-100.00"


def test_an_entry_without_direction_refuses_the_file():
    refused = refusal_of(document(statement(ENTRY.replace("<CdtDbtInd>DBIT</CdtDbtInd>", ""))))
    assert place_of(refused) == ("amount_unreadable", 3, 16)
    assert "CdtDbtInd" in refused.message


@pytest.mark.parametrize(
    "day", ["2026-13-01", "2027-02-29", "16.01.2026", "0000-00-00", "9999-12-31"]
)
def test_an_impossible_day_refuses_the_file(day: str):
    refused = refusal_of(document(statement(ENTRY.replace("2026-01-16", day))))
    assert (refused.code, refused.line) == ("date_unreadable", 3)


def test_30_february_is_the_last_of_the_month():
    entry = only_entry(read_text(document(statement(ENTRY.replace("2026-01-16", "2028-02-30")))))
    assert entry.booked == date(2028, 2, 29)


@pytest.mark.parametrize("cut", [40, 300, 600, -20])
def test_a_file_that_was_cut_off_is_refused(cut: int):
    refused = refusal_of(WHOLE[:cut])
    assert refused.code in ("xml_malformed", "format_unknown")
    assert refused.line is not None


def test_lines_are_counted_beyond_65535():
    bad = "\n" * 70_000 + ENTRY.replace("10.00", "ten")
    assert place_of(refusal_of(document(statement(bad)))) == ("amount_unreadable", 70_003, 16)
