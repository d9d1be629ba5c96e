"""How fast statements are read, beside a floor measured in the same run.

    python -m benchmarks.parse_statements [LINES]

The floor is one regular expression that picks the same fields out of the same text and makes the
amounts Decimal: no checks, no dates, no texts, no places. camt has no such floor: its floor is
lxml walking over the elements and doing nothing.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

from backoffice.service_lines.banking.statements.read import read

LINES = 20_000
ROUNDS = 3


def main() -> None:
    """One line a format: entries a second of the reader and of the floor, and the ratio."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else LINES
    compare("mt940", mt940(lines), mt940_floor)
    compare("ofx", ofx(lines), ofx_floor)
    compare("camt", camt(lines // 4), camt_floor)


def compare(name: str, data: bytes, floor: Callable[[bytes], int]) -> None:
    """Print entries a second of the reader and of the floor, and their ratio."""
    count = len(read(data, name=name).statements[0].entries)
    assert floor(data) == count, name
    ours, least = best(lambda: read(data, name=name)), best(lambda: floor(data))
    print(
        f"{name:6} {count / ours:10,.0f} entries/s   floor {count / least:10,.0f}"
        f"   ratio {least / ours:.2f}   ({len(data) / 1024:,.0f} KiB)"
    )


def best(work: Callable[[], object]) -> float:
    """Seconds of the best of a few rounds: the others were disturbed."""
    taken = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def _movements(lines: int) -> list[tuple[int, date, int]]:
    first = date(2026, 1, 1)
    return [
        (number, first + timedelta(number % 360), (number * 7919 % 100_000 + 1) * (-1) ** number)
        for number in range(lines)
    ]


def mt940(lines: int) -> bytes:
    """One page with that many entries."""
    parts = [":20:STMT1\r\n:25:NL00BANK0123456789\r\n:28C:1/1\r\n:60F:C260101EUR1000,00\r\n"]
    balance = 100_000
    for number, day, cents in _movements(lines):
        balance += cents
        parts.append(
            f":61:{day:%y%m%d}{day:%m%d}{'D' if cents < 0 else 'C'}{abs(cents) // 100},"
            f"{abs(cents) % 100:02d}NTRFREF{number:08}\r\n"
            f":86:/EREF/INV{number}/NAME/Customer {number % 300}/REMI/Payment invoice {number}\r\n"
        )
    mark = "D" if balance < 0 else "C"
    parts.append(f":62F:{mark}261231EUR{abs(balance) // 100},{abs(balance) % 100:02d}\r\n-\r\n")
    return "".join(parts).encode()


def mt940_floor(data: bytes) -> int:
    """The fields of each entry by one expression."""
    found = re.findall(r"(?m)^:61:(\d{6})(\d{4})?([CD])([\d,]+)N(\S+)\r?\n:86:(.*)", data.decode())
    return len([(a, b, c, Decimal(d.replace(",", ".")), e, f) for a, b, c, d, e, f in found])


def ofx(lines: int) -> bytes:
    """One OFX 1.02 statement with that many entries."""
    entries = "".join(
        f"<STMTTRN><TRNTYPE>{'DEBIT' if cents < 0 else 'CREDIT'}</TRNTYPE>"
        f"<DTPOSTED>{day:%Y%m%d}120000</DTPOSTED>"
        f"<TRNAMT>{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}</TRNAMT>"
        f"<FITID>F{number:08}</FITID><NAME>Customer {number % 300}</NAME>"
        f"<MEMO>Payment invoice {number}</MEMO></STMTTRN>\n"
        for number, day, cents in _movements(lines)
    )
    return (
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n"
        "<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1</TRNUID><STMTRS><CURDEF>USD</CURDEF>"
        "<BANKACCTFROM><BANKID>121099999</BANKID><ACCTID>999988</ACCTID></BANKACCTFROM>"
        f"<BANKTRANLIST>\n{entries}</BANKTRANLIST>"
        "<LEDGERBAL><BALAMT>100.00</BALAMT><DTASOF>20261231120000</DTASOF></LEDGERBAL>"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    ).encode()


def ofx_floor(data: bytes) -> int:
    """The fields of each entry by one expression."""
    found = re.findall(
        r"<TRNTYPE>(\w+)</TRNTYPE><DTPOSTED>(\d+)</DTPOSTED><TRNAMT>([-\d.]+)</TRNAMT>"
        r"<FITID>(\w+)</FITID><NAME>([^<]*)</NAME><MEMO>([^<]*)",
        data.decode(),
    )
    return len([(a, b, Decimal(c), d, e, f) for a, b, c, d, e, f in found])


def camt(lines: int) -> bytes:
    """One camt.053 statement with that many entries."""
    entries = "".join(
        f'<Ntry><Amt Ccy="EUR">{abs(cents) // 100}.{abs(cents) % 100:02d}</Amt>'
        f"<CdtDbtInd>{'DBIT' if cents < 0 else 'CRDT'}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
        f"<AcctSvcrRef>R{number}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>INV{number}"
        f"</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>Customer {number % 300}</Nm></Pty></Dbtr>"
        "</RltdPties><RmtInf><Ustrd>Payment</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
        for number, day, cents in _movements(lines)
    )
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Id>1</Id><Acct><Id><IBAN>NL00BANK0123456789</IBAN></Id></Acct>\n{entries}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def camt_floor(data: bytes) -> int:
    """lxml's own walk over the entries."""
    from lxml import etree

    count = 0
    for _event, element in etree.iterparse(BytesIO(data), tag="{*}Ntry"):
        count += 1
        element.clear()
    return count


if __name__ == "__main__":
    main()
