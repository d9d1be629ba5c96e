"""The `backoffice` command: one file per noun, imported only when that noun is asked for.

Exit status: 0 done; 1 refused, with `{"error": {code, message, file, line, column}}` on stdout
under `--json` and the message on stderr otherwise; 2 not a command. `--json` may stand anywhere:
then stdout holds one object and nothing else, and everything else goes to stderr.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Sequence

import click

from backoffice.command_line.answers import error, speak_json
from backoffice.foundation.errors import Refused
from backoffice.foundation.language import _

DONE, REFUSED, NOT_A_COMMAND, INTERRUPTED = 0, 1, 2, 130


def nouns() -> dict[str, str]:
    """Each noun's line in --help; its command is `command` in the module of that name."""
    return {
        "demo": _("Start everything and play the demo firm's month."),
        "staff": _("The firm's staff: invite the first colleague."),
        "client": _("The firm's clients: add one, list them."),
        "statement": _("Bank statements: read a file, import it for a client."),
        "ledger": _("A client's books: the trial balance."),
        "check": _("Verify what must always hold, for every client."),
        "worker": _("Do the work in the background until stopped."),
        "migrate": _("Bring the database up to this release."),
    }


class Nouns(click.Group):
    """A group that knows its commands' names and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's signature
        return list(nouns())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in nouns():
            return None
        module = importlib.import_module(f"{__name__}.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section(_("Commands")):
            formatter.write_dl(list(nouns().items()))


@click.command(
    cls=Nouns,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="--json, anywhere: print one JSON object and nothing else on stdout.",
)
def backoffice() -> None:
    """The system on which outsourced back offices run."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    end = words.index("--") if "--" in words else len(words)
    options, rest = words[:end], words[end:]  # what follows "--" is never an option
    speak_json("--json" in options)
    sys.exit(run([word for word in options if word != "--json"] + rest))


def run(words: list[str]) -> int:
    """The exit status of one command; whatever it refuses has been said."""
    try:
        status = backoffice.main(words, prog_name="backoffice", standalone_mode=False)
    except click.UsageError as usage:
        usage.show()
        return NOT_A_COMMAND
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Refused as refused:
        error(refused.as_json())
        return REFUSED
    except Exception as unexpected:
        return report_unexpected(unexpected)
    return status if isinstance(status, int) else DONE


def report_unexpected(unexpected: Exception) -> int:
    """Settings that cannot be used are the operator's to mend; all else is ours, with its trace."""
    from config.settings import SettingsUnusable  # only now: --help does without it

    code, message = "settings_unusable", str(unexpected)
    if not isinstance(unexpected, SettingsUnusable):
        traceback.print_exception(unexpected, file=sys.stderr)
        code, message = "unexpected", _("Something went wrong that should not; see the log.")
    error(Refused(message, code=code).as_json())
    return REFUSED
