"""XML that would fetch, repeat or overflow is refused at once, and nothing grows."""

from __future__ import annotations

import resource
import socket
import time

import pytest

from backoffice.foundation.errors import Refused
from backoffice.service_lines.banking.statements.read import read
from tests.service_lines.banking.statements.reading import refusal_of

SECONDS_MAX = 0.1
MEGABYTES_MAX = 20
CAMT = "<BkToCstmrStmt><Stmt><Id>&z;</Id></Stmt></BkToCstmrStmt>"


def levels(count: int, width: int = 10) -> str:
    """Entities of entities: `width` to the power of `count` characters once expanded."""
    names = "abcdefghijklmnopqrstuvwxyz"
    inside = "".join(
        f'<!ENTITY {names[level + 1]} "{f"&{names[level]};" * width}">' for level in range(count)
    )
    return f'<!DOCTYPE d [<!ENTITY a "ha">{inside}<!ENTITY z "&{names[count]};">]>{CAMT}'


ATTACKS = {
    "billion laughs": levels(9),
    "ten levels": levels(10),
    "quadratic": f'<!DOCTYPE d [<!ENTITY a "{"x" * 100_000}">]><d>{"&a;" * 1_000}{CAMT}</d>',
    "file": f'<!DOCTYPE d [<!ENTITY z SYSTEM "file:///etc/hostname">]>{CAMT}',
    "network": f'<!DOCTYPE d [<!ENTITY z SYSTEM "http://127.0.0.1:9/x">]>{CAMT}',
    "parameter": f'<!DOCTYPE d [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>{CAMT}',
    "external subset": f'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">{CAMT}',
    "late": f'<a><!-- {"x" * 200_000} --></a>\n<!DOCTYPE d [<!ENTITY z "y">]>{CAMT}',
    "ofx": '<?OFX OFXHEADER="200" VERSION="211"?><!DOCTYPE d [<!ENTITY z "y">]><OFX>&z;</OFX>',
}


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("a statement tried to use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_a_document_type_is_refused_before_it_is_parsed(attack: str, encoding: str):
    data = ATTACKS[attack].encode(encoding)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    refused = refusal_of(data)
    taken = time.process_time() - start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    assert refused.code == "xml_dtd"
    assert refused.line is not None
    assert taken < SECONDS_MAX
    assert grown < MEGABYTES_MAX * 1024


@pytest.mark.parametrize("declared", ["UTF-7", "UTF-16", "IBM037", "nonsense"])
def test_a_false_declaration_does_not_change_what_is_parsed(declared: str):
    """UTF-7 can spell a document type without its letters; it is never read as UTF-7."""
    hidden = "+ADw-+ACE-DOCTYPE d+AD4-"
    data = f'<?xml version="1.0" encoding="{declared}"?>{hidden}{CAMT.replace("&z;", "1")}'
    assert refusal_of(data).code == "xml_malformed"


def test_an_entity_without_a_document_type_is_refused():
    assert refusal_of(CAMT).code == "xml_malformed"


def test_an_inclusion_is_not_followed():
    include = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>'
    statement = f"<Stmt><Id>{include}</Id></Stmt>"
    file = read(f"<BkToCstmrStmt>{statement}</BkToCstmrStmt>".encode(), name="x")
    assert file.statements[0].identifier is None


@pytest.mark.parametrize(
    "data",
    [
        "<BkToCstmrStmt>" + "<a>" * 100_000,
        "<BkToCstmrStmt><Stmt>" + "<Ntry>" * 10_000 + "</Ntry>" * 10_000,
        "<BkToCstmrStmt " + " ".join(f"a{number}='1'" for number in range(100_000)),
        "<OFX>" + "<!--" * 200_000,
        "<OFX>" + "<![CDATA[" * 200_000,
        "<OFX><STMTRS>" + "<STMTRS " * 200_000,
        "<OFX><STMTRS>" + "<STMTTRN>" * 100_000,
        ":20:A\n" + "\n:x" * 300_000 + "\n:61:2",
        ":61:260101C1,00N\n:86:?20" + "?xx" * 300_000 + "\n:61:2",
        ":61:260101C" + "1" * 1_000_000,
        "<OFX><STMTRS><STMTTRN><TRNAMT>" + "1" * 1_000_000 + "</STMTRS>",
        "<OFX><STMTRS><STMTTRN><TRNAMT>" + "1 " * 500_000 + "</STMTRS>",
    ],
    ids=range(12),
)
def test_depth_and_repetition_are_refused_in_time(data: str):
    start = time.process_time()
    with pytest.raises(Refused):
        read(data.encode(), name="x")
    assert time.process_time() - start < 2


def test_more_entries_than_an_import_may_hold_are_refused(monkeypatch: pytest.MonkeyPatch):
    for module in ("ofx_statement", "mt940", "camt"):
        package = "backoffice.service_lines.banking.statements"
        monkeypatch.setattr(f"{package}.{module}.ENTRIES_MAX", 2)
    amount = "<Amt>1</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
    for data in (
        ":20:A\n" + ":61:260101C1,00N\n" * 3,
        f"<OFX><STMTRS>{'<STMTTRN><TRNAMT>1</STMTTRN>' * 3}</STMTRS></OFX>",
        f"<BkToCstmrStmt><Stmt>{f'<Ntry>{amount}</Ntry>' * 3}</Stmt></BkToCstmrStmt>",
    ):
        assert refusal_of(data).code == "too_many_entries"
