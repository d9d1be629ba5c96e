"""What banking refuses, in sentences that say what to do instead."""

from __future__ import annotations

from datetime import date

from backoffice.foundation import formatting
from backoffice.foundation.errors import BadInput, Conflict, NotFound
from backoffice.foundation.language import _, ngettext
from backoffice.foundation.money import Money


def no_such_import() -> NotFound:
    return NotFound(_("There is no such import."))


def no_such_line() -> NotFound:
    return NotFound(_("There is no such bank line."))


def no_such_account() -> NotFound:
    return NotFound(_("There is no such bank account."), code="account_unknown")


def no_such_ledger_account() -> NotFound:
    return NotFound(_("There is no such account in this chart."), field="account_id")


def account_not_for_coding(code: str) -> BadInput:
    return BadInput(
        _(
            "Account %(code)s is kept by its own ledger. Choose another account, or code the line "
            "as a transfer.",
            code=code,
        ),
        code="account_takes_no_lines",
        field="account_id",
    )


def no_such_tax_code() -> NotFound:
    return NotFound(_("There is no such tax code on that day."), field="tax_code_id")


def account_not_named() -> BadInput:
    return BadInput(
        _("The file does not say which account it is of. Choose the bank account it belongs to."),
        code="account_not_named",
    )


def account_not_in_file(shown: str) -> BadInput:
    return BadInput(
        _("The file has no statement of account %(account)s.", account=shown),
        code="account_not_in_file",
        field="account",
    )


def other_currency(account: str, statement: str) -> BadInput:
    return BadInput(
        _(
            "The account is kept in %(account)s and the statement is in %(statement)s. Choose the "
            "account it belongs to.",
            account=account,
            statement=statement,
        ),
        code="other_currency",
    )


def moved_on(state: str) -> Conflict:
    return Conflict(
        _("This import is %(state)s by now. Load the page again.", state=import_state(state)),
        code="moved_on",
    )


def something_rests_on_it(count: int) -> Conflict:
    return Conflict(
        ngettext(
            "%(number)s line of this import has been coded, so it cannot be taken back as a "
            "whole. Undo single codings instead, or leave wrong lines out of the books by coding "
            "them to suspense.",
            "%(number)s lines of this import have been coded, so it cannot be taken back as a "
            "whole. Undo single codings instead, or leave wrong lines out of the books by coding "
            "them to suspense.",
            count,
        ),
        code="import_rests",
    )


def known_by_a_later_one(day: date) -> Conflict:
    return Conflict(
        _(
            "The import of %(day)s found lines of this one again and rests on them. Undo that one "
            "first.",
            day=formatting.day(day),
        ),
        code="import_rests",
    )


def not_released() -> Conflict:
    return Conflict(
        _("The import of this line has not been released yet. Release it first."),
        code="not_released",
    )


def changed_by_another(what: str) -> Conflict:
    """`what` says how the line stands now, in words."""
    return Conflict(
        _("Somebody else changed this line meanwhile: %(what)s.", what=what), code="line_changed"
    )


def suggestion_changed() -> Conflict:
    return Conflict(
        _("The suggestion changed since you saw it. Look again and accept it, or choose another."),
        code="suggestion_changed",
    )


def nothing_suggested() -> BadInput:
    return BadInput(_("Nothing is suggested for this line. Choose an account."), field="account_id")


def not_coded() -> Conflict:
    return Conflict(_("This line is not coded, so there is nothing to undo."), code="not_coded")


def parts_do_not_sum(parts: int, whole: int, currency: str) -> BadInput:
    return BadInput(
        _(
            "The parts sum to %(parts)s and the line is %(whole)s. %(left)s are left to place.",
            parts=formatting.amount(Money(parts, currency)),
            whole=formatting.amount(Money(whole, currency)),
            left=formatting.amount(Money(whole - parts, currency)),
        ),
        code="parts_do_not_sum",
        field="parts",
    )


def too_few_parts() -> BadInput:
    return BadInput(_("A split has two parts or more."), code="too_few_parts", field="parts")


def too_many_parts(parts_max: int) -> BadInput:
    return BadInput(
        _("A split has at most %(count)s parts.", count=parts_max),
        code="too_many_parts",
        field="parts",
    )


def part_without_amount() -> BadInput:
    return BadInput(_("Each part needs an amount."), code="part_without_amount", field="parts")


def rate_missing(currency: str, books: str) -> BadInput:
    return BadInput(
        _(
            "This line is in %(currency)s and the books are kept in %(books)s. Lines in another "
            "currency cannot be coded before there is a rate of exchange.",
            currency=currency,
            books=books,
        ),
        code="rate_missing",
    )


def transfer_to_itself() -> BadInput:
    return BadInput(_("A transfer goes to another account."), field="to_account_id")


def transfer_in_another_currency(currency: str, other: str) -> BadInput:
    return BadInput(
        _(
            "The line is in %(currency)s and that account is in another currency, %(other)s. A "
            "transfer between currencies cannot be coded before there is a rate of exchange.",
            currency=currency,
            other=other,
        ),
        code="other_currency",
        field="to_account_id",
    )


def not_the_other_leg() -> BadInput:
    return BadInput(
        _("The two lines are no transfer: they need the same amount, once out and once in."),
        code="not_the_other_leg",
        field="other_line_id",
    )


def transfer_paired_already() -> Conflict:
    return Conflict(
        _("The other side of this transfer was matched by somebody else meanwhile."),
        code="transfer_paired",
    )


def rule_needs_words() -> BadInput:
    return BadInput(_("A rule needs at least one word to look for."), field="words")


def rule_range_reversed() -> BadInput:
    return BadInput(_("The smallest amount is larger than the largest."), field="amount_min")


def still_open(count: int) -> Conflict:
    return Conflict(
        ngettext(
            "%(number)s line is not coded yet. Code it first.",
            "%(number)s lines are not coded yet. Code them first.",
            count,
        ),
        code="still_open",
    )


def conflicts_left(count: int) -> Conflict:
    return Conflict(
        ngettext(
            "%(number)s line contradicts one that came earlier. Decide about it first.",
            "%(number)s lines contradict lines that came earlier. Decide about each first.",
            count,
        ),
        code="conflicts_left",
    )


def does_not_agree(books: int, bank: int, currency: str, day: str) -> Conflict:
    return Conflict(
        _(
            "The books say %(books)s on %(day)s and the bank %(bank)s: %(difference)s apart. Find "
            "the line that is missing or twice before it goes to review.",
            books=formatting.amount(Money(books, currency)),
            bank=formatting.amount(Money(bank, currency)),
            difference=formatting.amount(Money(bank - books, currency)),
            day=day,
        ),
        code="does_not_agree",
    )


def import_state(state: str) -> str:
    """A state of an import as people say it."""
    return {
        "reading": _("being read"),
        "held": _("held back"),
        "shown": _("ready to be released"),
        "released": _("released"),
        "undone": _("undone"),
        "refused": _("refused"),
    }[state]
