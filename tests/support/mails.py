"""What was written to whom: the text of the mails that wait to be sent."""

from __future__ import annotations

from sqlalchemy import select

from backoffice.foundation.client_keys import key_of
from backoffice.foundation.encryption import unseal
from backoffice.foundation.mail import Mail
from tests.support.cast import Cast


def mails_to(cast: Cast, client: str, address: str) -> list[str]:
    """The texts of a client's mails (or the house's) to an address, oldest first."""
    client_id = cast.house if client == "house" else cast[client]
    runtime = cast.database["worker"]
    with runtime.doors.acting_for(client_id, by=cast.actor("nadia")) as session:
        key = key_of(session, runtime.keyring)
        posted = session.scalars(
            select(Mail).where(Mail.recipient == address).order_by(Mail.posted_at)
        )
        return [
            unseal(
                key,
                mail.text_sealed or b"",
                client_id=client_id,
                table="mail",
                column="text_sealed",
                row_id=mail.id,
            )
            for mail in posted
            if mail.text_sealed
        ]
