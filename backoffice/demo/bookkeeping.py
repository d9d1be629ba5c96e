"""Staff keep the books: statements are released and coded, a month is prepared and signed off.

Past months are coded as the recipes say. In the month that runs, what is sure is accepted and
some lines are left for whoever tries the demonstration.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from backoffice.demo.desk import Desk, desk_of
from backoffice.demo.engaging import Engaged
from backoffice.demo.months import Month
from backoffice.demo.recipes import Happening, Target
from backoffice.demo.sending import Proofs, Sent
from backoffice.demo.stage import Stage
from backoffice.demo.statement_files import Sheet
from backoffice.firm.work.actions import take
from backoffice.firm.work.queries import standing
from backoffice.firm.work.review import sign_off
from backoffice.foundation.ids import new_id
from backoffice.foundation.tenancy import Actor
from backoffice.service_lines.banking.actions.accepting import accept_all_sure
from backoffice.service_lines.banking.actions.finishing import coding_item
from backoffice.service_lines.banking.actions.importing import living_import
from backoffice.service_lines.banking.actions.preparing import prepare_coding
from backoffice.service_lines.banking.actions.releasing import release_import
from backoffice.service_lines.banking.actions.ruling import make_rule

FREQUENT = 3  # lines a month, from which a rule is worth writing
LINES_PER_NOTE = 10
LEFT_OPEN = 12  # lines of the running month that wait for the visitor


def keep_books(
    stage: Stage, client: Engaged, month: Month, sent: Sequence[Sent], proofs: Proofs
) -> None:
    """Whatever of the month has not been done yet."""
    released = [release(stage, client, one) for one in sent]
    for sheet in month.sheets:
        desk = desk_of(stage, client, sheet, month.period)
        if not month.is_running:
            finish(desk, proofs)
        elif any(released):
            code_what_is_sure(desk)


def release(stage: Stage, client: Engaged, sent: Sent) -> bool:
    """Let the lines be coded; whether that was still to be done."""
    by = Actor("staff", client.preparer)
    with stage.as_staff(client.preparer, client.id) as session:
        found = living_import(session, sent.document)
        if found is None or found.state != "shown":
            return False
        release_import(session, found.id, by=by)
        return True


def code_what_is_sure(desk: Desk) -> None:
    """Accept what is sure, and what is likely except the newest lines; the rest is in hand."""
    take_in_hand(desk)
    accept_sure(desk)
    for line in desk.open_lines()[:-LEFT_OPEN]:
        if line.reason.confidence == "likely":
            desk.accept(line.id)
    desk.note()


def take_in_hand(desk: Desk) -> None:
    with desk.acting() as session:
        item = coding_item(session, desk.account_id, desk.period)
        if item is not None and item.state == "open":
            take(session, item.id, by=desk.preparer)


def finish(desk: Desk, proofs: Proofs) -> None:
    """Code the whole month, send it to review, sign it off; a month that was once prepared is
    left as people left it."""
    with desk.acting() as session:
        item = coding_item(session, desk.account_id, desk.period)
        if item is None or standing(session, item.id).steps:
            return
        item_id = item.id
        take(session, item_id, by=desk.preparer)
    teach(desk)
    attach(desk, proofs)
    accept_sure(desk)
    by_mark = marked(desk.sheet)
    for number, line in enumerate(desk.open_lines(), start=1):
        desk.code(line.id, by_mark[line.booked_on, line.amount_minor])
        if number % LINES_PER_NOTE == 0:
            desk.note()
    review(desk, item_id)


def attach(desk: Desk, proofs: Proofs) -> None:
    """Put receipts on the lines that they prove."""
    for line in desk.open_lines():
        document = proofs.get((line.booked_on, line.amount_minor))
        if document is not None:
            desk.attach(line.id, document)


def accept_sure(desk: Desk) -> None:
    with desk.acting() as session:
        accept_all_sure(
            session,
            bank_account_id=desk.account_id,
            period=desk.period,
            by=desk.preparer,
            key=str(new_id()),
        )
    desk.note()


def teach(desk: Desk) -> None:
    """Write a rule for each counterparty that comes often and always belongs to one account."""
    taught = {line.counterparty for line in desk.open_lines() if line.reason.kind == "rule"}
    for counterparty, target in frequent(desk.sheet).items():
        if counterparty in taught:
            continue
        with desk.acting() as session:
            make_rule(
                session,
                words=counterparty,
                account_id=desk.accounts[target.account],
                tax_code_id=desk.taxes[target.tax],
                by=desk.preparer,
            )


def frequent(sheet: Sheet) -> dict[str, Target]:
    targets: dict[str, list[Target | None]] = defaultdict(list)
    for line in sheet.lines:
        targets[line.counterparty].append(None if line.parts else line.target)
    return {
        name: found[0]
        for name, found in targets.items()
        if len(found) >= FREQUENT and found[0] is not None and set(found) == {found[0]}
    }


def marked(sheet: Sheet) -> dict[tuple[date, int], Happening]:
    """The lines by day and amount; two that have both alike are coded alike."""
    return {(line.on, line.amount.minor): line for line in sheet.lines}


def review(desk: Desk, item_id: UUID) -> None:
    """The preparer sends the month to review, and somebody else signs it off."""
    with desk.acting() as session:
        preparation = prepare_coding(session, item_id, by=desk.preparer)
        preparation_id, content_hash = preparation.id, preparation.content_hash
    reviewer = desk.client.reviewer
    with desk.stage.as_staff(reviewer, desk.client.id) as session:
        sign_off(
            session,
            preparation_id,
            content_hash=content_hash,
            by=Actor("staff", reviewer),
            key=str(new_id()),
        )
    desk.note()
