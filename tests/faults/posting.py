"""What follows an import here: the worker releases it and posts every line to suspense.

Coding is for people, and the worker's login may not do it; but the posting call, its gapless
numbers and its chain are to be under the same faults as the reading. The batch is opened in the
transaction that shows the import, and by that exactly once.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from backoffice.foundation.batches import Batch, Item, open_batch
from backoffice.foundation.registry import BatchKind, load_catalogues
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import ScopedSession
from backoffice.ledger import Draft, DraftLine, account_for_role, post
from backoffice.service_lines.banking.actions.releasing import release_import
from backoffice.service_lines.banking.models import BankAccount, BankLine

KIND = "post_to_suspense"
IMPORT = "statement_import"


def post_to_suspense(session: ScopedSession, item: Item, runtime: Runtime) -> None:  # noqa: ARG001
    release_import(session, item.subject_id, by=session.actor)
    suspense = account_for_role(session, "suspense")
    lines = (
        select(BankLine, BankAccount.ledger_account_id)
        .join(
            BankAccount,
            (BankAccount.client_id == BankLine.client_id)
            & (BankAccount.id == BankLine.bank_account_id),
        )
        .where(BankLine.client_id == session.client_id, BankLine.import_id == item.subject_id)
    )
    post(
        session,
        [
            Draft(
                source_kind="suspense_line",
                source_id=line.id,
                on=line.booked_on,
                lines=[
                    DraftLine(account_id=bank, amount_minor=line.amount_minor, currency="GBP"),
                    DraftLine(
                        account_id=suspense.id, amount_minor=-line.amount_minor, currency="GBP"
                    ),
                ],
            )
            for line, bank in session.execute(lines).all()
        ],
    )


registry = load_catalogues()
imports = registry.batch_kinds[IMPORT]


def shown(session: ScopedSession, batch: Batch, runtime: Runtime) -> None:
    assert imports.finished
    assert batch.subject_id
    imports.finished(session, batch, runtime)
    open_batch(
        session,
        KIND,
        client_id=batch.client_id,
        subject_id=batch.subject_id,
        items=[batch.subject_id],
    )


registry.add(BatchKind(KIND, lambda: "Post to suspense", post_to_suspense))
registry.batch_kinds[IMPORT] = replace(imports, finished=shown)
