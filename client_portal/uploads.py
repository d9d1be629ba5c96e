"""Sending us files: one request per file with its raw bytes, or several in a plain form.

A slow line holds no transaction open: the file is staged first, then a door is opened, the file
kept, and its row committed last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, cast
from urllib.parse import unquote
from uuid import UUID

from flask import Blueprint, g, request
from werkzeug.datastructures import FileStorage

from backoffice.firm.documents.actions import keep, note_refusal
from backoffice.firm.documents.held import ask_about_held
from backoffice.firm.documents.queries import document
from backoffice.firm.documents.refusals import larger_than, length_unknown
from backoffice.firm.documents.staging import Staged, staged
from backoffice.firm.work.queries import waiting_inputs
from backoffice.foundation.content import KINDS
from backoffice.foundation.errors import Refused
from backoffice.foundation.file_names import display_name
from backoffice.foundation.ids import new_id
from client_portal import file_words
from client_portal.file_words import FileWords
from design.frame import NOTHING, block, page, permitted, redirect_to
from design.frame.answers import is_partial

pages = Blueprint("uploads", __name__)

FILES_AT_ONCE_MAX = 50  # of the plain form; the box with bars has no such limit
NAME_BYTES_MAX = 4096


@dataclass(frozen=True, slots=True)
class Sent:
    """One file on its way in. `key` is the sender's: the same one again is the same upload."""

    stream: BinaryIO
    name: str
    key: str
    size: int | None
    expected_id: UUID | None = None


@pages.get("/upload")
@permitted("documents.send")
def show() -> Any:
    return _page(results=[])


@pages.post("/upload/file")
@permitted("documents.send", door=NOTHING, upload=True)
def take_file() -> Any:
    """One file as the body of the request; the answer is the row that says what became of it."""
    words, status = _taken(_sent_as_body())
    return _row(words), status


@pages.post("/upload")
@permitted("documents.send", door=NOTHING, upload=True)
def take_form() -> Any:
    """Several files in a form, for browsers without our script."""
    rows = [_taken(sent)[0] for sent in _sent_in_form()]
    with g.runtime.doors.acting_for(g.client_id, by=g.actor) as session:
        g.session = session
        return _page(results=rows)


@pages.get("/upload/<uuid:sent>/row")
@permitted("documents.see")
def row(sent: UUID) -> Any:
    """How the file stands by now; asked again and again while it is being read."""
    return _row(file_words.about(g.session, [document(g.session, sent)])[0])


@pages.post("/upload/<uuid:sent>/ask")
@permitted("documents.send")
def ask(sent: UUID) -> Any:
    """Send it as it is: whoever prepares the books looks at it."""
    ask_about_held(g.session, sent, by=g.actor)
    if not is_partial():
        return redirect_to("documents.show", sent=sent)
    return _row(file_words.about(g.session, [document(g.session, sent)])[0])


def _page(results: list[FileWords]) -> str:
    waiting = waiting_inputs(g.session)
    chosen = next((one for one in waiting if str(one.id) == request.args.get("for")), None)
    return page(
        "uploads/show.html",
        results=results,
        waiting=waiting,
        chosen=chosen,
        key=new_id().hex,
        bytes_max=_bytes_max(),
    )


def _row(words: FileWords) -> str:
    return block("uploads/show.html", "row", file=words)


def _taken(sent: Sent) -> tuple[FileWords, int]:
    """What became of a file and the status of the answer; a busy server is the frame's answer."""
    try:
        return _kept(sent), 200
    except Refused as refused:
        if refused.http_status >= 500:
            raise
        note_refusal(g.runtime, g.client_id, refused, by=g.actor)
        return file_words.not_kept(display_name(sent.name), refused.message), refused.http_status


def _kept(sent: Sent) -> FileWords:
    limit = _bytes_max()
    if sent.size is None:
        raise length_unknown()
    if sent.size > limit:
        raise larger_than(limit)
    with staged(sent.stream, name=sent.name, bytes_max=limit, size_expected=sent.size) as file:
        return _with_a_row(sent, file)


def _bytes_max() -> int:
    """What this installation takes, or the largest kind of file where that is less."""
    largest = max(kind.size_max for kind in KINDS.values())
    return min(g.runtime.settings.upload_bytes_max, largest)


def _with_a_row(sent: Sent, file: Staged) -> FileWords:
    with g.runtime.doors.acting_for(g.client_id, by=g.actor) as session:
        received = keep(
            session,
            g.runtime,
            file,
            by=g.actor,
            key=sent.key,
            expected_input_id=sent.expected_id,
        )
        session.flush()
        words = file_words.about(session, [received.document])[0]
        here_already = received.duplicate and words.state != "held"
        return replace(words, words=received.message) if here_already else words


def _sent_as_body() -> Sent:
    """The headers that design's upload.js sends; names are percent-encoded UTF-8."""
    told = request.headers.get("X-File-Size", type=int)
    size = request.content_length
    if size is not None and told not in (None, size):
        size = told  # the length of the body is not the file's: what arrives is not all of it
    return Sent(
        stream=cast(BinaryIO, request.stream),
        name=unquote(request.headers.get("X-File-Name", "")[:NAME_BYTES_MAX]),
        key=request.headers.get("X-File-Key", ""),
        size=size,
        expected_id=_id(unquote(request.headers.get("X-Field-Expected", ""))),
    )


def _sent_in_form() -> Iterator[Sent]:
    key, expected_id = request.form.get("key", ""), _id(request.form.get("expected", ""))
    for number, file in enumerate(_files()[:FILES_AT_ONCE_MAX]):
        yield Sent(
            stream=file.stream,  # type: ignore[arg-type]
            name=file.filename or "",
            key=f"{key}-{number}" if key else "",
            size=_size_of(file),
            expected_id=expected_id,
        )


def _files() -> list[FileStorage]:
    return [file for file in request.files.getlist("files") if file.filename]


def _size_of(file: FileStorage) -> int:
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    return size


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
