"""Accounts and movements made by Hypothesis: any amount, day and text that the formats can hold."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from tests.service_lines.banking.statements.written import Account, Movement

LETTERS = "ABCdef 0123456789.,'()+?:-éüßČж€&<>"
CENTS = st.integers(min_value=-(10**13), max_value=10**13)


def texts(letters: str = LETTERS) -> st.SearchStrategy[str]:
    """One line of text without white space around it or doubled in it, as banks keep it."""
    return (
        st.text(letters, min_size=1, max_size=40)
        .map(lambda text: " ".join(text.split()))
        .filter(lambda text: text.strip("-.,'()+?:"))
    )


def movements(letters: str = LETTERS) -> st.SearchStrategy[Movement]:
    return st.builds(
        Movement,
        cents=CENTS,
        day=st.dates(date(1980, 1, 1), date(2079, 12, 31)),
        name=texts(letters),
        text=texts(letters),
        bank_reference=st.from_regex(r"[A-Z][A-Z0-9]{1,14}", fullmatch=True),
    )


def accounts(letters: str = LETTERS) -> st.SearchStrategy[list[Account]]:
    return st.lists(
        st.builds(
            Account,
            number=st.from_regex(r"[A-Z]{2}[0-9]{8,20}", fullmatch=True),
            currency=st.sampled_from(["GBP", "USD", "IDR", "EUR"]),
            opening_cents=CENTS,
            movements=st.lists(movements(letters), max_size=8).map(tuple),
        ),
        min_size=1,
        max_size=3,
    )
