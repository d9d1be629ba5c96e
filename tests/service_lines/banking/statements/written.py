"""Small writers of MT940, OFX and camt: what is read is compared with what was meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape

SGML_HEADER = (
    "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\n"
    "COMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
)


@dataclass(frozen=True)
class Movement:
    """One movement of an account; `cents` is negative where money went out."""

    cents: int
    day: date
    name: str
    text: str
    bank_reference: str


@dataclass(frozen=True)
class Account:
    """One statement to be written."""

    number: str
    currency: str
    opening_cents: int
    movements: tuple[Movement, ...]

    @property
    def closing_cents(self) -> int:
        return self.opening_cents + sum(movement.cents for movement in self.movements)


def decimals(cents: int, point: str = ".") -> str:
    return f"{abs(cents) // 100}{point}{abs(cents) % 100:02d}"


def signed(cents: int, point: str = ".") -> str:
    return ("-" if cents < 0 else "") + decimals(cents, point)


def as_mt940(accounts: list[Account], *, line_end: str = "\r\n") -> str:
    lines: list[str] = []
    for number, account in enumerate(accounts, start=1):
        lines += [f":20:REF{number}", f":25:{account.number}", f":28C:{number}/1"]
        lines.append(_mt940_balance("60F", account, account.opening_cents))
        for movement in account.movements:
            mark = "D" if movement.cents < 0 else "C"
            lines.append(
                f":61:{movement.day:%y%m%d}{movement.day:%m%d}{mark}"
                f"{decimals(movement.cents, ',')}NTRFNONREF//{movement.bank_reference}"
            )
            lines.append(f":86:/NAME/{movement.name}/REMI/{movement.text}")
        lines += [_mt940_balance("62F", account, account.closing_cents), "-"]
    return line_end.join(lines) + line_end


def _mt940_balance(tag: str, account: Account, cents: int) -> str:
    mark = "D" if cents < 0 else "C"
    return f":{tag}:{mark}260101{account.currency}{decimals(cents, ',')}"


def as_ofx(accounts: list[Account], *, xml: bool, point: str = ".") -> str:
    """OFX 2 with end tags, or OFX 1 with none behind a value."""

    def field(name: str, value: str) -> str:
        return f"<{name}>{escape(value)}" + (f"</{name}>" if xml else "\n")

    def entry(movement: Movement) -> str:
        fields = (
            field("TRNTYPE", "OTHER"),
            field("DTPOSTED", f"{movement.day:%Y%m%d}120000[-5:EST]"),
            field("TRNAMT", signed(movement.cents, point)),
            field("FITID", movement.bank_reference),
            field("NAME", movement.name),
            field("MEMO", movement.text),
        )
        return f"<STMTTRN>{''.join(fields)}</STMTTRN>\n"

    def statement(account: Account) -> str:
        return (
            f"<STMTTRNRS><STMTRS>{field('CURDEF', account.currency)}"
            f"<BANKACCTFROM>{field('ACCTID', account.number)}</BANKACCTFROM>"
            f"<BANKTRANLIST>{''.join(map(entry, account.movements))}</BANKTRANLIST><LEDGERBAL>"
            f"{field('BALAMT', signed(account.closing_cents, point))}</LEDGERBAL>"
            "</STMTRS></STMTTRNRS>\n"
        )

    header = '<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211"?>\n' if xml else SGML_HEADER
    inside = "".join(map(statement, accounts))
    return f"{header}<OFX><BANKMSGSRSV1>{inside}</BANKMSGSRSV1></OFX>\n"


def as_camt(accounts: list[Account], *, version: str = "001.08") -> str:
    def amount(cents: int, currency: str) -> str:
        direction = "DBIT" if cents < 0 else "CRDT"
        return f'<Amt Ccy="{currency}">{decimals(cents)}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'

    def balance(code: str, account: Account, cents: int) -> str:
        kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        return f"<Bal>{kind}{amount(cents, account.currency)}<Dt><Dt>2026-01-01</Dt></Dt></Bal>"

    def entry(movement: Movement, currency: str) -> str:
        party = "Cdtr" if movement.cents < 0 else "Dbtr"
        return (
            f"<Ntry>{amount(movement.cents, currency)}<Sts><Cd>BOOK</Cd></Sts>"
            f"<BookgDt><Dt>{movement.day}</Dt></BookgDt><ValDt><Dt>{movement.day}</Dt></ValDt>"
            f"<AcctSvcrRef>{escape(movement.bank_reference)}</AcctSvcrRef><NtryDtls><TxDtls>"
            f"<RltdPties><{party}><Pty><Nm>{escape(movement.name)}</Nm></Pty></{party}></RltdPties>"
            f"<RmtInf><Ustrd>{escape(movement.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
        )

    def statement(account: Account) -> str:
        return (
            f"<Stmt><Id>1</Id><Acct><Id><Othr><Id>{account.number}</Id></Othr></Id></Acct>"
            + balance("OPBD", account, account.opening_cents)
            + balance("CLBD", account, account.closing_cents)
            + "".join(entry(movement, account.currency) for movement in account.movements)
            + "</Stmt>\n"
        )

    namespace = f"urn:iso:std:iso:20022:tech:xsd:camt.053.{version}"
    inside = "".join(map(statement, accounts))
    return f'<Document xmlns="{namespace}"><BkToCstmrStmt>{inside}</BkToCstmrStmt></Document>'
