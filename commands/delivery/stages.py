"""The stages from an event to its deliveries: each decides about every notice with a reason code, without input or output.

``decide`` is the pipeline after ``route``. A stage sees only the notices passed by the stages before it; silences and
inhibition will be stages of this form.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from commands.kit.contract import Many, Notice, To
from risk_engine.policy.policy import Policy
from storage.delivery.deliveries import Decision, Operation
from storage.events import Recorded

NOBODY = To("", "the event concerns nobody whom this notice could tell")


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice on its way to one audience.

    Attributes:
        events: the numbers of its events; empty for an answer.
        history: whether the events were entered as history.
        many: the grouping with others; None if it is always sent alone.
        dedup: a key that is delivered only once, ever.
    """

    notice: str
    to: To
    facts: Mapping[str, Any]
    thread: str
    at: datetime
    events: tuple[int, ...] = ()
    kind: str | None = None
    history: bool = False
    many: Many | None = None
    dedup: str | None = None
    expires_at: datetime | None = None

    @property
    def crowd(self) -> tuple[Many, str] | None:
        """Return the group notice and its audience; None for the update of a message, which is silent."""
        return None if self.many is None or self.to.operation is Operation.UPDATE else (self.many, self.to.audience)

    @property
    def sameness(self) -> object:
        """Return a key that is equal for drafts with equal contents and recipients."""
        return self.dedup or (self.notice, self.to.audience, self.to.operation, self.thread, self.events)


@dataclass(frozen=True, slots=True)
class Decided:
    """A draft, and the decision about it; None while it is pending."""

    draft: Draft
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """The inputs of stages besides the drafts: the policy, and the keys delivered before."""

    policy: Policy
    delivered: Collection[str] = field(default_factory=frozenset)


def decide(drafts: Sequence[Decided], known: Known) -> list[Decided]:
    """Decide about every draft made by ``route``."""
    return deliver(deduplicate(group(mute(drafts, known), known), known), known)


def route(event: Recorded, addressed: Sequence[tuple[Notice, Sequence[To]]], *, history: bool = False) -> list[Decided]:
    """Draft every notice of an event, once for each audience; a notice without an audience ends here."""
    told = {"subject": event.subject, "actor": event.actor, "at": event.at.isoformat(), "kind_of_event": event.kind}
    facts = {**(event.facts or {}), **told}
    drafts = [
        Draft(notice.name, to, facts, event.subject, event.at, (event.id,), event.kind, history, notice.many)
        for notice, audiences in addressed
        for to in audiences or [NOBODY]
    ]
    return [Decided(draft, Decision.NOBODY if draft.to is NOBODY else None) for draft in drafts]


def mute(drafts: Sequence[Decided], known: Known) -> list[Decided]:
    """Stop notices about history."""
    return _each(drafts, lambda draft: Decision.HISTORY if draft.history else None)


def group(drafts: Sequence[Decided], known: Known) -> list[Decided]:
    """Stop notices to an audience about more events at once than the policy allows, and draft one notice instead."""
    crowds: dict[tuple[Many, str], list[Draft]] = defaultdict(list)
    for each in drafts:
        if each.decision is None and each.draft.crowd:
            crowds[each.draft.crowd].append(each.draft)
    over = {key: crowd for key, crowd in crowds.items() if len({draft.events for draft in crowd}) > key[0].over(known.policy)}
    alone = _each(drafts, lambda draft: Decision.GROUPED if draft.crowd in over else None)
    return [*alone, *(Decided(_of_many(crowd, *key)) for key, crowd in over.items())]


def _of_many(crowd: Sequence[Draft], many: Many, audience: str) -> Draft:
    """Return one notice in place of many, with the subjects of each kind of event in order."""
    # dicts for their order without repetition
    found: dict[str, dict[str, None]] = {}
    for draft in crowd:
        found.setdefault(str(draft.kind), {})[draft.thread] = None
    subjects = {kind: list(of_its_kind) for kind, of_its_kind in found.items()}
    at, thread = crowd[-1].at, f"{crowd[0].thread}…{crowd[-1].thread}"
    events = tuple(sorted({number for draft in crowd for number in draft.events}))
    return Draft(many.notice, To(audience, many.reason), {"subjects": subjects, "at": at.isoformat()}, thread, at, events)


def deduplicate(drafts: Sequence[Decided], known: Known) -> list[Decided]:
    """Stop notices delivered before, and the second of two equal drafts."""
    told: set[object] = set(known.delivered)

    def repeats(draft: Draft) -> Decision | None:
        before = len(told)
        told.add(draft.sameness)
        return Decision.TOLD_BEFORE if len(told) == before else None

    return _each(drafts, repeats)


def deliver(drafts: Sequence[Decided], known: Known) -> list[Decided]:
    """Pass the remaining notices."""
    return _each(drafts, lambda draft: Decision.DELIVERED)


def _each(drafts: Sequence[Decided], stage: Callable[[Draft], Decision | None]) -> list[Decided]:
    """Return the drafts with a stage's decisions about pending ones."""
    return [each if each.decision else Decided(each.draft, stage(each.draft)) for each in drafts]
