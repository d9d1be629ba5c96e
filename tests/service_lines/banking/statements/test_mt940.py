"""MT940 and MT942 as banks really write them."""

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

HEAD = ":20:ACORN1\r\n:25:GB00HARB0001\r\n:28C:1/1\r\n:60F:C260101GBP100,00\r\n"


def page(*lines: str, closing: str = ":62F:C260131GBP90,00") -> str:
    return HEAD + "".join(f"{line}\r\n" for line in (*lines, closing)) + "-\r\n"


def test_a_page_has_account_balances_and_entries():
    file = read_text(page(":61:2601150116D10,00NTRFINV7//BANK1", ":86:Oak boards"))
    statement = only_statement(file)
    assert (file.format, file.version) == ("mt940", None)
    assert (statement.account, statement.currency) == ("GB00HARB0001", "GBP")
    assert (statement.identifier, statement.opening_on) == ("ACORN1", date(2026, 1, 1))
    assert figures(file) == [("100.00", "90.00", 1, "-10.00", True)]
    entry = only_entry(file)
    assert (entry.booked, entry.valued) == (date(2026, 1, 16), date(2026, 1, 15))
    assert (entry.reference, entry.bank_reference) == ("INV7", "BANK1")
    assert (entry.kind, entry.text, entry.line) == ("NTRF", "Oak boards", 5)


@pytest.mark.parametrize(
    ("mark", "amount", "reversal", "pending"),
    [
        ("C", "10.00", False, False),
        ("D", "-10.00", False, False),
        ("RC", "-10.00", True, False),
        ("RD", "10.00", True, False),
        ("CR", "10.00", False, False),  # credit, funds code R
        ("DR", "-10.00", False, False),
        ("RCR", "-10.00", True, False),
        ("RDR", "10.00", True, False),
        ("EC", "10.00", False, True),
        ("ED", "-10.00", False, True),
    ],
)
def test_the_mark_gives_the_sign(mark: str, amount: str, reversal: bool, pending: bool):
    entry = only_entry(read_text(page(f":61:2601150115{mark}10,00NTRFNONREF")))
    assert entry.amount == Decimal(amount)
    assert (entry.reversal, entry.pending) == (reversal, pending)


@pytest.mark.parametrize(
    ("written", "sum_"),
    [
        ("1234,", "1234"),
        ("1234", "1234"),
        ("0,01", "0.01"),
        (",50", "0.50"),
        ("000000001213,28", "1213.28"),
        ("5,125", "5.125"),
        ("12.50", "12.50"),
        ("0,00", "0.00"),
    ],
)
def test_amounts_are_read_as_the_file_gives_them(written: str, sum_: str):
    assert figures(read_text(page(f":61:2601150115C{written}NTRFNONREF")))[0][3] == sum_


@pytest.mark.parametrize(
    "written", ["1O,00", "1e9", "NaN", "1.234,56", "1,234.56", "-1,00", "٣,00", "1" * 19, ""]
)
def test_an_amount_that_could_be_misread_refuses_the_file(written: str):
    refused = refusal_of(page(":61:2601150115C1,00NTRFNONREF", f":61:2601160116D{written}NTRFX"))
    assert place_of(refused) == ("amount_unreadable", 6, 16)
    assert refused.file == "statement"
    assert "Ask the bank" in refused.message


@pytest.mark.parametrize(
    ("days", "booked"),
    [
        ("2601150116", date(2026, 1, 16)),
        ("260115", date(2026, 1, 15)),
        ("260115    ", date(2026, 1, 15)),
        ("2601159999", date(2026, 1, 15)),
        ("2601150000", date(2026, 1, 15)),
        ("2512310102", date(2026, 1, 2)),
        ("2601021231", date(2025, 12, 31)),
        ("2602300230", date(2026, 2, 28)),
        ("2402310231", date(2024, 2, 29)),
    ],
)
def test_the_entry_date_gives_way_to_the_value_date(days: str, booked: date):
    assert only_entry(read_text(page(f":61:{days}C1,00NTRFNONREF"))).booked == booked


@pytest.mark.parametrize("day", ["261301", "260132", "270229", "260431", "2601", "XX0101"])
def test_an_impossible_value_date_refuses_the_file(day: str):
    assert place_of(refusal_of(page(f":61:{day}C1,00NTRFNONREF"))) == ("date_unreadable", 5, 5)


def test_years_of_two_digits_are_of_this_century_or_the_end_of_the_last():
    assert only_entry(read_text(page(":61:991231C1,00NTRF"))).valued == date(1999, 12, 31)


def test_an_unreadable_balance_refuses_the_file():
    assert place_of(refusal_of(page(closing=":62F:C260131GBP9O,00"))) == (
        "amount_unreadable",
        5,
        16,
    )
    assert place_of(refusal_of(page(closing=":62F:C261331GBP90,00"))) == ("date_unreadable", 5, 7)


def test_a_balance_before_the_first_booking_has_no_day():
    text = page().replace("C260101GBP100,00", "C000000GBP0,00")
    assert only_statement(read_text(text)).opening_on is None


def test_each_page_is_a_statement_of_its_own():
    first = page(":61:260115D10,00NTRFA", closing=":62M:C260115GBP90,00")
    second = first.replace("60F:C260101GBP100,00", "60M:C260115GBP90,00").replace(
        "62M:C260115GBP90,00", "62F:D260131GBP80,00"
    )
    assert figures(read_text(first + second)) == [
        ("100.00", "90.00", 1, "-10.00", True),
        ("90.00", "-80.00", 1, "-10.00", False),
    ]


def test_two_accounts_in_one_file_stay_apart():
    other = page().replace("GB00HARB0001", "GB00HARB0002")
    accounts = [part.account for part in read_text(page() + other).statements]
    assert accounts == ["GB00HARB0001", "GB00HARB0002"]


def test_a_page_without_closing_has_no_flag():
    assert figures(read_text(HEAD + ":61:260115D10,00NTRFA")) == [
        ("100.00", None, 1, "-10.00", None)
    ]


@pytest.mark.parametrize(
    ("fragment", "accounts", "entries"),
    [
        (":25:A1\n:60F:C260101GBP1,00\n:61:260101C1,00N\n:62F:C260101GBP2,00\n", ["A1"], [1]),
        (":61:260101C1,00NTRF\n:86:x\n:61:260102D1,00NTRF\n", [None], [2]),
        (
            ":25:A1\n:60F:C260101GBP1,00\n:62F:C260101GBP1,00\n"
            ":60F:C260102GBP1,00\n:61:260102C1,00N\n:62F:C260102GBP2,00\n",
            ["A1", "A1"],
            [0, 1],
        ),
        (":25:A1\n:61:260101C1,00NTRF\n:25:A2\n:61:260101C1,00NTRF\n", ["A1", "A2"], [1, 1]),
    ],
)
def test_a_fragment_without_its_head_is_read(
    fragment: str, accounts: list[str | None], entries: list[int]
):
    statements = read_text(fragment).statements
    assert [part.account for part in statements] == accounts
    assert [len(part.entries) for part in statements] == entries


SWIFT = "{1:F01HARBGB2LAXXX0000000000}{2:I940ACRNGB2LXXXXN}{4:\r\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SWIFT, "-}\r\n"),
        (f"\x01{SWIFT}", "-}{5:}\x03"),
        ("{1:F01HARBGB2LAXXX0000000000}{4:", "-}"),
        ("HARBGB2L\r\n940\r\nHARBGB2L\r\n", "-\r\n"),
        (":940:\r\n", "-\r\n"),
        ("\ufeff", "-"),
        ("\r\n \r\n", "-\r\n\r\n"),
    ],
)
def test_what_stands_around_a_message_is_no_part_of_it(before: str, after: str):
    text = page(":61:260115D10,00NTRFA", ":86:Oak").replace("-\r\n", "")
    file = read_text((before + text + after) * 2)
    assert file.format == "mt940"
    assert figures(file) == [("100.00", "90.00", 1, "-10.00", True)] * 2
    assert [part.entries[0].text for part in file.statements] == ["Oak", "Oak"]


def test_a_message_end_that_is_left_out_ends_with_the_next_envelope():
    text = page(":61:260115D10,00NTRFA").replace("-\r\n", "")
    assert len(read_text(SWIFT + text + SWIFT + text).statements) == 2


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\r\r\n", "mixed"])
def test_every_kind_of_line_end_is_read(line_end: str):
    text = page(":61:260115D10,00NTRFA", ":86:Oak", "boards")
    if line_end == "mixed":
        text = text.replace("\r\n:86", "\n:86")
    else:
        text = text.replace("\r\n", line_end)
    file = read_text(text)
    assert only_entry(file).text == "Oak boards"
    assert only_entry(file).line == 5
    assert only_statement(read_text(text.rstrip("\r\n-"))).closing == Decimal("90.00")


def test_a_text_is_not_taken_for_the_end_or_a_tag():
    entry = only_entry(
        read_text(page(":61:260115D10,00NTRFA", ":86:Order 12", "-34 of", ":KO:NR: 5"))
    )
    assert entry.text == "Order 12 -34 of :KO:NR: 5"


def test_the_banks_own_summary_is_no_text_of_an_entry():
    entry = only_entry(
        read_text(
            page(":61:260115D10,00NTRFA", ":86:Oak", closing=":62F:C260131GBP90,00\r\n:86:SUM")
        )
    )
    assert entry.text == "Oak"


def test_several_texts_of_one_entry_are_joined():
    entry = only_entry(read_text(page(":61:260115D10,00NTRFA", ":86:Oak  ", ":86:boards")))
    assert entry.text == "Oak boards"


def test_an_entry_may_be_wrapped_to_a_second_line():
    wrapped = only_entry(read_text(page(":61:260115D10,00NTRFA//B", "GB29NWBK60161331926819")))
    assert (wrapped.bank_reference, wrapped.counterparty_account) == ("B", "GB29NWBK60161331926819")
    broken = only_entry(read_text(page(":61:2601150115D", "10,00NTRFA//B")))
    assert (broken.amount, broken.bank_reference) == (Decimal("-10.00"), "B")


def test_a_name_behind_the_reference_is_the_counterparty():
    entry = only_entry(read_text(page(":61:260115D10,00N0440121470966      Birch Coffee    ")))
    assert (entry.reference, entry.counterparty) == ("0121470966", "Birch Coffee")


def test_the_currency_may_be_glued_to_the_account():
    file = read_text(":20:A\n:25:1291.99.348EUR\n:61:260115D10,00NTRFA\n")
    assert (only_statement(file).account, only_statement(file).currency) == (
        "1291.99.348EUR",
        "EUR",
    )


def test_other_available_balances_are_not_read():
    figures(
        read_text(page().replace("-\r\n", ":64:C260131GBP1,00\r\n:65:Dnullnull7414,3\r\n-\r\n"))
    )


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-8-sig", "utf-16", "utf-16-le"])
def test_accents_are_read_in_any_encoding(encoding: str):
    entry = only_entry(read_text(page(":61:260115D10,00NTRFA", ":86:Café Zürich"), encoding))
    assert entry.text == "Café Zürich"


def test_a_binary_byte_inside_a_text_does_no_harm():
    data = page(":61:260115D10,00NTRFA", ":86:Oak#boards").encode().replace(b"#", b"\x00\x81\xff")
    text = only_entry(read_text(data.decode("latin-1"), "latin-1")).text
    assert text.startswith("Oak")
    assert text.endswith("boards")
    assert "\0" not in text


def test_an_interim_report_is_an_mt942():
    text = (
        ":20:ACORN1\n:25:GB00HARB0001\n:28C:1\n:34F:GBP0,00\n:13D:2601151200+0000\n"
        ":61:2601150115ED10,00NTRFA\n:86:Oak\n:90D:1GBP10,00\n:90C:0GBP0,00\n-\n"
    )
    file = read_text(text)
    assert (file.format, figures(file)) == ("mt942", [(None, None, 1, "-10.00", None)])
    assert only_statement(file).currency == "GBP"
    assert only_entry(file).pending


def test_the_envelope_says_that_it_is_an_mt942():
    text = SWIFT.replace("I940", "O942") + ":20:A\n:25:B\n:61:260115D10,00NTRFA\n-}"
    assert read_text(text).format == "mt942"
