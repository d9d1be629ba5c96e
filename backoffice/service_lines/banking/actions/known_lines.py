"""What each line of a file is known by, and what of its accounts is known already."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from backoffice.foundation.tenancy import ScopedSession
from backoffice.service_lines.banking.actions.choosing import Taken
from backoffice.service_lines.banking.models import (
    BankAccount,
    BankImport,
    BankLine,
    BankStatement,
)
from backoffice.service_lines.banking.rules.fingerprints import fingerprint, occurrences
from backoffice.service_lines.banking.rules.spool import ReadLine
from backoffice.service_lines.banking.rules.statements import Neighbour, goes_on_after
from backoffice.service_lines.banking.rules.words import real_reference, without_numbers

STANDING = ("shown", "released")  # imports whose statements count as known


def lines_of(session: ScopedSession, taken: Sequence[Taken]) -> Iterator[ReadLine]:
    """Every booked line with what it is known by, the statements of an account in their order."""
    by_account: dict[UUID, list[Taken]] = defaultdict(list)
    for one in sorted(taken, key=lambda one: (one.figures.from_on or date.max, one.position)):
        assert one.account is not None  # noqa: S101 - opened just before
        by_account[one.account.id].append(one)
    position = 0
    for account_id, statements in by_account.items():
        identifying = _identifying(statements)
        before: list[Taken] = []
        seen: Counter[bytes] = Counter()
        for one in statements:
            yield from _lines_of(session, one, account_id, before, seen, identifying, position)
            position += len(one.entries)
            before.append(one)


def _lines_of(
    session: ScopedSession,
    one: Taken,
    account_id: UUID,
    before: Sequence[Taken],
    seen: Counter[bytes],
    identifying: set[str],
    position: int,
) -> Iterator[ReadLine]:
    marks = [_mark(one, number) for number in range(len(one.entries))]
    numbers = occurrences(marks, _alike_before(session, one, account_id, before, seen))
    for index, (entry, mark, number) in enumerate(zip(one.entries, marks, numbers, strict=True)):
        seen[mark] = max(seen[mark], number)
        yield ReadLine(
            statement_id=one.id,
            bank_account_id=account_id,
            position=position + index + 1,
            booked_on=one.figures.days[index],
            valued_on=entry.valued,
            amount_minor=one.figures.amounts[index],
            currency=one.figures.currency,
            counterparty=_kept(entry.counterparty),
            counterparty_account=entry.counterparty_account,
            reference=_kept(entry.reference),
            bank_reference=_kept(entry.bank_reference),
            identifies=(entry.bank_reference or "") in identifying,
            kind=entry.kind,
            text=without_numbers(entry.text),
            file_line=entry.line,
            fingerprint=mark,
            occurrence=number,
        )


def _kept(text: str | None) -> str | None:
    return None if text is None else without_numbers(text)


def _mark(one: Taken, index: int) -> bytes:
    entry = one.entries[index]
    return fingerprint(
        booked_on=one.figures.days[index],
        amount_minor=one.figures.amounts[index],
        currency=one.figures.currency,
        bank_reference=entry.bank_reference,
        counterparty=entry.counterparty,
        reference=entry.reference,
        text=entry.text,
    )


def _identifying(statements: Sequence[Taken]) -> set[str]:
    """References that stand for one line in this file; what a bank repeats identifies nothing."""
    lines: dict[str, set[tuple[date, int]]] = defaultdict(set)
    for one in statements:
        for entry, day, amount in zip(
            one.entries, one.figures.days, one.figures.amounts, strict=True
        ):
            if real_reference(entry.bank_reference) is not None:
                lines[entry.bank_reference or ""].add((day, amount))
    return {reference for reference, different in lines.items() if len(different) == 1}


def _alike_before(
    session: ScopedSession,
    one: Taken,
    account_id: UUID,
    before: Sequence[Taken],
    seen: Counter[bytes],
) -> Counter[bytes]:
    """How often each fingerprint stood in the earlier part of a day that this statement goes on.

    Only a statement that begins or ends within a day is concerned: see `goes_on_after`.
    """
    alike: Counter[bytes] = Counter()
    for day in {one.figures.from_on, one.figures.to_on} - {None}:
        assert day is not None  # noqa: S101 - taken out above
        others = [n for o in before if (n := o.as_neighbour) is not None]
        others += neighbours(session, one.account, day=day)
        if not any(other.from_on <= day <= other.to_on for other in others):
            continue
        stored, net = _stored_on(session, account_id, day)
        marks_here = {
            _mark(o, i): o.figures.amounts[i]
            for o in before
            for i, booked in enumerate(o.figures.days)
            if booked == day
        }
        net += sum(
            amount * max(0, seen[mark] - stored[mark]) for mark, amount in marks_here.items()
        )
        if goes_on_after(one.figures, others, day=day, day_net=net):
            alike |= stored
            alike |= Counter({mark: seen[mark] for mark in marks_here})
    return alike


def neighbours(
    session: ScopedSession, account: BankAccount | None, *, day: date | None = None
) -> list[Neighbour]:
    """The statements of an account that are known, or those of them that touch a day."""
    if account is None:
        return []
    question = (
        select(
            BankStatement.opening_minor,
            BankStatement.closing_minor,
            BankStatement.from_on,
            BankStatement.to_on,
        )
        .join(
            BankImport,
            (BankImport.client_id == BankStatement.client_id)
            & (BankImport.id == BankStatement.import_id),
        )
        .where(
            BankStatement.client_id == session.client_id,
            BankStatement.bank_account_id == account.id,
            BankStatement.from_on.is_not(None),
            BankImport.state.in_(STANDING),
        )
        .distinct()
    )
    if day is not None:
        question = question.where(BankStatement.from_on <= day, BankStatement.to_on >= day)
    return [
        Neighbour(opening, closing, since, until)
        for opening, closing, since, until in session.execute(question)
        if since is not None and until is not None
    ]


def _stored_on(session: ScopedSession, account_id: UUID, day: date) -> tuple[Counter[bytes], int]:
    """The lines of an account on a day: how many of each kind, and what they sum to."""
    question = (
        select(BankLine.fingerprint, func.max(BankLine.occurrence), func.sum(BankLine.amount_minor))
        .where(
            BankLine.client_id == session.client_id,
            BankLine.bank_account_id == account_id,
            BankLine.booked_on == day,
        )
        .group_by(BankLine.fingerprint)
    )
    rows = session.execute(question).all()
    return Counter({mark.bytes: count for mark, count, _ in rows}), int(sum(row[2] for row in rows))
