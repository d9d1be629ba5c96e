"""The answer to each act in the grid: the line, the figures above it, and a toast with Undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, request
from flask.typing import ResponseReturnValue

from backoffice.foundation.calendar import period_of
from backoffice.foundation.language import _, ngettext
from backoffice.foundation.tenancy import ScopedSession
from backoffice.service_lines.banking.actions.accepting import Accepted
from design.frame import Form, block
from provider import coding_view as view
from provider.coding_editors import split
from provider.line_words import LineOnPage, named, own_account

PAGE = "coding/grid.html"
OVERTAKEN = ("line_changed", "suggestion_changed", "transfer_paired")
NOT_SENT_AGAIN = ("version", "shown")


def row(session: ScopedSession, line_id: UUID, **more: Any) -> ResponseReturnValue:
    """The line alone, with one of its editors open where it is named."""
    line = view.one_line(session, line_id)
    return block(PAGE, "row", line=line, named=named, own_account=own_account, **more)


def split_typed(session: ScopedSession, line_id: UUID) -> ResponseReturnValue:
    """Net, tax and what is left of a split while it is being typed."""
    line = view.one_line(session, line_id)
    return block(PAGE, "split_figures", line=line, **split(session, line_id))


def answer(
    session: ScopedSession, line_id: UUID, form: Form, *, said: str = "", **more: Any
) -> ResponseReturnValue:
    """The line after an act, or with what was refused and what was typed."""
    line = view.one_line(session, line_id)
    problem = next(iter(form.problems().values()), None)
    values = view.figures(session, line.row.bank_account_id, period_of(line.row.booked_on))
    values |= {
        "line": line,
        "problem": problem,
        "overtaken": getattr(g.get("refused"), "code", None) in OVERTAKEN,
        "mine": _sent_again(form),
        "said": None if problem else said or _said(line),
        "named": named,
        "own_account": own_account,
    }
    return block(PAGE, "answer", **values | (more if problem else {}))


def answer_all(
    session: ScopedSession, account: UUID, form: Form, done: Accepted
) -> ResponseReturnValue:
    """The grid after all sure lines were accepted by one press."""
    said = ngettext("%(number)s line was coded.", "%(number)s lines were coded.", done.coded)
    if done.left:
        said += " " + _("%(left)s sure ones are left for the next press.", left=done.left)
    undo = form.values() if done.coded else None
    return _grid(session, account, form, said, undo)


def answer_undone(
    session: ScopedSession, account: UUID, form: Form, undone: int
) -> ResponseReturnValue:
    """The grid after that press was taken back."""
    said = ngettext("%(number)s line is open again.", "%(number)s lines are open again.", undone)
    return _grid(session, account, form, said, None)


def refreshed(session: ScopedSession, line_id: UUID, said: str) -> ResponseReturnValue:
    """The whole grid, because suggestions of other lines changed too."""
    line = view.one_line(session, line_id).row
    asked = {"tab": request.args.get("tab", "open")}
    period = period_of(line.booked_on)
    values = view.lines(session, line.bank_account_id, period, asked)
    values |= view.figures(session, line.bank_account_id, period)
    drawn = block(PAGE, "answer_all", said=said, undo=None, **values)
    return drawn, 200, {"HX-Retarget": "#grid", "HX-Reswap": "innerHTML"}


def _grid(
    session: ScopedSession, account: UUID, form: Form, said: str, undo: dict[str, str] | None
) -> ResponseReturnValue:
    period = form.values()["period"]
    return block(
        PAGE,
        "answer_all",
        said=said,
        undo=undo,
        **view.lines(session, account, period, {}),
        **view.figures(session, account, period),
    )


def _sent_again(form: Form) -> dict[str, str]:
    """What was chosen, so that it can be put on top of what somebody else did."""
    chosen = {name: value for name, value in form.values().items() if name not in NOT_SENT_AGAIN}
    return {name: str(value) for name, value in chosen.items() if value is not None}


def _said(line: LineOnPage) -> str:
    """What the toast says was done."""
    coded = line.row.coded
    if coded is None:
        return _("%(who)s is open again.", who=line.who)
    if coded.kind == "split":
        return _("%(who)s split in %(parts)s.", who=line.who, parts=coded.parts)
    if coded.transfer is not None:
        return _("%(who)s: transfer, %(to)s.", who=line.who, to=own_account(coded.transfer))
    return _("%(who)s coded to %(account)s.", who=line.who, account=named(coded.account))
