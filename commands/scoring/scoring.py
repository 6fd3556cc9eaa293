"""Scoring of the book: read facts, compute, store changes, record them, and report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np

from commands.delivery import record
from commands.kit.i18n import Text, _, listed, ngettext
from commands.kit.wording import words
from commands.scoring import score_words
from risk_engine.facts.facts import Facts
from risk_engine.grading import Grade
from risk_engine.policy.policy import Policy
from risk_engine.references import OverrideId
from risk_engine.scoring import scoring as engine
from risk_engine.scoring.events import ScoreChanged, ScoresChanged, ScoresUpdated
from risk_engine.scoring.scoring import Scores
from storage.database import Tx
from storage.policy import policies
from storage.scoring import score_facts, score_writing
from storage.scoring.score_writing import Kept, Origin

# the number of customers named in a summary event
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a scoring and its changes; ``kept`` is None if nothing was to be stored."""

    as_of: date
    scores: Scores
    kept: Kept | None
    seconds: float = 0.0

    def lines(self) -> list[str]:
        """Return the report in the reader's language, one sentence per line."""
        return [str(text) for text in self._texts()]

    def _texts(self) -> Iterator[Text | str]:
        count = len(self.scores.customers)
        if not count:
            yield _("The book is empty: there are no customers to score.")
            return
        told = ngettext("Scored {n} customer as of {day} in {seconds} s.", "Scored {n} customers as of {day} in {seconds} s.", count)
        yield told.format(day=words.day(self.as_of), seconds=f"{self.seconds:.1f}")
        yield _("Grades: {grades}.").format(grades=_grades(self.scores))
        yield from self._changes()
        yield from _not_computable(self.scores)

    def _changes(self) -> Iterator[Text]:
        if self.kept is None:
            yield _("Nothing was stored: only today's scores are stored.")
        elif self.kept.run_id is None:
            yield _("No change since the last run; nothing was written.")
        else:
            yield _("{new} new, {changed} changed, {grades} of them in grade.").format(
                new=self.kept.new, changed=self.kept.changed, grades=len(self.kept.customers)
            )


def _grades(scores: Scores) -> str:
    counts = np.bincount(scores.grades, minlength=Grade.CRITICAL + 1)
    return listed(f"{words.grade(grade)} {counts[grade]}" for grade in sorted(Grade, reverse=True))


def _not_computable(scores: Scores) -> Iterator[Text | str]:
    """Yield the number of customers without expected loss, and the reasons, the most frequent first."""
    without = np.isnan(scores.figures["expected_loss"])
    if not without.any():
        return
    count = int(without.sum())
    yield ngettext("{n} customer has no expected loss, because:", "{n} customers have no expected loss, because:", count)
    # over the distinct combinations of reasons, not over customers
    codes, counts = np.unique(scores.missing.codes[without], return_counts=True)
    reasons: Counter[str] = Counter()
    for code, customers in zip(codes.tolist(), counts.tolist(), strict=True):
        for reason in {score_words.undated(line) for line in scores.missing.names[code].split("\n")}:
            if reason.partition(":")[0] in {"rating", "old_rating", "letter", "rate", "facilities"}:
                reasons[reason] += customers
    for reason, customers in reasons.most_common(_NAMED):
        line = _("{reason}: {n}").format(reason=score_words.missing(reason), n=customers)
        yield f"  {line}"


def look(tx: Tx, policy: Policy, *, as_of: date, known_at: datetime | None = None) -> Facts:
    """Return the inputs of a scoring, as known at a moment; None is now."""
    return score_facts.read(tx, policy, as_of=as_of, at=known_at)


def compute(policy: Policy, facts: Facts) -> Scores:
    """Return everybody's scores, without a database."""
    return engine.score(policy, facts)


def keep(tx: Tx, policy: Policy, scores: Scores, *, facts_at: datetime, as_of: date, by: str, at: datetime) -> Kept:
    """Store and record changes: each changed grade by itself if they are few, otherwise all in one event."""
    kept = score_writing.keep(tx, scores, Origin(facts_at, as_of, policies.digest(policy), by), at=at)
    if kept.run_id is None:
        return kept
    subject = f"score {kept.run_id}"
    if 0 < len(kept.customers) <= policy.scoring.told_singly:
        for event in _moves(scores, kept, by, at):
            record(tx, event, policy)
    elif len(kept.customers):
        record(tx, _many(kept, subject, by, at), policy)
    updated = ScoresUpdated(
        subject=subject,
        actor=by,
        at=at,
        scored=kept.scored,
        new=kept.new,
        changed=kept.changed,
        grades=len(kept.customers),
        as_of=as_of,
    )
    record(tx, updated, policy)
    return kept


def _moves(scores: Scores, kept: Kept, by: str, at: datetime) -> Iterator[ScoreChanged]:
    """Yield one event per changed grade: both grades, and the driver."""
    places = np.searchsorted(scores.customers.astype(str), kept.customers.astype(str))
    for place, before, after in zip(places.tolist(), kept.before.tolist(), kept.after.tolist(), strict=True):
        customer = scores.customers[place]
        yield ScoreChanged(
            subject=customer, actor=by, at=at, customer=customer, before=Grade(before), after=Grade(after), why=_why(scores, place)
        )


def _why(scores: Scores, place: int) -> dict[str, Any]:
    if scores.grades[place] != scores.model_grades[place]:
        return {"driver": "override", "value": None, "reference": str(OverrideId(scores.sources["override"][place]))}
    worst = max(scores.drivers, key=lambda driver: int(driver.grades[place]))
    value = float(worst.values[place])
    return {"driver": worst.name, "value": None if np.isnan(value) else value, "reference": worst.reference(place)}


def _many(kept: Kept, subject: str, by: str, at: datetime) -> ScoresChanged:
    """Return the numbers of grades that worsened and improved, and the largest deteriorations."""
    step = kept.after - kept.before
    worst = np.argsort(-step, kind="stable")[:_NAMED]
    named = [
        {"customer": kept.customers[place], "from": _name(int(kept.before[place])), "to": _name(int(kept.after[place]))}
        for place in worst.tolist()
    ]
    worse, better = int((step > 0).sum()), int((step < 0).sum())
    return ScoresChanged(subject=subject, actor=by, at=at, worse=worse, better=better, first=named)


def _name(grade: int) -> str:
    return Grade(grade).name.lower()
