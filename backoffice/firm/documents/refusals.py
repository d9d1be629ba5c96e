"""What receiving a file is refused for."""

from __future__ import annotations

from backoffice.foundation import formatting
from backoffice.foundation.errors import BadInput, Conflict, TooLarge
from backoffice.foundation.language import _


def quota_used_up(bytes_left: int) -> TooLarge:
    return TooLarge(
        _(
            "There is room for %(left)s more, and this file is larger. "
            "Ask us for more room, or send what is needed first.",
            left=formatting.file_size(bytes_left),
        ),
        code="quota_used_up",
    )


def key_used_for_another() -> Conflict:
    return Conflict(
        _("This upload was finished with another file. Choose the file again, please."),
        code="key_used",
    )


def key_unusable() -> BadInput:
    return BadInput(_("The upload has no key to be known by. Load the page again, please."))


def larger_than(bytes_max: int) -> TooLarge:
    limit = formatting.file_size(bytes_max)
    return TooLarge(_("The file is larger than %(limit)s, the most that is accepted.", limit=limit))


def cut_short(size: int, expected: int) -> BadInput:
    return BadInput(
        _(
            "Only %(size)s of %(expected)s arrived, so nothing was kept. Please send it again.",
            size=formatting.file_size(size),
            expected=formatting.file_size(expected),
        ),
        code="upload_incomplete",
    )


def not_held() -> Conflict:
    return Conflict(
        _("This file is not held back any more. Load the page again to see it."), code="moved_on"
    )


def its_line_decides() -> Conflict:
    return Conflict(
        _("This file was read as a bank statement. Decide about it on the page of its import."),
        code="line_decides",
    )


def say_why() -> BadInput:
    return BadInput(_("Say in a few words why, for whoever sent it."), field="reason")


def length_unknown() -> BadInput:
    return BadInput(
        _("The upload does not say how long it is. Send the file again, please."),
        code="length_unknown",
    )
