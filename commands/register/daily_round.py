"""The daily round of the register: retentions that are over, controls not tested again, changed facts, overdue responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from commands.approvals import group_exposure, open_request
from commands.delivery import record
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Job, Message, Notice, To
from commands.kit.i18n import _, listed, ngettext
from commands.kit.schedule import Daily
from commands.kit.wording import words
from commands.register.entries import stand_anew
from commands.register.response_card import steps_of
from commands.register.risk_card import answering, risk_card
from risk_engine.audit.secrecy import Secrecy
from risk_engine.policy.policy import Policy
from risk_engine.references import ResponseId, RiskId
from risk_engine.register import register, response
from risk_engine.register.assessment import Level
from risk_engine.register.events import ResponseReminded, ResponseSentBack, RetentionEnded, RiskMoved
from risk_engine.register.register import CLOCK, Risk
from risk_engine.register.response import Basis
from storage.customers import customers
from storage.database import Tx
from storage.events import Recorded
from storage.register import controls, responses, risks
from storage.scoring import scores

JOB = "register"


def slots(policy: Policy, tx: Tx) -> Mapping[str, Daily]:
    """Return the time of the round."""
    rules = policy.risks
    return {JOB: Daily(rules.at, rules.zone, rules.weekdays)}


def run(name: str, day: date, at: datetime, policy: Policy, tx: Tx) -> None:
    """Make the round of a day."""
    _end_retentions(day, at, policy, tx)
    _drop_untested(day, at, policy, tx)
    _send_back(day, at, policy, tx)
    _remind(day, at, policy, tx)


def _end_retentions(day: date, at: datetime, policy: Policy, tx: Tx) -> None:
    for risk in risks.retained_before(tx, day):
        found = register.retention_over(risk, today=day, at=at)
        if found is None:
            continue
        ended, happened = found
        risks.save(tx, ended)
        for answer in responses.of_risks(tx, [risk.id]):
            if answer.under_way and answer.strategy is response.Strategy.RETAIN:
                responses.save(tx, response.lapse(answer, at=at))
        record(tx, happened, policy)


def _drop_untested(day: date, at: datetime, policy: Policy, tx: Tx) -> None:
    """Apply the controls anew of which a test has been overdue since the last round."""
    late = controls.untested_since(tx, day - timedelta(days=policy.risks.controls.grace_days))
    for before, after in stand_anew(tx, sorted({number for one in late for number in one.risks}), policy, day):
        record(tx, moved(before, after, at), policy)


def moved(before: Risk, after: Risk, at: datetime) -> RiskMoved:
    """Return the event that the residual level of a risk moved because a test of a control is overdue."""
    levels = {"before": int(before.standing.residual_level), "level": int(after.standing.residual_level)}
    return RiskMoved(subject=str(after.id), actor=CLOCK, at=at, customer=after.customer, owner=after.owner, **levels)


def _send_back(day: date, at: datetime, policy: Policy, tx: Tx) -> None:
    """Return approved responses to the approvers where the facts of their approval have changed beyond the tolerance."""
    for answer in responses.with_basis(tx):
        risk = risks.get(tx, RiskId(answer.risk))
        if risk is None or answer.basis is None:
            continue
        changed = response.beyond(answer.basis, _basis(risk, policy, tx, day), policy.risks.tolerance)
        if not changed:
            continue
        back, happened = response.send_back(answer, changed, customer=risk.customer, by=CLOCK, at=at)
        responses.save(tx, replace(back, basis=None))
        record(tx, happened, policy)
        _asked, asking = open_request(answer.id, risk.customer, answer.measure, policy, by=answer.proposed_by, at=at, tx=tx)
        record(tx, asking, policy)


def _basis(risk: Risk, policy: Policy, tx: Tx, day: date) -> Basis:
    score = scores.of(tx, [risk.customer]).get(risk.customer)
    exposure = group_exposure(tx, risk.customer, policy, today=day)
    return Basis(None if score is None else int(score.grade), exposure, risk.standing.residual_level)


def _remind(day: date, at: datetime, policy: Policy, tx: Tx) -> None:
    """Remind the owners of overdue responses, each so many times by now as the policy says."""
    for answer in responses.overdue_by(tx, day):
        risk = risks.get(tx, RiskId(answer.risk))
        if risk is None:
            continue
        found = response.remind(answer, after=policy.risks.remind_days, customer=risk.customer, today=day, at=at)
        if found is not None:
            reminded, happened = found
            responses.save(tx, reminded)
            record(tx, happened, policy)


# --- notices -----------------------------------------------------------------------------------------------------------


def to_the_owner(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    """Return the owner, if it is a person in Slack; the alerts channel else."""
    owner = str((event.facts or {}).get("owner") or "")
    if blocks.USER.fullmatch(owner):
        return [To(f"person:{owner}", "they own it")]
    return [To("route:alerts", "its owner is no person in Slack")]


def of_a_risk(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the notice about a risk that is up for review, or whose level moved by itself."""
    risk = risks.get(tx, RiskId.parse(facts["subject"]))
    who = customers.get(tx, risk.customer) if risk else None
    if risk is None or who is None:
        return None
    if "until" in facts:
        gist = _("The retention of {risk} has ended: please review it. {customer}").format(risk=risk.id, customer=masking.called(who))
    else:
        sentence = _("A control of {risk} was not tested in time, and no longer counts: residual risk {before} → {level}. {customer}")
        steps = {name: words.level(Level(facts[name])) for name in ("before", "level")}
        gist = sentence.format(risk=risk.id, customer=masking.called(who), **steps)
    return Message(blocks.marked(gist), [blocks.paragraph(gist), *risk_card(risk, who, policy, tx), *answering(risk)])


def of_a_response(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the notice about a response that is overdue, or went back to the approvers."""
    answer = responses.get(tx, ResponseId.parse(facts["subject"]))
    risk = risks.get(tx, RiskId(answer.risk)) if answer else None
    who = customers.get(tx, risk.customer) if risk else None
    if answer is None or risk is None or who is None:
        return None
    if "changed" in facts:
        names = listed(words.label_of(str(name)).lower() for name in facts["changed"])
        sentence = _("{response} went back to the approvers: {facts} changed since its approval. {customer}")
        gist = sentence.format(response=answer.id, facts=names, customer=masking.called(who))
    else:
        days = int(facts["days"])
        sentence = ngettext(
            "{response} is {n} day overdue: report progress, extend it, or finish it. {customer}",
            "{response} is {n} days overdue: report progress, extend it, or finish it. {customer}",
            days,
        )
        gist = sentence.format(response=answer.id, customer=masking.called(who))
    measure = [blocks.bold(words.label(answer.strategy)), f"  {blocks.quoted(answer.measure)} · {words.day(answer.due)}"]
    return Message(blocks.marked(gist), [blocks.paragraph(gist), blocks.paragraph(*measure), *steps_of(answer)])


JOBS = [Job(JOB, slots, run)]
NOTICES = [
    Notice("risk.review", (RetentionEnded, RiskMoved), to_the_owner, of_a_risk, classification=Secrecy.CONFIDENTIAL),
    Notice("response.attention", (ResponseReminded, ResponseSentBack), to_the_owner, of_a_response, classification=Secrecy.CONFIDENTIAL),
]
