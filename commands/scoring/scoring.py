"""Scoring of the book: read facts, compute, store changes, record them, and report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commands.kit.i18n import Text, _, listed, ngettext
from commands.kit.wording import words
from commands.scoring import score_words, suggesting
from risk_engine.facts.facts import Facts
from risk_engine.grading import Grade
from risk_engine.policy.policy import Policy
from risk_engine.scoring import scoring as engine
from risk_engine.scoring.events import ScoreChanged, ScoresChanged, ScoresUpdated
from risk_engine.scoring.scoring import Scores
from storage import events
from storage.database import Tx
from storage.policy import policies
from storage.scoring import due as due_customers
from storage.scoring import grade_moves, score_facts, score_writing
from storage.scoring import scores as stored_scores
from storage.scoring.due import Due
from storage.scoring.grade_moves import Cause
from storage.scoring.score_facts import links
from storage.scoring.score_facts.owned import Book
from storage.scoring.score_writing import Kept, Origin

# the number of customers named in a summary event
_NAMED = 20


@dataclass(slots=True)
class Report:
    """The result of a scoring and its changes, part by part of the book; ``stored`` is False if nothing was to be stored."""

    as_of: date
    stored: bool = True
    count: int = 0
    new: int = 0
    changed: int = 0
    moved: int = 0
    seconds: float = 0.0
    grades: Counter[Grade] = field(default_factory=Counter)
    # whether only those were scored whose facts had changed, or of whom another day made a difference
    partial: bool = False
    # whether the scores before were of an earlier day
    new_day: bool = False
    # whether a scoring with newer facts has come first, so that something was not written
    outrun: bool = False
    without_loss: int = 0
    # the reasons for figures that are not computable, with the numbers of customers
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, scores: Scores, kept: Kept | None = None) -> None:
        """Add the scores of a part of the book, and the number stored."""
        self.count += len(scores)
        counts = np.bincount(scores.grades, minlength=Grade.CRITICAL + 1)
        self.grades.update({grade: int(counts[grade]) for grade in Grade})
        without = np.isnan(scores.figures["expected_loss"])
        self.without_loss += int(without.sum())
        self.reasons.update(_reasons(scores, without))
        if kept is not None:
            self.outrun |= kept.outrun
            self.new, self.changed, self.moved = self.new + kept.new, self.changed + kept.changed, self.moved + len(kept.customers)

    def lines(self) -> list[str]:
        """Return the report in the reader's language, one sentence per line."""
        return [str(text) for text in self._texts()]

    def _texts(self) -> Iterator[Text | str]:
        if not self.count and not self.partial:
            yield _("The book is empty: there are no customers to score.")
            return
        yield self._scored().format(n=self.count, day=words.day(self.as_of), seconds=f"{self.seconds:.1f}")
        if self.count:
            said = listed(f"{words.grade(grade)} {self.grades[grade]}" for grade in sorted(Grade, reverse=True))
            yield _("Grades: {grades}.").format(grades=said)
        yield self._changes()
        yield from self._not_computable()

    def _scored(self) -> Text:
        if not self.partial:
            return ngettext(
                "Scored {n} customer as of {day} in {seconds} s.", "Scored {n} customers as of {day} in {seconds} s.", self.count
            )
        if self.new_day:
            return self._scored_by_date()
        if not self.count:
            return _("No customer's data has changed since the last scoring as of {day}.")
        return ngettext(
            "Scored {n} customer whose data has changed, as of {day} in {seconds} s; all other scores stand.",
            "Scored {n} customers whose data has changed, as of {day} in {seconds} s; all other scores stand.",
            self.count,
        )

    def _scored_by_date(self) -> Text:
        if not self.count:
            return _("All scores stand as of {day}: no data has changed, and nobody's date of next change has come.")
        return ngettext(
            "Scored {n} customer whose data has changed or whose date of next change has come, as of {day} in {seconds} s; "
            "all other scores stand.",
            "Scored {n} customers whose data has changed or whose date of next change has come, as of {day} in {seconds} s; "
            "all other scores stand.",
            self.count,
        )

    def _changes(self) -> Text:
        if not self.stored:
            return _("Nothing was stored: only today's scores are stored.")
        if not self.new and not self.changed:
            return _("No change since the last run; nothing was written.")
        return _("{new} new, {changed} changed, {grades} of them in grade.").format(new=self.new, changed=self.changed, grades=self.moved)

    def _not_computable(self) -> Iterator[Text | str]:
        """Yield the number of customers without expected loss, and the reasons, the most frequent first."""
        if not self.without_loss:
            return
        yield ngettext("{n} customer has no expected loss, because:", "{n} customers have no expected loss, because:", self.without_loss)
        for reason, customers in sorted(self.reasons.items(), key=lambda one: (-one[1], one[0]))[:_NAMED]:
            line = _("{reason}: {n}").format(reason=score_words.missing(reason), n=customers)
            yield f"  {line}"


def _reasons(scores: Scores, without: NDArray[np.bool_]) -> Counter[str]:
    """Return the reasons why these customers have no expected loss, with their numbers."""
    # over the distinct combinations of reasons, not over customers
    codes, counts = np.unique(scores.missing.codes[without], return_counts=True)
    reasons: Counter[str] = Counter()
    for code, customers in zip(codes.tolist(), counts.tolist(), strict=True):
        for reason in {score_words.undated(line) for line in scores.missing.names[code].split("\n")}:
            if reason.partition(":")[0] in {"rating", "old_rating", "letter", "rate", "facilities"}:
                reasons[reason] += customers
    return reasons


def everybody(tx: Tx, *, known_at: datetime | None = None) -> Book:
    """Return all customers, as known at a moment; None is now."""
    return score_facts.everybody(tx, at=known_at)


def due(tx: Tx, policy: Policy, *, as_of: date, whole: bool) -> Due:
    """Return the customers whose scores of a day may differ from the stored ones."""
    return due_customers.due(tx, policy, as_of=as_of, whole=whole)


def done(tx: Tx, policy: Policy, of: Due, *, as_of: date) -> None:
    """Record that these customers have been scored."""
    due_customers.done(tx, policy, of, as_of=as_of)


def look(tx: Tx, policy: Policy, *, as_of: date, known_at: datetime | None = None, book: Book | None = None) -> Facts:
    """Return the inputs of a scoring of these customers, or of everybody, as known at a moment; None is now."""
    every = score_facts.everybody(tx, at=known_at) if book is None else links.closed(tx, book, as_of, known_at)
    return score_facts.read(tx, policy, every, as_of=as_of, at=known_at)


def compute(policy: Policy, facts: Facts, book: Book | None = None) -> Scores:
    """Return the scores of these customers, or of everybody, without a database."""
    scores = engine.score(policy, facts)
    return scores if book is None or len(book) == len(scores) else scores.at(links.of_them(scores.customers, book))


def keep(
    tx: Tx, policy: Policy, scores: Scores, *, facts_at: datetime, as_of: date, by: str, at: datetime, singly: int | None = None
) -> Kept:
    """Store and record changes: each changed grade by itself if they are few, otherwise all in one event.

    No notice is about changed scores: digests tell of grades. So the notices, and all commands with them, need not be imported.

    Args:
        singly: how many changed grades may still be told by themselves; None is the policy's number.
    """
    kept = score_writing.keep(tx, scores, Origin(facts_at, as_of, policies.digest(policy), by), at=at)
    if kept.run_id is None:
        return kept
    subject = f"score {kept.run_id}"
    if 0 < len(kept.customers) <= (policy.scoring.told_singly if singly is None else singly):
        for event in _moves(tx, scores, kept, by, at):
            events.record(tx, event)
    elif len(kept.customers):
        events.record(tx, _many(kept, subject, by, at))
    if asked := [events.record(tx, one) for one in suggesting.suggestions(tx, scores, kept, by, at)]:
        # all commands come with the notices, and few runs have any
        from commands.delivery import tell_of

        tell_of(tx, asked, policy)
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
    events.record(tx, updated)
    return kept


def _moves(tx: Tx, scores: Scores, kept: Kept, by: str, at: datetime) -> Iterator[ScoreChanged]:
    """Yield one event per changed grade: both grades, and the cause."""
    pairs = {customer: [one.id for one in stored_scores.history(tx, customer, limit=2)] for customer in kept.customers.tolist()}
    causes = grade_moves.causes(tx, [(pair[1], pair[0]) for pair in pairs.values() if len(pair) == 2])
    places = np.searchsorted(scores.customers.astype(str), kept.customers.astype(str))
    for place, before, after in zip(places.tolist(), kept.before.tolist(), kept.after.tolist(), strict=True):
        customer = scores.customers[place]
        cause = causes.get(pairs[customer][0]) or Cause()
        yield ScoreChanged(subject=customer, actor=by, at=at, customer=customer, before=Grade(before), after=Grade(after), why=_why(cause))


def _why(cause: Cause) -> dict[str, Any]:
    """Return the cause as facts of an event; ``gone`` marks a cause that has ended."""
    if override := cause.began or cause.ended:
        return {"driver": "override", "value": None, "reference": str(override), **({"gone": True} if cause.ended else {})}
    if one := cause.driver or cause.gone:
        return {"driver": one.name, "value": one.value, "reference": one.reference, **({"gone": True} if cause.gone else {})}
    return {}


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
