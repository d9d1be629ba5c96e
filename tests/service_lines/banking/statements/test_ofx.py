"""OFX 1 and 2 as banks really write them."""

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

HEADER = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\n"
    "CHARSET:1252\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)
XML_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211"?>\n'
ENTRY = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260116<TRNAMT>-10.00<FITID>F1<NAME>Oak</STMTTRN>\n"
LEDGER = "<LEDGERBAL><BALAMT>90.00<DTASOF>20260131</LEDGERBAL>\n"


def statement(*entries: str, account: str = "0001", ledger: str = LEDGER, kind: str = "") -> str:
    source = "CC" if kind else "BANK"
    return (
        f"<{kind}STMTTRNRS><{kind}STMTRS><CURDEF>USD\n"
        f"<{source}ACCTFROM><BANKID>121000358<ACCTID>{account}</{source}ACCTFROM>\n"
        f"<BANKTRANLIST><DTSTART>20260101<DTEND>20260131\n{''.join(entries)}</BANKTRANLIST>\n"
        f"{ledger}</{kind}STMTRS></{kind}STMTTRNRS>\n"
    )


def ofx(*statements: str, header: str = HEADER) -> str:
    return f"{header}<OFX>\n<BANKMSGSRSV1>{''.join(statements)}</BANKMSGSRSV1>\n</OFX>\n"


def one(entry: str, header: str = HEADER) -> str:
    return ofx(statement(entry), header=header)


def test_a_statement_has_account_ledger_balance_and_entries():
    file = read_text(one(ENTRY))
    found = only_statement(file)
    assert (file.format, file.version) == ("ofx", "102")
    assert (found.account, found.bank, found.currency) == ("0001", "121000358", "USD")
    assert figures(file) == [(None, "90.00", 1, "-10.00", None)]
    assert found.closing_on == date(2026, 1, 31)
    entry = only_entry(file)
    assert (entry.booked, entry.bank_reference, entry.kind) == (date(2026, 1, 16), "F1", "DEBIT")
    assert (entry.counterparty, entry.line) == ("Oak", 15)


def test_xml_says_the_same_as_sgml():
    closed = (
        "<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20260116</DTPOSTED><TRNAMT>-10.00</TRNAMT>"
        "<FITID>F1</FITID><NAME>Oak</NAME></STMTTRN>\n"
    )
    file = read_text(one(closed, header=XML_HEADER))
    assert file.version == "211"
    assert only_entry(file)._replace(line=0) == only_entry(read_text(one(ENTRY)))._replace(line=0)


@pytest.mark.parametrize(
    ("header", "version"),
    [
        (HEADER, "102"),
        ("\r\n\r\n" + HEADER, "102"),
        (HEADER.replace("\r\n", " "), "102"),
        (HEADER.replace("\r\n", ""), "102"),
        (HEADER.replace("CHARSET:1252", "CHARSET:NONE"), "102"),
        (HEADER.replace("CHARSET:1252", "CHARSET:8859-1"), "102"),
        (HEADER.replace("\r\n", "\r"), "102"),
        (HEADER.replace("102", "160"), "160"),
        ("<START><OFXHEADER>100</OFXHEADER><VERSION>103</VERSION></START>\n", "103"),
        ("DATA:OFXSGML\nENCODING:UTF-8\n", None),
        ("", None),
        (XML_HEADER, "211"),
        ('<?xml version="1.0"?>', None),
        ("\ufeff" + XML_HEADER, "211"),
    ],
)
def test_every_header_is_read_and_so_is_none(header: str, version: str | None):
    file = read_text(one(ENTRY, header=header))
    assert (file.format, file.version) == ("ofx", version)
    assert figures(file) == [(None, "90.00", 1, "-10.00", None)]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-8-sig", "utf-16", "utf-16-le"])
def test_accents_are_read_whatever_the_header_says(encoding: str):
    assert only_entry(read_text(one(ENTRY.replace("Oak", "Café")), encoding)).counterparty == "Café"


def test_a_named_set_of_another_alphabet_is_taken_at_its_word():
    text = one(ENTRY.replace("Oak", "Дуб"), header=HEADER.replace("1252", "1251"))
    assert only_entry(read_text(text, "cp1251")).counterparty == "Дуб"


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("-10.00", "-10.00"),
        ("+10", "10"),
        ("10,00", "10.00"),
        ("-1234,5", "-1234.5"),
        ("+1 006,60", "1006.60"),
        ("1\u00a0234\u00a0567,89", "1234567.89"),
        ("-1\u202f006.60", "-1006.60"),
        ("$120", "120"),
        ("-$120.50", "-120.50"),
        ("$-120.50", "-120.50"),
        ("R$ 1 006,60", "1006.60"),
        ("120,00 €", "120.00"),
        (".50", "0.50"),
        ("1,234", "1.234"),
        ("0.00", "0.00"),
        ("5.1234567", "5.1234567"),
    ],
)
def test_amounts_are_read_as_people_write_them(written: str, amount: str):
    file = read_text(one(ENTRY.replace("-10.00", written)))
    assert figures(file)[0][3] == amount


MISREAD = [
    *("NaN", "Infinity", "1e9", "1e400", "0x1", "٣", "-0", "-0.00", "1" * 19, "", "--1", "+-1"),
    *("1,234.56", "1.234,56", "1'234.50", "1 0066,60", "1  006", "1<!-- -->000"),
    *("-$-1", "(1.00)", "1.00-", "\u22121.00"),
]


@pytest.mark.parametrize("written", MISREAD)
def test_an_amount_that_could_be_misread_refuses_the_file(written: str):
    refused = refusal_of(one(ENTRY + ENTRY.replace("-10.00", written)))
    assert place_of(refused) == ("amount_unreadable", 16, 50)
    assert refused.field == "TRNAMT"


def test_a_missing_amount_refuses_the_file():
    assert refusal_of(one(ENTRY.replace("<TRNAMT>-10.00", ""))).code == "amount_unreadable"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("20260116120000", date(2026, 1, 16)),
        ("20260116235959.123[-5:EST]", date(2026, 1, 16)),
        ("20260116000000[-3:GMT]", date(2026, 1, 16)),
        ("2026-01-16", date(2026, 1, 16)),
        ("160126", date(2026, 1, 16)),
        ("20260230", date(2026, 2, 28)),
        ("20240231", date(2024, 2, 29)),
        ("00000000", None),
        ("00000000000000[-5:EST]", None),
        ("", None),
    ],
)
def test_days_are_read_as_the_banks_clock_has_them(written: str, day: date | None):
    assert only_entry(read_text(one(ENTRY.replace("20260116", written)))).booked == day


@pytest.mark.parametrize("written", ["20261301", "20270229", "2026", "yesterday", "99990101"])
def test_an_impossible_day_refuses_the_file(written: str):
    refused = refusal_of(one(ENTRY.replace("20260116", written)))
    assert place_of(refused) == ("date_unreadable", 15, 34)


def test_a_bad_ledger_balance_refuses_the_file():
    bad = statement(ENTRY, ledger=LEDGER.replace("90.00", "9O.00"))
    assert place_of(refusal_of(ofx(bad))) == ("amount_unreadable", 17, 20)
    bad = statement(ENTRY, ledger=LEDGER.replace("20260131", "20261331"))
    assert refusal_of(ofx(bad)).code == "date_unreadable"


def test_two_accounts_and_a_credit_card_are_statements_in_file_order():
    file = read_text(
        ofx(
            statement(ENTRY, account="1"),
            statement(account="2", ledger=""),
            statement(ENTRY, ENTRY, account="3", kind="CC"),
        )
    )
    assert [part.account for part in file.statements] == ["1", "2", "3"]
    assert [(row[1], row[2]) for row in figures(file)] == [("90.00", 1), (None, 0), ("90.00", 2)]


def test_the_ledger_balance_is_found_inside_an_open_list_and_before_it():
    text = one(ENTRY)
    assert figures(read_text(text.replace("</BANKTRANLIST>\n", "")))[0][1:3] == ("90.00", 1)
    moved = text.replace(LEDGER, "").replace("<BANKTRANLIST>", f"{LEDGER}<BANKTRANLIST>")
    assert figures(read_text(moved))[0][1:3] == ("90.00", 1)


def test_the_available_balance_is_not_the_ledger_balance():
    available = LEDGER.replace("LEDGERBAL", "AVAILBAL")
    assert figures(read_text(ofx(statement(ENTRY, ledger=available))))[0][1] is None
    both = statement(ENTRY, ledger=available.replace("90", "50") + LEDGER)
    assert figures(read_text(ofx(both)))[0][1] == "90.00"


def test_tags_may_come_in_any_order_and_spelling():
    entry = (
        "<stmttrn>\n<memo>Boards</memo><trnamt>-10.00</trnamt><fitid/><name>Oak &amp; Co</name>"
        "<dtposted >20260116</dtposted><chknum>7</chknum></stmttrn>\n"
    )
    found = only_entry(read_text(one(entry)))
    assert (found.amount, found.bank_reference, found.reference) == (Decimal("-10.00"), None, "7")
    assert (found.counterparty, found.text) == ("Oak & Co", "Boards")


def test_prefixed_tags_are_read():
    text = one(ENTRY).replace("</", "</o:").replace("<", "<o:").replace("<o:/o:", "</o:")
    assert figures(read_text(text)) == [(None, "90.00", 1, "-10.00", None)]


def test_comments_and_what_they_hide_are_left_out():
    entry = ENTRY.replace("<FITID>", "<!-- <TRNAMT>999<CHECKNUM>1 -->\n<FITID>")
    found = only_entry(read_text(one(entry)))
    assert (found.amount, found.reference) == (Decimal("-10.00"), None)
    assert refusal_of(one(ENTRY) + "<!-- open").code == "ofx_malformed"


def test_character_data_is_text_not_tags():
    entry = ENTRY.replace("Oak", "<![CDATA[Oak <TRNAMT>5 & Co]]>")
    found = only_entry(read_text(one(entry)))
    assert (found.amount, found.counterparty) == (Decimal("-10.00"), "Oak <TRNAMT>5 & Co")


def test_entities_never_make_what_no_text_can_hold():
    entry = ENTRY.replace("Oak", "A&#0;B&#55296;C&#x41;&lt;&unknown;&#9999999;")
    assert only_entry(read_text(one(entry))).counterparty == "A B CA<&unknown;"


def test_an_id_of_zeros_is_none():
    assert only_entry(read_text(one(ENTRY.replace("F1", "0000000000")))).bank_reference is None


def test_the_other_account_and_currency_are_told():
    entry = ENTRY.replace(
        "</STMTTRN>",
        "<BANKACCTTO><ACCTID>77</BANKACCTTO><CURRENCY><CURRATE>1<CURSYM>EUR</CURRENCY></STMTTRN>",
    )
    found = only_entry(read_text(one(entry)))
    assert (found.counterparty_account, found.currency) == ("77", "EUR")
    assert only_statement(read_text(one(entry))).account == "0001"


def test_a_pending_entry_counts_and_is_marked():
    pending = "<STMTTRNP><TRNTYPE>POS<DTTRAN>20260117<TRNAMT>-1.50<NAME>Tea</STMTTRNP>"
    text = ofx(statement(ENTRY, ledger=f"{LEDGER}<BANKTRANLISTP>{pending}</BANKTRANLISTP>"))
    assert figures(read_text(text))[0][2:4] == (2, "-11.50")
    entry = only_statement(read_text(text)).entries[1]
    assert (entry.pending, entry.booked) == (True, date(2026, 1, 17))


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<SIGNONMSGSRSV1><SONRS><STATUS><CODE>15500<SEVERITY>ERROR</STATUS></SONRS></SIGNONMSGSRSV1>",
        "<BANKMSGSRSV1><STMTTRNRS><STATUS><CODE>2003</STATUS></STMTTRNRS></BANKMSGSRSV1>",
        "<PROFMSGSRSV1><PROFRS><INVSTMTMSGSET/></PROFRS></PROFMSGSRSV1>",
        "<BANKMSGSRSV1><INTRARS><XFERINFO><TRNAMT>5.00</XFERINFO></INTRARS></BANKMSGSRSV1>",
    ],
)
def test_a_file_without_a_statement_has_none(inside: str):
    assert read_text(f"{HEADER}<OFX>{inside}</OFX>").statements == ()


SECURITIES = (
    "<INVSTMTTRNRS><INVSTMTRS><CURDEF>USD<INVACCTFROM><ACCTID>9</INVACCTFROM>"
    f"<INVTRANLIST><INVBANKTRAN>{ENTRY}</INVBANKTRAN></INVTRANLIST></INVSTMTRS></INVSTMTTRNRS>"
)


def test_securities_accounts_alone_are_refused_with_that_word():
    refused = refusal_of(ofx(SECURITIES))
    assert refused.code == "securities"
    assert "securities" in refused.message


def test_bank_accounts_beside_securities_accounts_are_given():
    file = read_text(ofx(SECURITIES, statement(ENTRY)))
    assert figures(file) == [(None, "90.00", 1, "-10.00", None)]
    assert file.securities_left_out == 1


@pytest.mark.parametrize("cut", ["</STMTRS>", "<LEDGERBAL>", "<FITID>", "-10.00"])
def test_a_file_that_was_cut_off_is_refused(cut: str):
    text = one(ENTRY)
    assert refusal_of(text[: text.index(cut)]).code == "ofx_cut_off"


def test_a_missing_end_behind_the_last_statement_does_no_harm():
    assert len(read_text(one(ENTRY).replace("</OFX>", "")).statements) == 1


def test_an_entry_outside_every_statement_is_not_lost_in_silence():
    stray = one(ENTRY).replace("<BANKMSGSRSV1>", f"{ENTRY}<BANKMSGSRSV1>")
    assert place_of(refusal_of(stray)) == ("ofx_malformed", 12, 1)


def test_two_amounts_in_one_entry_are_refused():
    entry = ENTRY.replace("<FITID>", "<TRNAMT>10.00<FITID>")
    assert refusal_of(one(entry)).code == "ofx_malformed"


def test_an_entry_without_its_end_ends_with_the_next():
    entry = ENTRY.replace("</STMTTRN>", "")
    assert figures(read_text(ofx(statement(entry, entry))))[0][1:4] == ("90.00", 2, "-20.00")
