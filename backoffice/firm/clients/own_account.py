"""A person's own account in the portal: company in hand, second factor, password, browsers."""

from __future__ import annotations

from uuid import UUID

from backoffice.firm.clients import queries
from backoffice.firm.clients.accounts import house_of, look_up, takes
from backoffice.firm.clients.models import Person, PersonSession, PersonToken
from backoffice.firm.clients.sign_in import AUDIENCE
from backoffice.foundation import audit
from backoffice.foundation.clock import real_now
from backoffice.foundation.errors import Conflict, NotFound, NotPermitted
from backoffice.foundation.identity import offers, sessions, throttle, tokens, totp
from backoffice.foundation.identity.passwords import hash_password
from backoffice.foundation.identity.sessions import Browser
from backoffice.foundation.language import _
from backoffice.foundation.mail import post_mail
from backoffice.foundation.runtime import Runtime
from backoffice.foundation.tenancy import SYSTEM, Actor, ScopedSession


def end_session(session: ScopedSession, *, person_id: UUID, session_id: UUID) -> None:
    """End another browser of one's own."""
    ended = sessions.end(
        session,
        PersonSession,
        PersonSession.id == session_id,
        PersonSession.person_id == person_id,
        now=real_now(),
    )
    if not ended:
        raise NotFound(_("That browser was signed out already."))
    audit.record(
        session, "person.session_ended", subject_kind="person_session", subject_id=session_id
    )


def switch_company(runtime: Runtime, *, person_id: UUID, session_id: UUID, to: UUID) -> None:
    """Show another company of the person in this browser."""
    allowed = {company.id for company in queries.companies_of(runtime.doors, person_id)}
    if to not in allowed:
        raise NotFound(_("This is not one of your companies."))
    with runtime.doors.acting_for(to, by=Actor("person", person_id)) as session:
        here = session.get_one(PersonSession, session_id)
        here.client_id = to
        audit.record(session, "person.entered")


def enable_totp(
    session: ScopedSession,
    runtime: Runtime,
    *,
    person_id: UUID,
    session_id: UUID,
    sealed: str,
    code: str,
) -> None:
    """Ask for a code from an app at each sign-in from now on; other browsers are signed out."""
    person = session.get_one(Person, person_id, with_for_update=True)
    if person.totp_sealed is not None:
        raise Conflict(_("A second factor is set up already. Take it off first."))
    accepted = offers.accept(
        runtime.keyring, owner_id=person_id, sealed=sealed, code=code, now=real_now()
    )
    person.totp_sealed = totp.seal_seed(
        runtime.keyring, accepted.seed, table="person", owner_id=person_id
    )
    person.totp_last_step = accepted.step
    others = (PersonSession.person_id == person_id, PersonSession.id != session_id)
    sessions.end(session, PersonSession, *others, now=real_now())
    session.get_one(PersonSession, session_id).second_factor_at = real_now()
    audit.record(session, "person.second_factor_set_up", subject=person)


def disable_totp(
    session: ScopedSession, runtime: Runtime, *, person_id: UUID, code: str, browser: Browser
) -> None:
    """Take the second factor off, with one last code from it; tries are counted as at sign-in."""
    tries = throttle.count_try(
        runtime.doors,
        runtime.keyring,
        audience=f"{AUDIENCE} second factor",
        account=str(person_id),
        network=browser.address,
    )
    person = session.get_one(Person, person_id, with_for_update=True)
    if not takes(runtime, session, person, code):
        raise NotPermitted(
            _("This is not the code that the app shows now."),
            code="wrong_app_code",
            field="app_code",
        )
    tries.forgive(session)
    person.totp_sealed = None
    audit.record(session, "person.second_factor_taken_off", subject=person)


def choose_locale(session: ScopedSession, *, person_id: UUID, locale: str) -> None:
    session.get_one(Person, person_id).locale = "id" if locale == "id" else "en"
    audit.record(session, "person.language_chosen")


def ask_for_new_password(runtime: Runtime, *, email: str, browser: Browser) -> None:
    """Mail a link and a code to a known address; an unknown one is answered alike."""
    throttle.count_try(
        runtime.doors,
        runtime.keyring,
        audience=f"{AUDIENCE} reset",
        account=email,
        network=browser.address,
    )
    known = look_up(runtime, email)
    with runtime.doors.acting_for(house_of(runtime), by=SYSTEM) as session:
        audit.record(session, "person.password_asked", subject_kind="person", subject_id=known.id)
        if known.id is None or known.password_hash is None:
            return
        person = session.get_one(Person, known.id)
        tokens.void(session, PersonToken, PersonToken.person_id == person.id, now=real_now())
        link = tokens.issue(
            session,
            PersonToken,
            now=real_now(),
            lives=tokens.RESET_LIVES,
            purpose="reset",
            person_id=person.id,
        )
        post_mail(session, runtime.keyring, **_reset_mail(runtime, person.email, link))


def set_new_password(
    runtime: Runtime, *, token: str, code: str, password: str, browser: Browser
) -> None:
    """Set a password by a mailed link; every browser is signed out, the second factor stays."""
    throttle.count_try(
        runtime.doors, runtime.keyring, audience=AUDIENCE, account=token, network=browser.address
    )
    with runtime.doors.firm_wide(because="a try at the code of a link") as session:
        row = tokens.count_try(session, PersonToken, token, now=real_now())
        if row.purpose != "reset" or row.person_id is None:
            raise tokens.wrong_code()
        token_id, person_id = row.id, row.person_id
    by = Actor("person", person_id)
    with runtime.doors.acting_for(house_of(runtime), by=by) as session:
        row = session.get_one(PersonToken, token_id)
        tokens.use(session, row, token=token, code=code, now=real_now())
        person = session.get_one(Person, person_id, with_for_update=True)
        person.password_hash = hash_password(password, about=[person.email])
        person.epoch += 1
        audit.record(session, "person.password_set", subject=person)
        post_mail(session, runtime.keyring, **_changed_mail(person.email))


def _reset_mail(runtime: Runtime, email: str, link: tokens.Link) -> dict[str, str]:
    address = f"{runtime.settings.portal_address}/new-password/{link.token}"
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
        "If that was not you, ask for a new password at once and tell us.\n"
    )
    return {"to": email, "subject": _("Your password was changed"), "text": text}
