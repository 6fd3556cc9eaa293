"""The sample's register, entered through the functions of people's requests: logged, proposed, decided, acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from commands.approvals import open_request
from commands.delivery import record
from commands.register import settle
from risk_engine.approvals import approval
from risk_engine.approvals.approval import Approval
from risk_engine.approvals.ballot import Choice, Voter
from risk_engine.classification import judgement
from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.events import Event
from risk_engine.grading import Grade
from risk_engine.indicators import breach
from risk_engine.indicators.breach import BreachState
from risk_engine.policy.policy import Policy
from risk_engine.references import JudgementId, OverrideId, ResponseId, RiskId
from risk_engine.register import register, response
from risk_engine.register.assessment import Assessment, Category, RiskKind
from risk_engine.register.response import Strategy
from risk_engine.scoring import override
from storage.approvals import approvals
from storage.classification import judgements
from storage.customers import customers
from storage.data.sample_book import loaded
from storage.data.sample_book.register import Acknowledged, Decision, Entry, Ruling, Treatment, rulings
from storage.data.sample_book.register import register as written
from storage.database import Tx
from storage.indicators import breaches
from storage.register import responses, risks
from storage.scoring import overrides

# the sample records outcomes; the votes behind them are filled in
_CHOICES = {"approved": Choice.APPROVE, "rejected": Choice.REJECT, "returned": Choice.RETURN}

SOURCE = "sample book"


@dataclass(frozen=True, slots=True)
class _Stage:
    """The context of an act: ``done`` names the results of earlier acts."""

    tx: Tx
    policy: Policy
    done: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Act:
    """An act of a person; ``play`` returns its result, or None without anything to act on."""

    at: datetime
    key: str
    play: Callable[[_Stage, str, datetime], str | None]


def enter(tx: Tx, policy: Policy, *, now: datetime, until: datetime) -> int:
    """Perform the sample's acts up to a moment that are not done yet; return their number.

    Past acts send no notices; a pending request is posted, so that it can be decided.

    Args:
        now: the moment from which the sample's days are counted back.
    """
    stage = _Stage(tx, policy, loaded.acts(tx))
    count = 0
    for act in sorted(_acts(now), key=lambda act: act.at):
        if act.at <= until and act.key not in stage.done and (made := act.play(stage, f"{loaded.ACT}{act.key}", act.at)):
            stage.done[act.key] = made
            count += 1
    return count


def _acts(now: datetime) -> Iterator[_Act]:
    entries, taken = written()
    for entry in entries:
        yield _Act(_ago(now, entry.day), entry.key, partial(_log, entry))
        for one in entry.responses:
            yield _Act(_ago(now, one.proposed), one.key, partial(_propose, entry, one, _ago(now, one.due).date()))
            if one.decided:
                yield _Act(_ago(now, one.decided.day), f"{one.key} decided", partial(_decide, one, one.decided))
    for ruling in rulings():
        yield _Act(_ago(now, ruling.proposed), ruling.key, partial(_ask, ruling, now))
        yield _Act(_ago(now, ruling.decided.day), f"{ruling.key} decided", partial(_rule, ruling))
    for taking in taken:
        yield _Act(_ago(now, taking.day), taking.key, partial(_acknowledge, taking))


def _ago(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)


def _log(entry: Entry, stage: _Stage, key: str, at: datetime) -> str | None:
    who = customers.get(stage.tx, entry.customer)
    if who is None:
        return None
    risk, logged = register.log(
        risks.next_id(stage.tx),
        customer=who.id,
        kind=RiskKind(entry.kind),
        category=Category(entry.category),
        title=entry.title,
        assessment=Assessment(entry.likelihood, entry.severity, entry.scope),
        matrix=stage.policy.matrix,
        by=entry.by,
        at=at,
        owner=entry.owner,
        department=who.department,
        source=SOURCE,
        rules=stage.policy.risks,
    )
    risks.add(stage.tx, risk)
    return _kept(stage, logged, key)


def _propose(entry: Entry, one: Treatment, due: date, stage: _Stage, key: str, at: datetime) -> str | None:
    risk = risks.get(stage.tx, RiskId.parse(stage.done[entry.key])) if entry.key in stage.done else None
    if risk is None or not risk.open:
        return None
    proposed, happened = response.propose(
        responses.next_id(stage.tx),
        risk=risk,
        strategy=Strategy(one.strategy),
        measure=one.measure,
        due=due,
        by=entry.by,
        at=at,
        today=at.date(),
        owner=one.owner,
    )
    responses.add(stage.tx, proposed)
    made = _kept(stage, happened, key)
    _asked, requested = open_request(proposed.id, risk.customer, one.measure, stage.policy, by=entry.by, at=at, tx=stage.tx)
    record(stage.tx, requested, stage.policy, tell=one.decided is None)
    return made


def _decide(one: Treatment, decision: Decision, stage: _Stage, key: str, at: datetime) -> str | None:
    if one.key not in stage.done:
        return None
    id = ResponseId.parse(stage.done[one.key])
    asked, treated = approvals.of_subject(stage.tx, id), responses.get(stage.tx, id)
    if asked is None or treated is None or asked.verdict is not None:
        return None
    asked, made = _voted(asked, decision, stage, key, at)
    if asked.verdict is not None:
        settle(stage.tx, id, asked.verdict)
    return made


def _ask(one: Ruling, now: datetime, stage: _Stage, key: str, at: datetime) -> str | None:
    if customers.get(stage.tx, one.customer) is None:
        return None
    id, happened = _overridden(one, now, stage, at) if one.grade else _judged(one, stage, at)
    made = _kept(stage, happened, key)
    _asked, requested = open_request(id, one.customer, one.reason, stage.policy, by=one.by, at=at, tx=stage.tx)
    record(stage.tx, requested, stage.policy, tell=False)
    return made


def _judged(one: Ruling, stage: _Stage, at: datetime) -> tuple[JudgementId, Event]:
    proposed, happened = judgement.propose(
        judgements.next_id(stage.tx),
        customer=one.customer,
        kind=JudgementKind.UNLIKELY_TO_PAY,
        since=None,
        until=None,
        reason=one.reason,
        standing=None,
        policy=stage.policy.default,
        by=one.by,
        at=at,
        today=at.date(),
    )
    judgements.add(stage.tx, proposed)
    return proposed.id, happened


def _overridden(one: Ruling, now: datetime, stage: _Stage, at: datetime) -> tuple[OverrideId, Event]:
    proposed, happened = override.propose(
        overrides.next_id(stage.tx),
        customer=one.customer,
        grade=Grade[str(one.grade).upper()],
        model=Grade[str(one.model).upper()],
        until=_ago(now, one.until or 0).date(),
        reason=one.reason,
        policy=stage.policy.overrides,
        by=one.by,
        at=at,
        today=at.date(),
    )
    overrides.add(stage.tx, proposed)
    return proposed.id, happened


def _rule(one: Ruling, stage: _Stage, key: str, at: datetime) -> str | None:
    if one.key not in stage.done:
        return None
    id = (OverrideId if one.grade else JudgementId).parse(stage.done[one.key])
    asked = approvals.of_subject(stage.tx, id)
    if asked is None or asked.verdict is not None:
        return None
    asked, made = _voted(asked, one.decided, stage, key, at)
    if asked.verdict is not None and isinstance(id, OverrideId) and (better := overrides.get(stage.tx, id)):
        overrides.save(stage.tx, better.become(asked.verdict))
    if asked.verdict is not None and isinstance(id, JudgementId) and (found := judgements.get(stage.tx, id)):
        judgements.save(stage.tx, found.become(asked.verdict))
    return made


def _voted(asked: Approval, decision: Decision, stage: _Stage, key: str, at: datetime) -> tuple[Approval, str | None]:
    """Cast the votes of a decision until there is a verdict."""
    made = None
    for by in filter(None, (decision.by, decision.second)):
        if asked.verdict is None:
            asked, made = _say(asked, by, decision, stage, key, at)
    return asked, made


def _say(asked: Approval, by: str, decision: Decision, stage: _Stage, key: str, at: datetime) -> tuple[Approval, str]:
    """Cast one vote; where the policy needs several, the next follows."""
    said, happened = approval.decide(
        asked,
        _CHOICES[decision.verdict],
        by=Voter.own(by, frozenset({asked.stage.role})),
        at=at,
        people=stage.policy.people,
        reason=decision.reason,
    )
    approvals.save(stage.tx, asked, said)
    return approvals.get(stage.tx, said.id) or said, _kept(stage, happened, key)


def _acknowledge(taking: Acknowledged, stage: _Stage, key: str, at: datetime) -> str | None:
    _count, found = breaches.not_closed(stage.tx, customer=taking.customer, state=BreachState.OPEN, limit=len(stage.policy.kri))
    made = None
    for one in found:
        if one.opened_at <= at:
            taken, happened = breach.acknowledge(one, by=taking.by, at=at)
            breaches.save(stage.tx, taken)
            made = _kept(stage, happened, key)
    return made


def _kept(stage: _Stage, event: Event, key: str) -> str:
    record(stage.tx, event, stage.policy, request_key=key, tell=False)
    return event.subject
