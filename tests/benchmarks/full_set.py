"""The full set of figures for a whole book, beside the same formulas written down plainly: time and memory, in one process."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk_engine.facts.facts import Facts
from risk_engine.policy.policy import Policy
from risk_engine.scoring.scoring import Scores, score
from storage.policy import policies
from tests.benchmarks.naive_full_set import MEASURES, MOVED, MOVES, Floats, full_set
from tests.benchmarks.report import Failed, Finding, Table, last_line, ratio
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.synthetic_book import book

HEADERS = (
    *("customers", "facilities", "plain, s", "engine, s", "engine / plain", "customers a second"),
    *("engine's memory, MB", "plain's memory, MB"),
)
NOTE = """\
A random book from a seed, in memory: one and a half facilities per customer, one rating, two years of accounts, collateral for half,
readings, incidents, breaches and threats, with gaps in all of them; no schedules and no projections. The floor is
`tests/benchmarks/naive_full_set.py`: {measures} measures by the engine's formulas in NumPy and SciPy over whole columns, without
drivers, references, sources, points by figure and missing inputs; the engine's figures are checked against it.
Time is the best of {repetitions} runs in turns. Memory is the peak beyond inputs and outputs, counted by tracemalloc in a separate run."""

_AMOUNTS = ("exposure", "ead", "expected_loss", "ecl", "rwa", "rwa_standard", "due_12_months", "repayment_gap", "repayment_shortfall")
_SHARES = ("lgd", "secured_share", "repayment_cover", "bullet_share", "floating_share", "foreign_share")
_CHANGED = tuple(f"{name}.{move}" for name in MOVED if name != "grade" for move in MOVES)
# relative and absolute; the engine adds amounts up in whole hundredths and rounds what secures them down to one, and shares
# of an exposure carry that on: a hundredth of the smallest exposures is some ten thousandths of them
_EXACT = (1e-9, 1e-9)
TOLERANCES = dict.fromkeys(_AMOUNTS, (1e-9, 0.1)) | dict.fromkeys(_SHARES, (1e-5, 1e-4)) | dict.fromkeys(_CHANGED, (1e-5, 1e-3))


def run(sizes: Sizes, folder: Path) -> Finding:
    """Score every size of book, each in a process of its own."""
    rows = [_row(count, sizes.repetitions) for count in sizes.full_set]
    return Finding(NOTE.format(measures=len(MEASURES), repetitions=sizes.repetitions), [Table(HEADERS, rows)])


def _row(count: int, repetitions: int) -> list[str]:
    done = subprocess.run([sys.executable, "-m", __name__, str(count), str(repetitions)], capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"scoring {count:,} customers ended with exit code {done.returncode}: {last_line(done.stderr)}")
    found: dict[str, float] = json.loads(done.stdout)
    plain, engine = found["plain"], found["engine"]
    cells = [f"{plain:.2f}", f"{engine:.2f}", ratio(engine, plain), f"{count / engine:,.0f}"]
    return [f"{count:,}", f"{found['facilities']:,.0f}", *cells, f"{found['engine_memory']:.0f}", f"{found['plain_memory']:.0f}"]


def measured(policy: Policy, facts: Facts, repetitions: int) -> dict[str, float]:
    """Seconds and megabytes of both.

    Raises:
        Failed: they do not give the same figures.
    """
    agree(policy, facts, score(policy, facts), full_set(policy, facts))
    turns = [(_seconds(lambda: full_set(policy, facts)), _seconds(lambda: score(policy, facts))) for _turn in range(repetitions)]
    plain, engine = (min(seconds) for seconds in zip(*turns, strict=True))
    return {
        "facilities": len(facts.facilities.owner),
        "plain": plain,
        "engine": engine,
        "engine_memory": _beyond(lambda: score(policy, facts)),
        "plain_memory": _beyond(lambda: full_set(policy, facts)),
    }


# figures that follow from default, of which the plain formulas know nothing
AFTER_DEFAULT = {
    *("pd", "expected_loss", "stage", "ecl", "rwa", "rwa_standard", "category", "grade", "model_grade"),
    *(f"grade.{move}" for move in MOVES),
    *("points", "confidence", "points_lowest", "points_highest"),
}


def agree(policy: Policy, facts: Facts, scores: Scores, plain: dict[str, Floats]) -> None:
    """The engine's figures are those of the plain formulas; those after default for the customers that are plainly not in default.

    Raises:
        Failed: a figure is not; the text names it, and one customer.
    """
    figures = scores.figures | {"grade": scores.grades.astype(np.float64), "model_grade": scores.model_grades.astype(np.float64)}
    alive = plainly_alive(policy, facts, figures["defaulted_share"])
    for name in MEASURES:
        relative, absolute = TOLERANCES.get(name, _EXACT)
        wrong = ~np.isclose(figures[name], plain[name], rtol=relative, atol=absolute, equal_nan=True)
        wrong &= alive | (name not in AFTER_DEFAULT)
        if wrong.any():
            place = int(np.flatnonzero(wrong)[0])
            ours, theirs = figures[name][place], plain[name][place]
            told = f"{ours!r} and not {theirs!r} for {scores.customers[place]} and {int(wrong.sum()) - 1} others"
            raise Failed(f"the engine's {name} is {told}: it or the plain formula is wrong")


def plainly_alive(policy: Policy, facts: Facts, defaulted_share: Floats) -> NDArray[np.bool_]:
    """Flag customers without a default and with all days past due known, too few for the amount to matter."""
    lent = facts.facilities
    doubtful = ~(lent.days_past_due < policy.scoring.grades.days_past_due[1])
    alive: NDArray[np.bool_] = (defaulted_share == 0) & (np.bincount(lent.owner, doubtful, len(facts)) == 0)
    return alive


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _beyond(work: Callable[[], object]) -> float:
    """Megabytes at the peak, without what the work gives back."""
    tracemalloc.start()
    try:
        given = work()
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    arrays = {id(array): array.nbytes for array in _arrays(given)}
    return (peak - sum(arrays.values())) / 1e6


def _arrays(given: Any) -> Iterator[np.ndarray]:
    """All columns in what was given back, however deep."""
    if isinstance(given, np.ndarray):
        yield given
    elif isinstance(given, dict):
        for one in given.values():
            yield from _arrays(one)
    elif isinstance(given, tuple):
        for one in given:
            yield from _arrays(one)
    elif hasattr(given, "__dataclass_fields__"):
        for one in fields(given):
            yield from _arrays(getattr(given, one.name))


if __name__ == "__main__":
    customers, turns = map(int, sys.argv[1:])
    rules = policies.read(None)
    print(json.dumps(measured(rules, book(rules, customers), turns)))
