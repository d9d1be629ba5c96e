"""What the books refuse, and how an error of the database becomes one of these sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy.exc import IntegrityError

from backoffice.foundation.errors import BadInput, Conflict, NotFound, Refused
from backoffice.foundation.formatting import period
from backoffice.foundation.language import _


class Unbalanced(Refused):
    """Debits and credits differ, in a currency or in that of the books."""

    code = "unbalanced"


class PeriodClosed(Conflict):
    """The month takes no entries: closed, locked, or not opened."""

    code = "period_closed"


class AccountTakesNoLines(Refused):
    """A heading, an archived account, or a control account that is not for manual lines."""

    code = "account_takes_no_lines"


class AlreadyReversed(Conflict):
    """An entry is reversed once."""

    code = "already_reversed"


class SourceDiffers(Conflict):
    """The same source was posted before, with other content."""

    code = "source_posted_differently"


class NotSettled(Refused):
    """The two items cannot settle one another by so much."""

    code = "allocation_refused"


def state_name(state: str) -> str:
    """A state of a period in the reader's language."""
    names = {
        "open": _("open"),
        "soft_closed": _("closed but for adjustments"),
        "closed": _("closed"),
        "locked": _("locked"),
    }
    return names.get(state, state)


def closed(month: date, state: str | None) -> PeriodClosed:
    """The refusal of a period by its state; None is a month that was never opened."""
    named = {"period": period(month)}
    if state is None:
        return PeriodClosed(
            _("The books have no period %(period)s. Open that year first.", **named)
        )
    if state == "soft_closed":
        sentence = _(
            "%(period)s is being closed and takes adjusting entries only. "
            "Date the entry in an open period.",
            **named,
        )
        return PeriodClosed(sentence)
    sentence = _("%(period)s is closed. Date the entry in an open period.", **named)
    return PeriodClosed(sentence)


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what a trigger or key of the ledger refused into a `Refused`; others pass through."""
    try:
        yield
    except IntegrityError as error:
        refused = _refusal(error)
        if refused is None:
            raise
        raise refused from error


def _refusal(error: IntegrityError) -> Refused | None:
    diagnosis = getattr(error.orig, "diag", None)
    rule = getattr(diagnosis, "constraint_name", None)
    detail = getattr(diagnosis, "message_detail", None) or ""
    return _by_rule(rule, detail) if rule else None


def _by_rule(rule: str, detail: str) -> Refused | None:
    match rule:
        case "lines_sum_to_zero":
            return Unbalanced(_("Debits and credits differ. Each currency must sum to zero."))
        case "entry_has_lines":
            return BadInput(_("An entry needs lines."), code="entry_without_lines")
        case "line_in_its_own_entry":
            return Conflict(_("A posted entry takes no more lines. Post a new one."))
        case "period_takes_entries":
            return closed(date.fromisoformat(detail), "closed")
        case "account_takes_lines":
            sentence = _(
                "Account %(code)s is a heading or archived. Choose an account below it.",
                code=detail,
            )
            return AccountTakesNoLines(sentence)
        case "control_account_takes_no_manual_line":
            sentence = _(
                "Account %(code)s is kept by its own ledger and takes no manual lines.",
                code=detail,
            )
            return AccountTakesNoLines(sentence)
        case "uq_journal_entry_reverses":
            return AlreadyReversed(_("The entry was reversed before."))
        case "uq_journal_entry_client_id_source_kind_source_id_purpose":
            return SourceDiffers(_("This was posted by somebody else a moment ago."))
        case "fk_posting_client_id_account_id":
            return NotFound(_("There is no such account."))
        case "fk_posting_client_id_tax_code_id":
            return NotFound(_("There is no such tax code."))
        case "fk_posting_client_id_party_id":
            return NotFound(_("There is no such party."))
        case "items_settle_one_another":
            sentence = _(
                "These two do not settle one another: they need the same party and currency, "
                "one owed to and one owed by the client, and a day not before either."
            )
            return NotSettled(sentence)
        case "ck_open_item_residual":
            return NotSettled(_("That is more than is still open."))
        case "locked_stays_locked":
            return PeriodClosed(_("The period is locked and never opens again."))
        case _:
            return None
