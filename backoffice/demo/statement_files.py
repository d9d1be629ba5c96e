"""Writes bank statements as banks do: camt.053, OFX and MT940, from the same lines.

The demonstration sends these files through the same upload as anybody; the readers know nothing
of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from backoffice.demo.recipes import Happening
from backoffice.foundation.money import Money, total_of


@dataclass(frozen=True)
class Sheet:
    """One statement: an account, its balance before the first line, and the lines."""

    number: int
    account: str
    other_account: str | None  # where transfers go to or come from
    currency: str
    since: date
    until: date
    opening: Money
    lines: Sequence[Happening]
    stated_closing: Money | None = None  # what the bank says, where a line was lost

    @property
    def closing(self) -> Money:
        if self.stated_closing is not None:
            return self.stated_closing
        return self.opening + total_of([line.amount for line in self.lines], self.currency)

    def reference_of(self, position: int) -> str:
        """The bank's own reference: unlike on each line, alike when the file is made again."""
        return f"{self.since:%Y%m}{position:05d}"


def written(sheet: Sheet, *, as_format: str) -> tuple[str, bytes]:
    """The file's name and its bytes."""
    writer, ending = {"camt": (camt, "xml"), "ofx": (ofx, "ofx"), "mt940": (mt940, "sta")}[
        as_format
    ]
    name = f"statement-{sheet.account[-4:]}-{sheet.since:%Y-%m}.{ending}"
    return name, writer(sheet).encode("utf-8")


def unsigned(money: Money) -> str:
    return (-money if money.minor < 0 else money).plain


def mark(money: Money) -> str:
    return "DBIT" if money.minor < 0 else "CRDT"


def camt(sheet: Sheet) -> str:
    """camt.053.001.08: one statement, booked entries with parties and bank references."""
    entries = "".join(
        f"<Ntry><NtryRef>{position}</NtryRef>{camt_amount(line.amount)}"
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{line.on}</Dt></BookgDt>"
        f"<ValDt><Dt>{line.on}</Dt></ValDt>"
        f"<AcctSvcrRef>{sheet.reference_of(position)}</AcctSvcrRef><NtryDtls><TxDtls>"
        f"<RltdPties>{camt_party(line, sheet.other_account)}</RltdPties>"
        f"<RmtInf><Ustrd>{escape(line.reference)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
        for position, line in enumerate(sheet.lines, start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>HB-{sheet.since:%Y%m}-{sheet.number}</MsgId>"
        f"<CreDtTm>{sheet.until}T20:00:00</CreDtTm></GrpHdr><Stmt><Id>{sheet.since:%Y%m}</Id>"
        f"<ElctrncSeqNb>{sheet.number}</ElctrncSeqNb><CreDtTm>{sheet.until}T20:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{sheet.account}</IBAN></Id><Ccy>{sheet.currency}</Ccy></Acct>\n"
        f"{camt_balance('OPBD', sheet.opening, sheet.since)}"
        f"{camt_balance('CLBD', sheet.closing, sheet.until)}\n"
        f"{entries}</Stmt></BkToCstmrStmt></Document>\n"
    )


def camt_amount(amount: Money) -> str:
    return (
        f'<Amt Ccy="{amount.currency}">{unsigned(amount)}</Amt>'
        f"<CdtDbtInd>{mark(amount)}</CdtDbtInd>"
    )


def camt_party(line: Happening, other_account: str | None) -> str:
    role = "Cdtr" if line.amount.minor < 0 else "Dbtr"
    party = f"<{role}><Pty><Nm>{escape(line.counterparty)}</Nm></Pty></{role}>"
    if not line.is_transfer:
        return party
    return f"{party}<{role}Acct><Id><IBAN>{other_account}</IBAN></Id></{role}Acct>"


def camt_balance(code: str, amount: Money, on: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{camt_amount(amount)}"
        f"<Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def ofx(sheet: Sheet) -> str:
    """OFX 1.0.2 (SGML) as American banks offer it for download."""
    transactions = "".join(
        f"<STMTTRN><TRNTYPE>{'DEBIT' if line.amount.minor < 0 else 'CREDIT'}"
        f"<DTPOSTED>{line.on:%Y%m%d}120000[-8:PST]<TRNAMT>{line.amount.plain}"
        f"<FITID>{sheet.reference_of(position)}<NAME>{escape(line.counterparty)}"
        f"<MEMO>{escape(line.reference)}</STMTTRN>\n"
        for position, line in enumerate(sheet.lines, start=1)
    )
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:UTF-8\nCHARSET:NONE\n"
        "COMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
        "<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS>"
        f"<DTSERVER>{sheet.until:%Y%m%d}120000<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>\n"
        f"<BANKMSGSRSV1><STMTTRNRS><TRNUID>{sheet.number}<STATUS><CODE>0<SEVERITY>INFO</STATUS>"
        f"<STMTRS><CURDEF>{sheet.currency}<BANKACCTFROM><BANKID>121000358"
        f"<ACCTID>{sheet.account}<ACCTTYPE>CHECKING</BANKACCTFROM>\n"
        f"<BANKTRANLIST><DTSTART>{sheet.since:%Y%m%d}<DTEND>{sheet.until:%Y%m%d}\n{transactions}"
        f"</BANKTRANLIST><LEDGERBAL><BALAMT>{sheet.closing.plain}"
        f"<DTASOF>{sheet.until:%Y%m%d}</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )


def mt940(sheet: Sheet) -> str:
    """MT940 with structured :86: fields, one page."""
    lines = "".join(
        f":61:{line.on:%y%m%d}{line.on:%m%d}{'D' if line.amount.minor < 0 else 'C'}"
        f"{swift_amount(line.amount)}NTRF{sheet.reference_of(position)}//{sheet.reference_of(position)}\r\n"
        f":86:166?20{line.reference[:27]}?32{line.counterparty[:27]}\r\n"
        for position, line in enumerate(sheet.lines, start=1)
    )
    return (
        f":20:STMT{sheet.since:%Y%m}\r\n:25:{sheet.account}\r\n:28C:{sheet.number}/1\r\n"
        f":60F:{swift_balance(sheet.opening, sheet.since)}\r\n{lines}"
        f":62F:{swift_balance(sheet.closing, sheet.until)}\r\n-\r\n"
    )


def swift_amount(amount: Money) -> str:
    return unsigned(amount).replace(".", ",")


def swift_balance(amount: Money, on: date) -> str:
    sign = "D" if amount.minor < 0 else "C"
    return f"{sign}{on:%y%m%d}{amount.currency}{swift_amount(amount)}"
