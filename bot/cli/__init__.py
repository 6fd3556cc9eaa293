"""The command line: one module per command. Exit codes: 0 done, 1 refused (bad input, reported on stderr), 2 usage."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence

from bot import settings
from bot.cli import auditing, demonstrating, digesting, exporting, importing, keeping, outbox, quality, running, scoring, validating
from bot.cli.common import check_texts
from bot.logs import redact
from bot.settings import Settings, SettingsError
from commands.audit.auditing import AuditRefused
from commands.data.exporting import ExportRefused
from commands.data.importing import ImportRefused
from commands.validation.validating import ValidationRefused
from storage.database import Busy
from storage.faults import Unwell
from storage.policy import policies

Run = Callable[[argparse.Namespace, Settings], int]

# each has ``add(commands)``, which adds its parsers; help lists them in this order
_TOPICS = (running, importing, exporting, scoring, validating, quality, digesting, outbox, auditing, keeping, demonstrating)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code."""
    parsed = _parser().parse_args(arguments)
    run: Run = parsed.run
    try:
        check_texts(parsed)
        return run(parsed, settings.load())
    except (SettingsError, policies.PolicyError, ImportRefused, ExportRefused, ValidationRefused, AuditRefused) as error:
        print(redact(str(error)), file=sys.stderr)
    except Busy as error:
        state = error if isinstance(error, Unwell) else f"the database is busy ({error})"
        print(redact(f"Nothing was changed: {state}. Try again."), file=sys.stderr)
    except BrokenPipeError:
        # the reader has closed the pipe, as head does; discard further output
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("Stopped; nothing more was changed.", file=sys.stderr)
    except Exception:  # an unexpected fault: Python would print the passwords of its messages with it
        print(redact(traceback.format_exc()), end="", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Riskbot: customer risk management in Slack.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for topic in _TOPICS:
        topic.add(commands)
    return parser
