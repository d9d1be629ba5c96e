"""How a member of staff gets in: address, password and a code from an app, in one answer.

There is no half-way: an invitation is accepted together with the second factor, so that nobody
of the staff is ever signed in without one. These actions open their doors themselves, because
a try is counted and committed before it is judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.firm.clients.queries import house_of
from backoffice.firm.clients.rules import email_key
from backoffice.firm.clients.sign_in import WrongSignIn, wrong_sign_in
from backoffice.firm.staff.models import Staff, StaffSession, StaffToken
from backoffice.foundation import audit
from backoffice.foundation.clock import real_now
from backoffice.foundation.identity import offers, sessions, throttle, tokens, totp
from backoffice.foundation.identity.passwords import hash_password, is_password
from backoffice.foundation.identity.sessions import Browser, SignedIn
from backoffice.foundation.identity.throttle import Tries
from backoffice.foundation.language import _
from backoffice.foundation.mail import post_mail
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import SYSTEM, Actor, ScopedSession

AUDIENCE = "workbench"


@dataclass(frozen=True)
class Known:
    """What is looked up of an account before anything is judged."""

    id: UUID | None
    password_hash: str | None
    totp_sealed: bytes | None


NOBODY = Known(None, None, None)


def sign_in(
    runtime: Runtime, *, email: str, password: str, code: str, browser: Browser
) -> SignedIn:
    """Sign in; a wrong address, password or code is answered alike, and a code counts once."""
    tries = throttle.count_try(
        runtime.doors, runtime.keyring, audience=AUDIENCE, account=email, network=browser.address
    )
    known, house = _look_up(runtime, email)
    right = is_password(known.password_hash, password)
    step = _step(runtime, known, code)
    if not right or step is None or known.id is None:
        raise _refused_sign_in(runtime, house, known.id, tries)
    with runtime.doors.acting_for(house, by=Actor("staff", known.id)) as session:
        if totp.use_step(session, Staff, known.id, step):
            tries.forgive(session)
            audit.record(session, "staff.signed_in", subject_kind="staff", subject_id=known.id)
            return _begin(session, session.get_one(Staff, known.id), browser)
    raise _refused_sign_in(runtime, house, known.id, tries)


def accept(
    runtime: Runtime,
    *,
    token: str,
    code: str,
    password: str,
    sealed: str,
    app_code: str,
    browser: Browser,
) -> SignedIn:
    """Accept an invitation: the mailed code, a password, and an app that shows its first code."""
    staff_id, token_id = _try_link(runtime, token, "invite", browser)
    accepted = offers.accept(
        runtime.keyring, owner_id=staff_id, sealed=sealed, code=app_code, now=real_now()
    )
    with runtime.doors.acting_for(_house(runtime), by=Actor("staff", staff_id)) as session:
        row = session.get_one(StaffToken, token_id)
        tokens.use(session, row, token=token, code=code, now=real_now())
        staff = session.get_one(Staff, staff_id, with_for_update=True)
        staff.password_hash = hash_password(password, about=[staff.email, staff.name])
        staff.totp_sealed = totp.seal_seed(
            runtime.keyring, accepted.seed, table="staff", owner_id=staff_id
        )
        staff.totp_last_step = accepted.step
        staff.epoch += 1
        audit.record(session, "staff.came_in", subject=staff)
        return _begin(session, staff, browser)


def sign_out(session: ScopedSession, *, session_id: UUID) -> None:
    """End one's own session."""
    sessions.end(session, StaffSession, StaffSession.id == session_id, now=real_now())
    audit.record(session, "staff.signed_out")


def ask_for_new_password(runtime: Runtime, *, email: str, browser: Browser) -> None:
    """Mail a link and a code to a known address; an unknown one is answered alike."""
    throttle.count_try(
        runtime.doors,
        runtime.keyring,
        audience=f"{AUDIENCE} reset",
        account=email,
        network=browser.address,
    )
    known, house = _look_up(runtime, email)
    with runtime.doors.acting_for(house, by=SYSTEM) as session:
        audit.record(session, "staff.password_asked", subject_kind="staff", subject_id=known.id)
        if known.id is None or known.password_hash is None:
            return
        tokens.void(session, StaffToken, StaffToken.staff_id == known.id, now=real_now())
        link = tokens.issue(
            session,
            StaffToken,
            now=real_now(),
            lives=tokens.RESET_LIVES,
            purpose="reset",
            staff_id=known.id,
        )
        staff = session.get_one(Staff, known.id)
        post_mail(session, runtime.keyring, **_reset_mail(runtime, staff.email, link))


def set_new_password(
    runtime: Runtime, *, token: str, code: str, password: str, browser: Browser
) -> None:
    """Set a password by a mailed link; every browser is signed out, the second factor stays."""
    staff_id, token_id = _try_link(runtime, token, "reset", browser)
    with runtime.doors.acting_for(_house(runtime), by=Actor("staff", staff_id)) as session:
        row = session.get_one(StaffToken, token_id)
        tokens.use(session, row, token=token, code=code, now=real_now())
        staff = session.get_one(Staff, staff_id, with_for_update=True)
        staff.password_hash = hash_password(password, about=[staff.email, staff.name])
        staff.epoch += 1
        audit.record(session, "staff.password_set", subject=staff)
        post_mail(session, runtime.keyring, **_changed_mail(staff.email))


def demo_link(session: Session, *, demo: bool, staff_id: UUID) -> tokens.Link:
    """A one-time link that signs a demo colleague in; refused anywhere but in the demo."""
    tokens.refuse_outside_demo(demo)
    return tokens.issue(
        session,
        StaffToken,
        now=real_now(),
        lives=tokens.DEMO_LIVES,
        purpose="demo",
        staff_id=staff_id,
    )


def sign_in_by_demo_link(runtime: Runtime, *, token: str, browser: Browser) -> SignedIn:
    """Use a demo link up; the second factor counts as given."""
    tokens.refuse_outside_demo(runtime.settings.demo)
    with runtime.doors.firm_wide(because="whose demo link this is") as session:
        found = tokens.usable(session, StaffToken, token, now=real_now())
        if found is None or found.purpose != "demo":
            raise tokens.LinkUsed(
                _("This link was used already. Start the demo again for new ones.")
            )
        token_id, staff_id = found.id, found.staff_id
    with runtime.doors.acting_for(_house(runtime), by=Actor("staff", staff_id)) as session:
        row = session.get_one(StaffToken, token_id)
        tokens.use(session, row, token=token, code=None, now=real_now())
        staff = session.get_one(Staff, staff_id)
        audit.record(session, "staff.signed_in", subject=staff, demo=True)
        return _begin(session, staff, browser)


def _try_link(runtime: Runtime, token: str, purpose: str, browser: Browser) -> tuple[UUID, UUID]:
    """Count a try at a link's code; says whose link it is."""
    throttle.count_try(
        runtime.doors, runtime.keyring, audience=AUDIENCE, account=token, network=browser.address
    )
    with runtime.doors.firm_wide(because="a try at the code of a link") as session:
        row = tokens.count_try(session, StaffToken, token, now=real_now())
        if row.purpose != purpose:
            raise tokens.wrong_code()
        return row.staff_id, row.id


def _look_up(runtime: Runtime, email: str) -> tuple[Known, UUID]:
    with runtime.doors.firm_wide(because="who has this address of mail") as session:
        staff = session.scalar(
            select(Staff).where(Staff.email_key == email_key(email), Staff.deactivated_at.is_(None))
        )
        house = house_of(session)
        if staff is None:
            return NOBODY, house
        return Known(staff.id, staff.password_hash, staff.totp_sealed), house


def _step(runtime: Runtime, known: Known, code: str) -> int | None:
    """The step of the code; an unknown account costs the same work with a seed of nobody."""
    if known.id is None or known.totp_sealed is None:
        totp.step_of(totp.new_seed(), code, now=real_now())
        return None
    seed = totp.open_seed(runtime.keyring, known.totp_sealed, table="staff", owner_id=known.id)
    return totp.step_of(seed, code, now=real_now())


def _begin(session: Session, staff: Staff, browser: Browser) -> SignedIn:
    return sessions.begin(
        session,
        StaffSession,
        owner={"staff_id": staff.id},
        epoch=staff.epoch,
        now=real_now(),
        second_factor=True,
        browser=browser,
    )


def _refused_sign_in(
    runtime: Runtime, house: UUID, staff_id: UUID | None, tries: Tries
) -> WrongSignIn:
    """Audited in the house's chain, whether or not the address belongs to somebody."""
    with runtime.doors.acting_for(house, by=SYSTEM) as session:
        audit.record(session, "staff.sign_in_refused", subject_kind="staff", subject_id=staff_id)
    return wrong_sign_in(tries)


def _house(runtime: Runtime) -> UUID:
    with runtime.doors.firm_wide(because="which client is the house") as session:
        return house_of(session)


def _reset_mail(runtime: Runtime, email: str, link: tokens.Link) -> dict[str, str]:
    address = f"{runtime.settings.work_address}/new-password/{link.token}"
    text = _(
        "Open this page to set a new password: %(address)s\nand type this code: %(code)s\n\n"
        "The link works once, within 30 minutes. If you did not ask for it, do nothing.\n",
        address=address,
        code=link.code,
    )
    return {"to": email, "subject": _("A new password"), "text": text}


def _changed_mail(email: str) -> dict[str, str]:
    text = _(
        "The password of this address was set anew just now, and every browser was signed out.\n"
        "If that was not you, tell the back-office manager at once.\n"
    )
    return {"to": email, "subject": _("Your password was changed"), "text": text}
