"""The demonstration's mails: caught by SMTP, shown as text, never run, never another site's."""

from __future__ import annotations

import smtplib
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest

from backoffice.demo import mails
from backoffice.foundation.embedded.engines import free_loopback_port
from backoffice.foundation.processes import answers_at, supervised


@dataclass(frozen=True)
class Sink:
    folder: Path
    smtp_port: int
    web_port: int

    def send(self, mail: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port) as connection:
            connection.send_message(mail)

    def get(self, path: str, *, host: str = "mail.localhost") -> tuple[int, str]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.web_port}{path}")
        request.add_header("Host", f"{host}:{self.web_port}")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sink]:
    folder = tmp_path_factory.mktemp("sink")
    made = Sink(folder / "mails", free_loopback_port(), free_loopback_port())
    command = [sys.executable, "-m", "backoffice.demo.mail_sink", str(made.folder)]
    command += ["--smtp-port", str(made.smtp_port), "--web-port", str(made.web_port)]
    with supervised(logs=folder / "log") as processes:
        ready = answers_at("127.0.0.1", made.web_port, host="mail.localhost")
        processes.start("mail", command, is_ready=ready)
        yield made


def a_mail(subject: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Harbour Lane <office@harbour.example>"
    mail["To"] = "owner@acorn.example"
    mail["Subject"] = subject
    mail.set_content(text)
    return mail


def test_a_mail_that_is_sent_is_listed_newest_first_and_can_be_read(sink: Sink) -> None:
    sink.send(a_mail("Your first code", "123456"))
    later = a_mail("Your invitation", "Open https://portal.localhost/in?a=1&b=2. Thank you – bye")
    later.add_attachment(b"x", maintype="text", subtype="csv", filename="lines.csv")
    sink.send(later)
    status, listed = sink.get("/")
    assert status == 200
    assert listed.index("Your invitation") < listed.index("Your first code")
    newest = next(mails.caught(sink.folder))
    assert newest.recipients == "owner@acorn.example"
    _status, shown = sink.get(f"/{newest.name}")
    link = "https://portal.localhost/in?a=1&amp;b=2"
    assert f'<a href="{link}">{link}</a>. Thank you – bye' in shown
    assert "lines.csv" in shown


def test_nothing_of_a_mail_is_run(sink: Sink) -> None:
    evil = a_mail("<script>alert(1)</script>", 'https://x.example/"><script>alert(2)</script>')
    sink.send(evil)
    newest = next(mails.caught(sink.folder))
    for path in ("/", f"/{newest.name}"):
        _status, shown = sink.get(path)
        assert "<script" not in shown
        assert "&lt;script&gt;alert(1)" in shown


def test_a_mail_of_markup_alone_is_shown_as_its_words(sink: Sink) -> None:
    mail = a_mail("Marked up", "")
    mail.set_content("<style>p{}</style><p>Hello <b>Acorn</b></p>", subtype="html")
    sink.send(mail)
    assert next(mails.caught(sink.folder)).text == "Hello Acorn"


def test_another_host_name_is_refused(sink: Sink) -> None:
    assert sink.get("/", host="evil.example")[0] == 421
    assert sink.get("/", host="127.0.0.1")[0] == 200


def test_a_name_from_outside_is_no_path(sink: Sink) -> None:
    (sink.folder.parent / "secret.eml").write_text("Subject: secret\n\nsecret")
    assert sink.get("/../secret")[0] == 404
    assert sink.get("/%2e%2e%2fsecret")[0] == 404


def test_only_the_newest_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mails, "MAILS_KEPT", 2)
    for number in range(4):
        mails.catch(tmp_path, bytes(a_mail(f"Mail {number}", "text")))
    assert [mail.subject for mail in mails.caught(tmp_path)] == ["Mail 3", "Mail 2"]
    assert all(file.stat().st_mode & 0o077 == 0 for file in mails.files(tmp_path))
