"""What a reviewer sees of a month: checks, what changed, the trial balance, who prepared it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import g, url_for

from backoffice import ledger
from backoffice.firm.staff.queries import assigned
from backoffice.firm.work.queries import queue_row, standing
from backoffice.foundation.calendar import parse_period, period_bounds, shifted
from backoffice.foundation.errors import NotFound
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.tenancy import ScopedSession
from backoffice.service_lines.banking.actions.preparing import content_of
from backoffice.service_lines.banking.queries.month import (
    Month,
    month_of,
    suspense_minor,
    waiting_legs,
)
from design.frame import Form
from provider.review_checks import checks_of

MONTHS_BEFORE = 12
CHANGE_SHOWN_FROM = Decimal("0.20")
TABS = ("changed", "trial_balance")


@dataclass(frozen=True)
class Change:
    """An account whose month differs from the mean of the months before."""

    account: Any
    now_minor: int
    mean_minor: int
    by_month: Sequence[int]

    @property
    def share(self) -> Decimal | None:
        """By how much of the mean; None where there was nothing before."""
        if self.mean_minor == 0:
            return None
        return Decimal(self.now_minor - self.mean_minor) / abs(self.mean_minor)

    @property
    def is_large(self) -> bool:
        share = self.share
        return (share is None and self.now_minor != 0) or (
            share is not None and abs(share) > CHANGE_SHOWN_FROM
        )


def review_of(
    session: ScopedSession, item_id: UUID, *, tab: str | None = None, form: Form | None = None
) -> dict[str, Any]:
    """Everything on the page of a month's review."""
    item = queue_row(session, item_id)
    if item is None or item.subject_id is None or item.period is None:
        raise NotFound(_("There is no such piece of work."))
    month = month_of(session, item.subject_id, parse_period(item.period))
    stands = standing(session, item_id)
    legs, suspense = waiting_legs(session), suspense_minor(session)
    first, last = period_bounds(month.period)
    return {
        "item": item,
        "month": month,
        "standing": stands,
        "checks": checks_of(month, legs=len(legs), suspense=suspense, links=_links(session, month)),
        "changes": _changes(session, month),
        "balance": ledger.trial_balance(session, last),
        "days": {"since": first.isoformat(), "until": last.isoformat()},
        "tab": tab if tab in TABS else "changed",
        "form": form,
        "press": str(new_id()),
        "seen": content_of(session, item.subject_id, month.period),
        "others": _others(session),
    }


def _changes(session: ScopedSession, month: Month) -> list[Change]:
    """Accounts of profit and loss against the mean of the year before, the largest first."""
    since = period_bounds(shifted(month.period, -MONTHS_BEFORE))[0]
    found = ledger.profit_and_loss(session, since, period_bounds(month.period)[1])
    changes = [_change(line.account, line.by_month) for line in (*found.income, *found.expenses)]
    return sorted(changes, key=lambda one: -abs(one.now_minor - one.mean_minor))


def _change(account: Any, by_month: Sequence[int]) -> Change:
    """The mean is of the months since the first that has anything."""
    before = list(by_month[:-1])
    used = before[next((place for place, minor in enumerate(before) if minor), len(before)) :]
    mean = round(Decimal(sum(used)) / len(used)) if used else 0
    return Change(account, by_month[-1], mean, by_month)


def _links(session: ScopedSession, month: Month) -> dict[str, str]:
    way = {"account": month.account.id, "period": month.period}
    links = {tab: url_for("coding.grid", tab=tab, **way) for tab in ("open", "coded", "all")}
    suspense = ledger.account_for_role(session, "suspense").id
    return links | {"suspense": url_for("reports.account", account=suspense)}


def _others(session: ScopedSession) -> list[str]:
    """Colleagues of this client who may review what the reader prepared."""
    return [one.name for one in assigned(session) if one.staff_id != g.me.id]
