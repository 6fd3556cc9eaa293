"""``python -m tests.benchmarks [MEASURE …] [--long] [--write]``: what the product costs beside the least that could do the job."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from commands.data.importing import ImportRefused
from tests.benchmarks import answering, full_set, importing, machine, memory, questions, report, scored_books, starting
from tests.benchmarks.report import Failed, Finding
from tests.benchmarks.sizes import LONG, USUAL, Sizes

MEASURES: dict[str, Callable[[Sizes, Path], Finding]] = {
    "starting": starting.run,
    "memory": memory.run,
    "answering": answering.run,
    "importing": importing.run,
    "questions": questions.run,
    "full_set": full_set.run,
    "scoring": scored_books.run,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and if asked write; returns the exit code. The document changes only when all went well."""
    options = _options(arguments)
    names: list[str] = options.measures or list(MEASURES)
    sizes = LONG if options.long else USUAL
    where = machine.described()
    try:
        if options.write:
            report.check_document(names)
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            findings = {name: _measured(name, sizes, Path(folder)) for name in names}
        if options.write:
            report.write(findings, where)
            print(f"\nWritten to {report.DOCUMENT}.")
    except (Failed, ImportRefused) as failure:
        print(f"Nothing was written: {failure}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; nothing was written.", file=sys.stderr)
        return 1
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    about = "What the product costs, beside the least that could do the job."
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=about)
    known = ", ".join(MEASURES)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=f"one or more of {known}; all of them if none is named")
    parser.add_argument("--long", action="store_true", help="many more rounds, and a million rows")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {report.DOCUMENT}")
    options = parser.parse_args(arguments)
    for name in options.measures:
        if name not in MEASURES:
            parser.error(f"MEASURE is {name!r}: expected one or more of {known}")
    return options


def _measured(name: str, sizes: Sizes, folder: Path) -> Finding:
    began = time.monotonic()
    finding = MEASURES[name](sizes, folder)
    print(f"\n== {name} ({time.monotonic() - began:.0f} s) ==\n{finding.text('simple')}", flush=True)
    return finding


if __name__ == "__main__":
    sys.exit(main())
