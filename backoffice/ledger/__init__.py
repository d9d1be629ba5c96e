"""Each client's books: accounts, periods, entries that balance and never change, reports."""

from __future__ import annotations

from backoffice.ledger.accounts import (
    AccountChoice,
    account_choices,
    account_for_role,
    books_of,
    tax_codes_on,
)
from backoffice.ledger.actions import (
    archive_account,
    move_period,
    open_account,
    open_bank_account,
)
from backoffice.ledger.charts import Chart, chart_for, charts
from backoffice.ledger.drafts import Draft, DraftLine, PostedEntry, TaxDetail, entry_label
from backoffice.ledger.general_ledger import (
    After,
    EntryView,
    LedgerLine,
    LedgerPage,
    entry_with_lines,
    general_ledger,
)
from backoffice.ledger.item_models import Allocation, OpenItem, Party
from backoffice.ledger.models import (
    AccountBalance,
    Books,
    JournalEntry,
    LedgerAccount,
    Period,
    Posting,
    TaxCode,
)
from backoffice.ledger.open_items import (
    add_party,
    allocate,
    open_item,
    residuals,
    undo_allocation,
)
from backoffice.ledger.opening import open_books, open_periods
from backoffice.ledger.posting import post
from backoffice.ledger.queries import (
    BalanceSheet,
    ProfitAndLoss,
    TrialBalance,
    balance_sheet,
    profit_and_loss,
    trial_balance,
)
from backoffice.ledger.refusals import (
    AccountTakesNoLines,
    AlreadyReversed,
    NotSettled,
    PeriodClosed,
    SourceDiffers,
    Unbalanced,
)
from backoffice.ledger.reversing import first_open_day, reverse
from backoffice.ledger.rules import split_tax, tax_on
from backoffice.ledger.taxed import taxed_lines

__all__ = [
    "AccountBalance",
    "AccountChoice",
    "AccountTakesNoLines",
    "After",
    "Allocation",
    "AlreadyReversed",
    "BalanceSheet",
    "Books",
    "Chart",
    "Draft",
    "DraftLine",
    "EntryView",
    "JournalEntry",
    "LedgerAccount",
    "LedgerLine",
    "LedgerPage",
    "NotSettled",
    "OpenItem",
    "Party",
    "Period",
    "PeriodClosed",
    "PostedEntry",
    "Posting",
    "ProfitAndLoss",
    "SourceDiffers",
    "TaxCode",
    "TaxDetail",
    "TrialBalance",
    "Unbalanced",
    "account_choices",
    "account_for_role",
    "add_party",
    "allocate",
    "archive_account",
    "balance_sheet",
    "books_of",
    "chart_for",
    "charts",
    "entry_label",
    "entry_with_lines",
    "first_open_day",
    "general_ledger",
    "move_period",
    "open_account",
    "open_bank_account",
    "open_books",
    "open_item",
    "open_periods",
    "post",
    "profit_and_loss",
    "residuals",
    "reverse",
    "split_tax",
    "tax_codes_on",
    "tax_on",
    "taxed_lines",
    "trial_balance",
    "undo_allocation",
]
