"""A bank line in words: why we think so, how it is coded, its tax, its other end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from backoffice.foundation import formatting
from backoffice.foundation.calendar import business_day
from backoffice.foundation.language import _, ngettext
from backoffice.service_lines.banking.queries.grid import (
    CodedAs,
    GridRow,
    Named,
    OwnAccount,
    Reason,
    Taxed,
)
from backoffice.service_lines.banking.queries.line import LineDetail

HABIT_TIMES_MIN = 3


@dataclass(frozen=True)
class Reading:
    """Who reads, where, and on which day: `Coded by you, 09:31`."""

    reader_id: UUID
    zone: str
    today: date


@dataclass(frozen=True)
class LineOnPage:
    """A row of the grid as the page shows it."""

    row: GridRow
    reading: Reading

    @property
    def is_coded(self) -> bool:
        return self.row.coded is not None

    @property
    def who(self) -> str:
        return self.row.counterparty or self.row.text or _("The bank says nothing")

    @property
    def bank_words(self) -> str:
        """What the bank says besides the name: the text, or the reference where that is all."""
        said = self.row.text.removeprefix(self.row.counterparty or self.row.text).strip(" ·-/,")
        return said or self.row.reference or ""

    @property
    def all_words(self) -> str:
        said = (self.row.counterparty, self.row.reference, self.row.text)
        return " · ".join(dict.fromkeys(words for words in said if words))

    @property
    def out_minor(self) -> int | None:
        return -self.row.amount_minor if self.row.amount_minor < 0 else None

    @property
    def in_minor(self) -> int | None:
        return self.row.amount_minor if self.row.amount_minor >= 0 else None

    @property
    def account(self) -> Named | None:
        return self.row.coded.account if self.row.coded else self.row.suggested

    @property
    def tax(self) -> Taxed | None:
        return self.row.coded.tax if self.row.coded else self.row.suggested_tax

    @property
    def transfer(self) -> OwnAccount | None:
        return self.row.coded.transfer if self.row.coded else self.row.suggested_transfer

    @property
    def suggested_id(self) -> UUID | None:
        offered = self.row.suggested_transfer or self.row.suggested
        return offered.id if offered else None

    @property
    def tax_words(self) -> str:
        coded = self.row.coded
        if coded is not None and coded.kind == "split":
            return tax_in_words(None, coded.tax_minor, self.row.currency)
        if self.transfer is not None or (coded is not None and self.tax is None):
            return _("No tax")
        tax = self.tax
        return tax_in_words(tax.rate, tax.tax_minor, self.row.currency, tax.name) if tax else ""

    @property
    def why(self) -> str:
        if self.row.coded is not None:
            return coded_in_words(self.row.coded, self.reading)
        return reason_in_words(self.row.reason, self.row.suggested_transfer)


def named(account: Named | None) -> str:
    return f"{account.code} {account.name}" if account else ""


def own_account(account: OwnAccount) -> str:
    return f"{account.name} ··{account.last_four}"


def tax_in_words(rate: Decimal | None, tax_minor: int, currency: str, name: str = "") -> str:
    """`20% · 56.00`; a code without tax by its own name, a split by its sum alone."""
    amount = formatting.amount(abs(tax_minor), currency)
    if rate is None:
        return amount if tax_minor else _("No tax")
    if rate == 0:
        return name
    return f"{formatting.percent(rate)} · {amount}"


def coded_in_words(coded: CodedAs, reading: Reading) -> str:
    """`Coded by you, 09:31`, or with the day where it was another."""
    when = when_in_words(coded.at, reading)
    if coded.by_id == reading.reader_id:
        return _("Coded by you, %(when)s", when=when)
    who = coded.by_name.split()[0] if coded.by_name else _("the system")
    return _("Coded by %(who)s, %(when)s", who=who, when=when)


def when_in_words(at: datetime, reading: Reading) -> str:
    """The time today, else the day."""
    day = business_day(at, reading.zone)
    if day == reading.today:
        return formatting.time_of_day(at, reading.zone)
    return formatting.short_day(day) if day.year == reading.today.year else formatting.full_day(day)


def reason_in_words(reason: Reason, transfer: OwnAccount | None) -> str:
    """Why the suggestion is what it is."""
    if reason.kind == "rule":
        who = reason.rule_author.split()[0] if reason.rule_author else _("a colleague")
        day = formatting.full_day(reason.rule_written_at.date()) if reason.rule_written_at else ""
        return _("Rule by %(who)s, %(day)s", who=who, day=day)
    if reason.kind == "twin":
        return _("Twin: the bank’s file has both")
    if reason.kind == "transfer" and transfer is not None:
        return _("Own account ··%(last_four)s at the other end", last_four=transfer.last_four)
    if reason.kind == "history" and reason.of:
        times, of = formatting.count(reason.times or 0), formatting.count(reason.of)
        return ngettext("%(times)s of %(of)s time", "%(times)s of %(of)s times", reason.of,
                        times=times, of=of)  # fmt: skip
    return _("First time seen")


@dataclass(frozen=True)
class Habit:
    """How the lines of a counterparty were coded lately, always the same way."""

    who: str
    times: int
    account: Named | None


def habit_of(detail: LineDetail) -> Habit | None:
    """A habit that is worth a rule: three times or more alike, and no rule yet."""
    if detail.row.reason.kind == "rule" or len(detail.before) < HABIT_TIMES_MIN:
        return None
    accounts = {one.account for one in detail.before if one.kind == "code"}
    if len(accounts) != 1 or any(one.kind != "code" for one in detail.before):
        return None
    return Habit(detail.row.counterparty or "", len(detail.before), accounts.pop())
