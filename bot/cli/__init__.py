"""The command line: one module per command. Exit codes: 0 done, 1 refused (bad input, reported on stderr), 2 usage."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.cli.printing import print_in_any_encoding

if TYPE_CHECKING:
    from bot.settings import Settings

    Run = Callable[[argparse.Namespace, Settings], int]

# the module of each command, which has ``add_COMMAND(parser)``, and its line of help, in the order in which help lists them
COMMANDS = {
    "run": ("running", "run the bot (Socket Mode if SLACK_APP_TOKEN is set, else HTTP on PORT)"),
    "migrate": ("running", "bring the database's tables up to date"),
    "import": ("importing", "import a file of customers, facilities or other facts (import --help lists the kinds)"),
    "export": ("exporting", "export the facts of a kind, to a file that import can read, or the scores"),
    "score": ("scoring", "score the book: PD, EAD, expected loss and grade of every customer"),
    "validate": ("validating", "compare the scores of a past day with later outcomes"),
    "calibrate": ("calibrating", "fit the line from points to PDs to the outcomes, and test it"),
    "data": ("quality", "list missing, stale, contradictory or implausible data"),
    "digest": ("digesting", "print a digest, or send it to its channel"),
    "outbox": ("outbox", "list undelivered messages; send them again"),
    "audit": ("auditing", "verify, export and anchor the audit trail; erase a customer's data in it"),
    "backup": ("keeping", "copy the SQLite database while the bot runs, and verify the copy"),
    "restore": ("keeping", "replace the SQLite database by a verified backup; stop the bot first"),
    "demo": ("demonstrating", "load the sample book of invented borrowers"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    print_in_any_encoding()
    parsed = _parser(sys.argv[1:] if arguments is None else arguments).parse_args(arguments)
    try:
        return _run(parsed)
    except BrokenPipeError:
        # the reader has closed the pipe, as head does; discard further output
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("Stopped; nothing more was changed.", file=sys.stderr)
    except Exception as error:  # every failure is told on stderr, one of ours with its traceback
        _tell(error)
    return 1


def _run(parsed: argparse.Namespace) -> int:
    from bot import settings
    from bot.cli.texts import check_texts

    check_texts(parsed)
    run: Run = parsed.run
    return run(parsed, settings.load())


def _tell(error: Exception) -> None:
    """Print the sentence of a refusal, or a fault in full, without passwords."""
    from bot.logs import redact
    from storage.faults import Busy, Unwell

    if isinstance(error, _refusals()):
        print(redact(str(error)), file=sys.stderr)
    elif isinstance(error, Busy):
        state = error if isinstance(error, Unwell) else f"the database is busy ({error})"
        print(redact(f"Nothing was changed: {state}. Try again."), file=sys.stderr)
    else:  # an unexpected fault: Python would print the passwords of its messages with it
        print(redact("".join(traceback.format_exception(error))), end="", file=sys.stderr)


def _refusals() -> tuple[type[Exception], ...]:
    """Return the types of refusals; their modules are not needed before one is raised."""
    from bot.settings import SettingsError
    from commands.audit.verification.auditing import AuditRefused
    from commands.data.exporting import ExportRefused
    from commands.data.importing import ImportRefused
    from commands.validation.validating import ValidationRefused
    from storage.policy.policies import PolicyError

    return (SettingsError, PolicyError, ImportRefused, ExportRefused, ValidationRefused, AuditRefused)


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser of every command by its name; only that of the named one is complete, since it needs its module."""
    parser = argparse.ArgumentParser(prog="python -m bot", description="Riskbot: customer risk management in Slack.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (module, said) in COMMANDS.items():
        one = commands.add_parser(name, help=said)
        if name == next(iter(arguments), None):
            getattr(_imported(module), f"add_{name}")(one)
    return parser


def _imported(module: str) -> object:
    """Return a command's module. Nothing of an import is garbage, and a fifth of its time would go into looking for some."""
    gc.disable()
    try:
        return importlib.import_module(f"bot.cli.{module}")
    finally:
        gc.enable()
