"""Refusals: what the system will not do, said in a sentence a person can act on.

A refusal is raised wherever it is noticed and shown as it is: by one handler in each web app,
and as a JSON object by the command line. Its message is already in the reader's language.
"""

from __future__ import annotations

from typing import ClassVar, Self


class Refused(Exception):
    """The request cannot be done as asked; `message` says why and what to do instead.

    `code` is stable and meant for programs. `file`, `line` and `column` (both counted from 1)
    say where in an uploaded file, `field` which field of a form.
    """

    code: str = "refused"
    http_status: ClassVar[int] = 422

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        self.file = file
        self.line = line
        self.column = column
        self.field = field

    def at(
        self,
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        field: str | None = None,
    ) -> Self:
        """Say where it happened, for a caller that knows more: `raise refused.at(line=7)`.

        A place that is already known stays, because the inner caller knew it better.
        """
        self.file = file if self.file is None else self.file
        self.line = line if self.line is None else self.line
        self.column = column if self.column is None else self.column
        self.field = field if self.field is None else self.field
        return self

    def as_json(self) -> dict[str, str | int | None]:
        """The object that the command line prints under "error"."""
        return {
            "code": self.code,
            "message": self.message,
            "file": self.file,
            "line": self.line,
            "column": self.column,
        }


class NotFound(Refused):
    """There is no such thing, or it is another client's: the two are never told apart."""

    code = "not_found"
    http_status = 404


class NotPermitted(Refused):
    """The person is known, and may not do this."""

    code = "not_permitted"
    http_status = 403


class Conflict(Refused):
    """Somebody else was first, or the state has moved on since the page was drawn."""

    code = "conflict"
    http_status = 409


class BadInput(Refused):
    """What was typed, sent or uploaded cannot be read."""

    code = "bad_input"


class TooLarge(Refused):
    """A limit is exceeded; the message names the limit."""

    code = "too_large"
    http_status = 413


class IntegrityFailure(Exception):
    """Stored bytes are not what this system stored there: damaged, swapped or forged.

    Not a refusal. Nobody typed anything wrong, so it is never shown as it is: work on the item
    stops, and the operator is alerted.
    """
