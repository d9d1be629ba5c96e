"""Reading camt.052, camt.053 and camt.054 of any version, as a stream.

Namespaces are taken as they come: every version, national dialects, envelopes around the
document and none at all. An entry (`Ntry`) counts once however many payments it sums up.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, NoReturn

from backoffice.foundation.language import _

from .camt_entry import entry_of
from .camt_message import for_the_parser, format_and_version
from .camt_statement import Balance, balance_of, statement_of
from .camt_tree import child_text, local_name
from .detect import refuse_document_type
from .limits import ENTRIES_MAX
from .records import Entry, Statement, StatementFile
from .refusals import UnreadableStatement, refuse_too_many_entries

if TYPE_CHECKING:
    from lxml import etree

CONTAINERS = ("Stmt", "Rpt", "Ntfctn")


def read_camt(data: bytes, *, name: str) -> StatementFile:
    """The statements of a camt file in file order; refused with line and column."""
    refuse_document_type(data)
    data, encoding, lines_before = for_the_parser(data)
    from lxml import etree  # late: only camt files pay for loading it

    reading = _Reading(data)
    steps = etree.iterparse(
        BytesIO(data),
        events=("end",),
        tag=[f"{{*}}{tag}" for tag in (*CONTAINERS, "Acct", "Bal", "Ntry")],
        encoding=encoding,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _event, element in steps:
            reading.take(element)
    except etree.XMLSyntaxError as error:
        _refuse_malformed(error, lines_before)
    except UnreadableStatement as refused:
        refused.line = (refused.line or 1) + lines_before
        raise
    kind, version = format_and_version(steps.root)
    return StatementFile(name, kind, version, tuple(reading.statements))


class _Reading:
    """The statements that have ended, and what is known of the one that has not."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._count = 0
        self.statements: list[Statement] = []
        self._begin()

    def _begin(self) -> None:
        self._account: etree._Element | None = None
        self._identifier: str | None = None
        self._balances: list[Balance] = []
        self._entries: list[Entry] = []

    def take(self, element: etree._Element) -> None:
        """One element that has ended; only those right under a statement are a part of it."""
        parent = element.getparent()
        inside = parent is not None and local_name(parent) in CONTAINERS
        name = local_name(element)
        if name in CONTAINERS and not inside:
            self._end_statement(element)
        elif inside and parent is not None:
            self._identifier = self._identifier or child_text(parent, "Id")
            self._take_part(name, element)

    def _take_part(self, name: str, element: etree._Element) -> None:
        if name == "Ntry":
            self._count += 1
            if self._count > ENTRIES_MAX:
                refuse_too_many_entries(ENTRIES_MAX)
            self._entries.append(entry_of(element, self._data))
            _forget(element)
        elif name == "Bal":
            self._balances.append(balance_of(element, self._data))
        elif name == "Acct":
            self._account = element

    def _end_statement(self, element: etree._Element) -> None:
        identifier = self._identifier or child_text(element, "Id")
        self.statements.append(
            statement_of(self._account, identifier, self._balances, tuple(self._entries))
        )
        element.clear()
        self._begin()


def _forget(element: etree._Element) -> None:
    """Let go of an entry and what stood before it: a long file is never whole in memory."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _refuse_malformed(error: etree.XMLSyntaxError, lines_before: int) -> NoReturn:
    line, column = error.position
    raise UnreadableStatement(
        _(
            "The file is not well-formed XML: it may have been cut off or edited. "
            "Download it from the bank again."
        ),
        code="xml_malformed",
        line=max(int(line), 1) + lines_before,
        column=max(int(column), 1),
    ) from error
