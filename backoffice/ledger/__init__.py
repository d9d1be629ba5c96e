"""Each client's books: accounts, periods, entries that balance and never change, reports."""

from __future__ import annotations

from backoffice.ledger.accounts import (
    AccountChoice,
    account_choices,
    account_for_role,
    books_of,
    tax_codes_on,
)
from backoffice.ledger.charts import Chart, chart_for, charts
from backoffice.ledger.drafts import Draft, DraftLine, PostedEntry, TaxDetail, entry_label
from backoffice.ledger.models import (
    AccountBalance,
    Allocation,
    Books,
    JournalEntry,
    LedgerAccount,
    OpenItem,
    Party,
    Period,
    Posting,
    TaxCode,
)
from backoffice.ledger.opening import open_books, open_periods
from backoffice.ledger.posting import post
from backoffice.ledger.queries import balance_sheet, profit_and_loss, trial_balance
from backoffice.ledger.refusals import (
    AccountTakesNoLines,
    AlreadyReversed,
    PeriodClosed,
    SourceDiffers,
    Unbalanced,
)
from backoffice.ledger.rules import split_tax, tax_on

__all__ = [
    "AccountBalance",
    "AccountChoice",
    "AccountTakesNoLines",
    "Allocation",
    "AlreadyReversed",
    "Books",
    "Chart",
    "Draft",
    "DraftLine",
    "JournalEntry",
    "LedgerAccount",
    "OpenItem",
    "Party",
    "Period",
    "PeriodClosed",
    "PostedEntry",
    "Posting",
    "SourceDiffers",
    "TaxCode",
    "TaxDetail",
    "Unbalanced",
    "account_choices",
    "account_for_role",
    "balance_sheet",
    "books_of",
    "chart_for",
    "charts",
    "entry_label",
    "open_books",
    "open_periods",
    "post",
    "profit_and_loss",
    "split_tax",
    "tax_codes_on",
    "tax_on",
    "trial_balance",
]
