"""The changes of a customer in the last thirty days: grade, expected loss, and indicators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from commands.customers.customer_facts import Known
from commands.indicators import IndicatorState, trends
from commands.kit import blocks
from commands.kit.i18n import _
from commands.kit.wording import words
from commands.scoring import score_words
from storage.database import Tx
from storage.scoring import grade_moves, scores

PERIOD = timedelta(days=30)


def lines(tx: Tx, known: Known, watched: Sequence[IndicatorState], now: datetime) -> list[list[Any]]:
    """Return a line for each change, the grade first; none if nothing has changed."""
    return [*_graded(tx, known, now), *_moved(watched, now)]


def _graded(tx: Tx, known: Known, now: datetime) -> list[list[Any]]:
    score = known.score
    if score is None:
        return []
    before = scores.of(tx, [known.who.id], at=now - PERIOD).get(known.who.id)
    if before is None:
        # the customer came within the period
        first = scores.history(tx, known.who.id, at=now)[-1]
        if first.id == score.id or first.grade == score.grade:
            return [[_("scored for the first time on {day}").format(day=words.day(first.known_at.date()))]]
        before = first
    found = []
    if before.grade != score.grade:
        found += [words.grade(before.grade), " → ", blocks.bold(words.grade(score.grade)), " · "]
    if found or before.expected_loss != score.expected_loss:
        found.append(score_words.expected_loss(before.expected_loss, score.expected_loss, score.currency))
    if before.grade != score.grade and (cause := grade_moves.causes(tx, [(before.id, score.id)]).get(score.id)):
        found.append(f" · {score_words.cause(cause)}")
    return [found] if found else []


def _moved(watched: Sequence[IndicatorState], now: datetime) -> list[list[Any]]:
    """Return the indicators with a new reading in the period, those with another colour first."""
    since = (now - PERIOD).date()
    fresh = [one for one in watched if one.previous is not None and one.newest.value is not None and one.newest.as_of > since]
    moved = [one for one in fresh if one.previous is not None and one.previous.value != one.newest.value]
    moved.sort(key=lambda one: len(one.colours) > 1 and one.colours[-1] != one.colours[-2], reverse=True)
    return [[_line(one)] for one in moved]


def _line(one: IndicatorState) -> str:
    assert one.previous is not None, "it was chosen by it"
    before, after = words.reading(one.previous.value, one.kri.unit), words.reading(one.newest.value, one.kri.unit)
    return f"{words.named(one.kri.name)} {before} → {after} · {trends.last_step(one)}"
