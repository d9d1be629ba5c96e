"""Our readers against mt-940, ofxtools and pycamt, on statements that we have written ourselves.

Where they are known to differ (mt-940 takes a reversed credit for money in) we do not ask them.
"""

from __future__ import annotations

import io
import warnings
from decimal import Decimal

import mt940
from hypothesis import given, settings
from ofxtools.Parser import OFXTree
from pycamt.parser import Camt053Parser

from tests.service_lines.banking.statements.made import accounts
from tests.service_lines.banking.statements.reading import read_text
from tests.service_lines.banking.statements.written import Account, as_camt, as_mt940, as_ofx

ASCII = "ABCdef 0123456789.,'()"


@settings(max_examples=25)
@given(accounts(ASCII))
def test_mt940_as_the_library_of_that_name_reads_it(written: list[Account]):
    account = written[0]
    ours = read_text(as_mt940([account])).statements[0]
    theirs = mt940.models.Transactions()
    theirs.parse(as_mt940([account], line_end="\n"))
    entries = [one.data for one in theirs.transactions if "amount" in one.data]
    assert [entry.amount for entry in ours.entries] == [one["amount"].amount for one in entries]
    # It takes each year for one of this century.
    days = [entry.booked.strftime("%y%m%d") for entry in ours.entries if entry.booked]
    assert days == [one["entry_date"].strftime("%y%m%d") for one in entries]
    assert ours.closing == theirs.data["final_closing_balance"].amount.amount


@settings(max_examples=25)
@given(accounts(ASCII))
def test_ofx_as_ofxtools_reads_it(written: list[Account]):
    text = as_ofx(written, xml=False)
    ours = read_text(text).statements
    tree = OFXTree()
    tree.parse(io.BytesIO(text.encode()))
    amounts = [Decimal(node.text or "") for node in tree.getroot().iter("TRNAMT")]
    assert [entry.amount for part in ours for entry in part.entries] == amounts
    ledgers = [Decimal(node.text or "") for node in tree.getroot().iter("BALAMT")]
    assert [part.closing for part in ours] == ledgers


@settings(max_examples=25)
@given(accounts(ASCII))
def test_camt_as_pycamt_reads_it(written: list[Account]):
    text = as_camt(written)
    ours = read_text(text).statements
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = Camt053Parser(text.encode()).get_transactions()
    amounts = [abs(entry.amount) for part in ours for entry in part.entries]
    assert amounts == [abs(Decimal(str(one["Amount"]))) for one in theirs]
