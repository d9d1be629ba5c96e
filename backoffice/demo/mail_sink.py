"""Catches every mail of the demonstration by SMTP and shows them in a browser; one process.

python -m backoffice.demo.mail_sink FOLDER --smtp-port 2525 --web-port 8030
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from backoffice.demo.mail_page import mail_pages
from backoffice.demo.mails import catch

LOOPBACK = "127.0.0.1"
MAIL_BYTES_MAX = 20 * 1024 * 1024


@dataclass(frozen=True)
class Catcher:
    """What the SMTP server does with a mail: keeps it, and sends it nowhere."""

    folder: Path

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002 - aiosmtpd's signature
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        content = envelope.content
        catch(self.folder, content.encode() if isinstance(content, str) else content or b"")
        return "250 caught"


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its signature
        """Nothing: an address of a caught mail belongs in no log."""


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--web-port", type=int, required=True)
    parser.add_argument("--host", default="mail.localhost")
    options = parser.parse_args(arguments)
    smtp = Controller(
        Catcher(options.folder),
        hostname=LOOPBACK,
        port=options.smtp_port,
        data_size_limit=MAIL_BYTES_MAX,
    )
    smtp.start()
    pages = mail_pages(options.folder, hosts=(options.host, LOOPBACK, "localhost"))
    with make_server(
        LOOPBACK, options.web_port, pages, server_class=Server, handler_class=QuietHandler
    ) as web:
        try:
            web.serve_forever()
        finally:
            smtp.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
