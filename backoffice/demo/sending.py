"""Clients send files: each month's bank statements, receipts, and one that has to be held back."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from backoffice.demo import paper
from backoffice.demo.engaging import Engaged
from backoffice.demo.months import Month
from backoffice.demo.recipes import Happening
from backoffice.demo.stage import Stage
from backoffice.demo.statement_files import Sheet, written
from backoffice.firm.documents.actions import receive
from backoffice.foundation import formatting
from backoffice.foundation.tenancy import Actor
from backoffice.service_lines.banking.actions.importing import living_import

RECEIPTS_A_MONTH = 3
RECEIPT_KINDS = ("CARD", "CHECKCARD", "KARTU DEBIT")

Proofs = dict[tuple[date, int], UUID]  # documents, by day and amount of the line that they prove


@dataclass(frozen=True)
class Sent:
    """A file that the client sent. `again`: it was sent in an earlier play."""

    document: UUID
    again: bool


def send_statements(stage: Stage, client: Engaged, month: Month) -> list[Sent]:
    """The month's statements, one after the other: accounts are opened as their files are read."""
    sent = []
    for sheet in month.sheets:
        sent.append(send(stage, client, *written_by_bank(client, sheet)))
        wait_until_read(stage, client, sent[-1])
    return sent


def written_by_bank(client: Engaged, sheet: Sheet) -> tuple[str, bytes]:
    return written(sheet, as_format=client.cast.format)


def send_cut_statement(stage: Stage, client: Engaged, month: Month) -> None:
    """A statement whose last line was lost on the way: it does not add up, and is held back."""
    whole = month.sheets[0]
    cut = replace(whole, lines=whole.lines[:-1], stated_closing=whole.closing)
    name, content = written_by_bank(client, cut)
    stem, _dot, ending = name.rpartition(".")
    sent = send(stage, client, f"{stem}-copy.{ending}", content)
    wait_until_read(stage, client, sent)


def send_receipts(stage: Stage, client: Engaged, month: Month) -> Proofs:
    """Receipts of some card payments, as PDF and as photograph."""
    paid = [line for line in month.lines if line.reference.startswith(RECEIPT_KINDS)]
    return {
        (line.on, line.amount.minor): send(
            stage, client, *receipt(line, as_photograph=bool(number % 2))
        ).document
        for number, line in enumerate(paid[:RECEIPTS_A_MONTH])
    }


def receipt(line: Happening, *, as_photograph: bool) -> tuple[str, bytes]:
    """The file's name and its bytes."""
    amount = formatting.amount(abs(line.amount))
    total = f"Total {line.amount.currency} {amount}"
    words = [line.counterparty, "", line.on.isoformat(), line.reference, "", total]
    stem = f"{'-'.join(line.counterparty.lower().split())}-{line.on}"
    if as_photograph:
        return f"{stem}.png", paper.photograph(words)
    return f"{stem}.pdf", paper.pdf(words)


def send(stage: Stage, client: Engaged, name: str, content: bytes) -> Sent:
    """One file through the portal, in the name of whoever sends files there.

    The key is the content's own, so that a second play sends nothing a second time.
    """
    with stage.as_person(client.sender, client.id) as session:
        received = receive(
            session,
            stage.portal,
            stream=io.BytesIO(content),
            name=name,
            by=Actor("person", client.sender),
            key=f"demo {hashlib.sha256(content).hexdigest()}",
            size_expected=len(content),
        )
        return Sent(received.document.id, again=received.again or received.duplicate)


def wait_until_read(stage: Stage, client: Engaged, sent: Sent) -> None:
    """Until the workers have shown, held or refused the statement."""

    def is_read() -> bool:
        with stage.as_staff(client.preparer, client.id) as session:
            found = living_import(session, sent.document)
            return found is None or found.state != "reading"

    stage.wait_until(is_read)
