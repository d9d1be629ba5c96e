"""Mail to people: first a row that says what is to be sent, then the sending, in the background.

A mail is never sent twice by us. The row says `sending` before the server is spoken to; a row
that is found in that state was left by a process that died in between, and nobody knows whether
the mail went out: it becomes `unsure`, for a person to decide, and is not sent again blindly.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

from sqlalchemy import CheckConstraint, update
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.foundation import audit
from backoffice.foundation.batches import open_batch
from backoffice.foundation.client_keys import key_of
from backoffice.foundation.clock import real_now
from backoffice.foundation.database import Base, ClientOwned, one_of
from backoffice.foundation.encryption import Keyring, seal, unseal
from backoffice.foundation.errors import BadInput, Refused
from backoffice.foundation.ids import new_id
from backoffice.foundation.language import _
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import SYSTEM, ScopedSession

KIND = "mail"
STATES = ("posted", "sending", "sent", "unsure", "refused")
SUBJECT_LENGTH_MAX = 200  # longer ones are cut by readers
TEXT_LENGTH_MAX = 20_000  # a letter, not a document: those are fetched from the portal
ANSWER_SECONDS_MAX = 20  # of one step of the conversation with the server


class Mail(ClientOwned, Base):
    """One mail to one address. Its text may hold a sign-in code: sealed, and gone once sent."""

    __tablename__ = "mail"
    __table_args__ = (CheckConstraint(one_of("state", *STATES), name="state"),)

    recipient: Mapped[str]
    subject: Mapped[str]
    text_sealed: Mapped[bytes | None]
    message_id: Mapped[str]
    state: Mapped[str] = mapped_column(default="posted")
    posted_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    retries: Mapped[int] = mapped_column(default=0)  # by a person, when `state` was written


class MailUnsure(Refused):
    code = "mail_unsure"


class MailRefused(Refused):
    code = "mail_refused"


class NotReached(Exception):
    """The server was not reached or did not let us in: no mail was handed over."""


def post_mail(
    session: ScopedSession, keyring: Keyring, *, to: str, subject: str, text: str
) -> UUID:
    """Have a mail sent after this transaction; the id of its row."""
    _refuse_unfit(to, subject, text)
    mail = Mail(
        id=new_id(),
        recipient=to,
        subject=subject,
        message_id=make_msgid(domain="backoffice"),
        posted_at=real_now(),
    )
    mail.text_sealed = seal(key_of(session, keyring), text, **_place(session.client_id, mail.id))
    session.add(mail)
    session.flush()
    open_batch(session, KIND, client_id=session.client_id, subject_id=mail.id, items=[mail.id])
    return mail.id


def _refuse_unfit(to: str, subject: str, text: str) -> None:
    """A line break in a header would let the writer add headers of their own."""
    for header in (to, subject):
        if any(ord(character) < 32 or character == "\x7f" for character in header):
            raise BadInput(_("An address and a subject are one line each."))
    if len(subject) > SUBJECT_LENGTH_MAX or len(text) > TEXT_LENGTH_MAX:
        raise BadInput(_("The mail is too long."))


def _place(client_id: UUID, mail_id: UUID) -> dict[str, Any]:
    return {"client_id": client_id, "table": "mail", "column": "text_sealed", "row_id": mail_id}


def send(session: ScopedSession, item: Any, runtime: Runtime) -> None:
    """Send the mail of a batch item; the work of the kind `mail`.

    What is said of the mail is committed apart from the item's transaction, before and right
    after the server is spoken to: when a neighbour fails and the item runs again, a mail that
    was sent is found as sent.
    """
    mail = session.get_one(Mail, (session.client_id, item.subject_id))
    if mail.state == "sent":
        return
    if runtime.settings.smtp_url is None:
        raise MailRefused(_("No mail server is set (SMTP_URL)."))
    if not _begin(runtime, mail, item.retries):
        if mail.state == "sending":
            _settle(runtime, mail, "unsure")
        raise MailUnsure(
            _("Nobody knows whether this mail went out. Ask the recipient, then send a new one.")
        )
    message = _message(mail, runtime, text=_text_of(session, runtime, mail))
    _try(runtime, mail, message, urlsplit(runtime.settings.smtp_url))


def _try(runtime: Runtime, mail: Mail, message: EmailMessage, server: SplitResult) -> None:
    """Hand the mail over, and write down what the server said if it said anything."""
    try:
        _hand_over(message, server)
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as said_no:
        for_good = _for_good(said_no)
        _settle(runtime, mail, "refused" if for_good else "posted")
        if for_good:
            raise MailRefused(_("The mail server refused this mail.")) from said_no
        raise
    except NotReached:
        _settle(runtime, mail, "posted")  # nothing was handed over: try again later
        raise
    _settle(runtime, mail, "sent")


def _begin(runtime: Runtime, mail: Mail, retries: int) -> bool:
    """Say that the mail is being sent; False where that was said before.

    One that is unsure or was refused is sent again when a person has asked for it since.
    """
    asked_again = Mail.state.in_(["refused", "unsure"]) & (Mail.retries < retries)
    begun = update(Mail).where(Mail.id == mail.id, (Mail.state == "posted") | asked_again)
    begun = begun.values(state="sending", retries=retries).returning(Mail.id)
    with runtime.doors.acting_for(mail.client_id, by=SYSTEM) as apart:
        return apart.scalar(begun) is not None


def _settle(runtime: Runtime, mail: Mail, state: str) -> None:
    """Write down what became of the mail; the text of one that was sent is wiped."""
    values: dict[str, Any] = {"state": state}
    if state == "sent":
        values |= {"sent_at": real_now(), "text_sealed": None}
    with runtime.doors.acting_for(mail.client_id, by=SYSTEM) as apart:
        apart.execute(update(Mail).where(Mail.id == mail.id).values(**values))
        audit.record(apart, f"mail.{state}", subject_kind="mail", subject_id=mail.id)


def _text_of(session: ScopedSession, runtime: Runtime, mail: Mail) -> str:
    sealed = mail.text_sealed or b""  # only a sent mail has none, and that is not sent again
    return unseal(key_of(session, runtime.keyring), sealed, **_place(mail.client_id, mail.id))


def _message(mail: Mail, runtime: Runtime, *, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = runtime.settings.mail_sender
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(real_now())
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence note answers it
    message.set_content(text)
    return message


def _hand_over(message: EmailMessage, server: SplitResult) -> None:
    """Speak to the server: TLS from the start with smtps://, STARTTLS where it offers it."""
    try:
        connection = _connected(server)
    except (OSError, smtplib.SMTPException) as not_reached:
        raise NotReached(str(not_reached)) from not_reached
    try:
        connection.send_message(message)
    finally:
        with suppress(OSError, smtplib.SMTPException):  # how it says goodbye changes nothing
            connection.quit()


def _connected(server: SplitResult) -> smtplib.SMTP:
    host, context = server.hostname or "localhost", ssl.create_default_context()
    connection: smtplib.SMTP
    if server.scheme == "smtps":
        connection = smtplib.SMTP_SSL(
            host, server.port or 465, timeout=ANSWER_SECONDS_MAX, context=context
        )
    else:
        connection = smtplib.SMTP(host, server.port or 25, timeout=ANSWER_SECONDS_MAX)
        connection.ehlo()
        if connection.has_extn("starttls"):
            connection.starttls(context=context)
    if server.username:
        connection.login(unquote(server.username), unquote(server.password or ""))
    return connection


def _for_good(said_no: Exception) -> bool:
    """5xx is no for good, 4xx is not now."""
    if isinstance(said_no, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in said_no.recipients.values())
    return isinstance(said_no, smtplib.SMTPResponseException) and said_no.smtp_code >= 500
