"""The checks of a month: each with what was found, those that are not clean first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backoffice.foundation import formatting
from backoffice.foundation.language import _, ngettext
from backoffice.service_lines.banking.queries.month import Month


@dataclass(frozen=True)
class Check:
    """`level` is ok, warn or bad; `href` opens the lines behind it."""

    title: str
    found: str
    level: str
    href: str | None = None


def checks_of(month: Month, *, legs: int, suspense: int, links: Mapping[str, str]) -> list[Check]:
    """In the order in which a reviewer needs them."""
    checks = [
        _all_coded(month, links),
        _agrees(month),
        _adds_up(month),
        _suspense(month, suspense, links),
        _in_transit(legs),
        _documents(month, links),
    ]
    order = {"bad": 0, "warn": 1, "ok": 2}
    return sorted(checks, key=lambda one: order[one.level])


def _all_coded(month: Month, links: Mapping[str, str]) -> Check:
    left = month.lines - month.coded
    if not left:
        found = ngettext("%(number)s line", "%(number)s lines", month.lines)
        return Check(_("Every line is coded"), found, "ok", links["coded"])
    found = ngettext("%(number)s line is open", "%(number)s lines are open", left)
    return Check(_("Lines are still open"), found, "bad", links["open"])


def _agrees(month: Month) -> Check:
    agreement, currency = month.agreement, month.account.currency
    if agreement is None:
        return Check(
            _("Not compared with the bank"), _("No statement says how the month closed."), "warn"
        )
    day = formatting.short_day(agreement.on)
    if agreement.difference_minor == 0:
        amount = formatting.amount_with_currency(agreement.bank_minor, currency)
        return Check(
            _("Bank agrees to statement"), f"··{month.account.last_four}, {day}: {amount}", "ok"
        )
    apart = formatting.amount_with_currency(abs(agreement.difference_minor), currency)
    found = _("%(amount)s apart on %(day)s", amount=apart, day=day)
    return Check(_("Bank and books differ"), found, "bad")


def _adds_up(month: Month) -> Check:
    if month.adds_up:
        return Check(_("Statements add up"), _("Opening, lines and closing fit."), "ok")
    found = _("The statements of the month do not cover all of its lines.")
    return Check(_("Statements do not cover the month"), found, "warn")


def _suspense(month: Month, suspense: int, links: Mapping[str, str]) -> Check:
    if suspense == 0:
        return Check(_("Suspense is zero"), "", "ok")
    amount = formatting.amount_with_currency(abs(suspense), month.account.currency)
    return Check(_("Something stands in suspense"), amount, "warn", links["suspense"])


def _in_transit(legs: int) -> Check:
    if not legs:
        return Check(_("In transit is zero"), _("Every transfer has both legs."), "ok")
    found = ngettext(
        "%(number)s transfer waits for its other leg",
        "%(number)s transfers wait for their other leg",
        legs,
    )
    return Check(_("Money is in transit"), found, "warn")


def _documents(month: Month, links: Mapping[str, str]) -> Check:
    if not month.without_document:
        return Check(_("Every line has its document"), "", "ok")
    found = ngettext(
        "%(number)s line has none", "%(number)s lines have none", month.without_document
    )
    return Check(_("Documents are missing"), found, "warn", links["all"])
