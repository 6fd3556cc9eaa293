"""Suggested judgements: after a sharp external downgrade a person decides whether the customer is unlikely to pay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Many, Message, Notice, To
from commands.kit.i18n import Marked, Text, _, ngettext
from commands.kit.input.customer import typed
from commands.kit.wording import words
from risk_engine.approvals.proposal import ProposalState
from risk_engine.audit.secrecy import Secrecy
from risk_engine.classification.events import JudgementSuggested
from risk_engine.classification.judgement_kinds import JudgementKind
from risk_engine.policy.policy import Policy
from risk_engine.scoring.scoring import Scores
from storage import events
from storage.classification import judgements
from storage.customers import customers
from storage.database import Tx
from storage.events import Recorded
from storage.scoring import downgrades
from storage.scoring.downgrades import Downgrade
from storage.scoring.score_writing import Kept
from storage.scoring.scores import Detail

LISTED = 20


def suggestions(tx: Tx, scores: Scores, kept: Kept, by: str, at: datetime) -> Iterator[JudgementSuggested]:
    """Yield one event per customer with a sharp downgrade that nobody has judged or been asked about; one in default needs none."""
    before, after = scores.sources["rating_before"], scores.sources["rating_after"]
    asked = kept.written[(after[kept.written] > 0) & (scores.figures["default_reasons"][kept.written] == 0)]
    if not len(asked):
        return
    for one in downgrades.found(tx, list(zip(before[asked].tolist(), after[asked].tolist(), strict=True))):
        last = events.last_of(tx, one.customer, JudgementSuggested)
        told = last is not None and (last.facts or {}).get("since") == one.since.isoformat()
        if not told and not _judged(tx, one):
            yield JudgementSuggested(
                subject=one.customer,
                actor=by,
                at=at,
                customer=one.customer,
                agency=one.agency,
                before=one.before,
                after=one.after,
                since=one.since,
            )


def _judged(tx: Tx, one: Downgrade) -> bool:
    """Return True if a judgement of unlikely to pay is pending, or was decided about after the downgrade."""
    found = [each for each in judgements.on_record(tx, one.customer) if each.kind is JudgementKind.UNLIKELY_TO_PAY]
    decided = {ProposalState.APPROVED, ProposalState.ENDED, ProposalState.REJECTED}
    return any(each.state is ProposalState.PROPOSED or (each.state in decided and each.proposed_at.date() >= one.since) for each in found)


def open_suggestion(tx: Tx, detail: Detail) -> Downgrade | None:
    """Return the downgrade behind a score that somebody should judge; None without one, in default, or once it is judged."""
    pair = (detail.sources.get("rating_before", 0), detail.sources.get("rating_after", 0))
    if not all(pair) or detail.figures.get("default_reasons"):
        return None
    found = downgrades.found(tx, [pair])
    return found[0] if found and not _judged(tx, found[0]) else None


def fall(agency: str, before: str, after: str, since: date) -> Text:
    """Return ``S&P BBB → BB- on 12 Aug 2026``."""
    return _("{agency} {before} → {after} on {day}").format(agency=words.label(agency), before=before, after=after, day=words.day(since))


def command(customer: str, since: date) -> Marked:
    """Return the line to type for a judgement."""
    return Marked(f"`/risk default {blocks.escape(typed(customer))} unlikely since={since.isoformat()} …`")


# --- the notice ------------------------------------------------------------------------------------------------------


def _to_those_who_judge(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    """Return the channel of alerts, and the customer's manager."""
    who = customers.get(tx, str((event.facts or {})["customer"]))
    manager = who.manager if who and who.manager and blocks.USER.fullmatch(who.manager) else None
    why = "a sharp external downgrade is to be judged"
    return [To("route:alerts", why), *([To(f"person:{manager}", why)] if manager else [])]


def message(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the downgrade and the question; the person decides."""
    who = customers.get(tx, facts["customer"])
    if who is None:
        return None
    since = date.fromisoformat(facts["since"])
    said, line = fall(facts["agency"], facts["from"], facts["letter"], since), command(who.id, since)
    gist = _("{customer}: sharp external downgrade, {fall}; please judge whether it is unlikely to pay.")
    body = [
        blocks.header(_("{customer}: sharp external downgrade").format(customer=masking.called(who))),
        blocks.facts([(_("Rating"), str(said))]),
        blocks.sentence(_("Please judge: if it is unlikely to pay, propose {command} with a reason.").format(command=line)),
    ]
    return Message(blocks.marked(gist.format(customer=masking.called(who), fall=said)), body)


def many(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message:
    """Return one message for many downgrades at once."""
    found = facts["subjects"][JudgementSuggested.kind]
    names = masking.names(tx, found[:LISTED])
    heading = ngettext(
        "{n} sharp external downgrade: please judge whether the customer is unlikely to pay",
        "{n} sharp external downgrades: please judge whether these customers are unlikely to pay",
        len(found),
    )
    left = len(found) - LISTED
    body = [blocks.header(heading), blocks.bullets([[names.get(one, one), f" ({one})"] for one in found[:LISTED]])]
    body += [blocks.note(ngettext("and {n} customer more", "and {n} customers more", left))] if left > 0 else []
    return Message(blocks.marked(heading), [*body, blocks.sentence(_("`/risk default CUSTOMER` shows each downgrade."))])


MANY = Many("judgement.suggested.many", lambda policy: policy.alerts.group_over, "many external ratings fell sharply at once")
NOTICES = [
    Notice(JudgementSuggested.kind, (JudgementSuggested,), _to_those_who_judge, message, classification=Secrecy.CONFIDENTIAL, many=MANY),
    Notice(MANY.notice, (), lambda event, policy, tx: (), many, classification=Secrecy.CONFIDENTIAL),
]
