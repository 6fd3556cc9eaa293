"""Approvals in words: steps, votes, conditions and outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from commands.approvals import decision_facts
from commands.kit import blocks
from commands.kit.access.authority import roles_are_given
from commands.kit.i18n import Marked, Text, _, listed, ngettext, reader
from commands.kit.wording import words
from commands.kit.wording.lines import VERDICT_BY
from commands.kit.wording.role_words import SEVERAL
from risk_engine.approvals.approval import CLOCK, Approval
from risk_engine.approvals.ballot import Choice, Stage, Vote
from risk_engine.approvals.condition import Condition
from risk_engine.approvals.proposal import ProposalState
from risk_engine.people.roles import Role
from risk_engine.policy.policy import Policy
from storage.database import Tx
from storage.people import people

SIGNS = {
    ProposalState.APPROVED: "✅",
    ProposalState.REJECTED: "⛔",
    ProposalState.RETURNED: "↩️",
    ProposalState.WITHDRAWN: "🗑️",
    ProposalState.EXPIRED: "⌛",
}
# the largest number of people named: longer lists are not read, and everybody would be notified
NAMED = 12

_SAID = {
    Choice.APPROVE: ("✅", _("approved")),
    Choice.REJECT: ("⛔", _("rejected")),
    Choice.RETURN: ("↩️", _("returned for information")),
    Choice.RECUSE: ("🚫", _("abstained")),
}
VETO, ON_BEHALF_OF = _("veto {who}"), _("{who} on behalf of {whom}")
_ONE: dict[Role, Text] = {Role.ADMINISTRATOR: _("an administrator"), Role.RISK_MANAGER: _("a risk manager")}


# --- steps -----------------------------------------------------------------------------------------------------------


def whom(stage: Stage) -> Text | Marked:
    """Return the people of a step, in a sentence: ``the committee credit: @ana, @ben``, ``approvers``."""
    named = Marked(listed(map(blocks.mention, stage.people)))
    if stage.committee is not None:
        return _("the committee {name}: {people}").format(name=stage.committee, people=named)
    return named if stage.people else SEVERAL[stage.role]


def step(asked: Approval) -> Text:
    """Return votes cast and needed: ``approvals: 1 of 2``; ``committee credit: 0 of 2 votes, 3 seats``."""
    stage = asked.stage
    if stage.committee is not None or stage.people or stage.role is Role.APPROVER:
        return votes(asked) if stage.committee is not None else _("approvals: {votes}").format(votes=votes(asked))
    return _("approvals by {whom}: {votes}").format(whom=whom(stage), votes=votes(asked))


def votes(asked: Approval) -> Text:
    """Return ``1 of 2``; for a committee with its name and seats."""
    stage, voices = asked.stage, asked.voices
    yes = sum(vote.choice is Choice.APPROVE for vote in voices)
    if stage.committee is None:
        return _("{yes} of {needed}").format(yes=yes, needed=stage.quorum)
    seats = len(asked.seats(asked.step))
    sentence = _("committee {name}: {yes} of {needed} votes, {seats} seats")
    return sentence.format(name=stage.committee, yes=yes, needed=stage.needed(seats), seats=seats)


def still_needed(asked: Approval) -> int:
    """Return the number of approvals still needed in the open step."""
    stage = asked.stage
    needed = stage.needed(len(asked.seats(asked.step))) if stage.committee else stage.quorum
    return max(1, needed - sum(vote.choice is Choice.APPROVE for vote in asked.voices))


def whose(asked: Approval) -> list[Any]:
    """Return the open step and its people, as pieces."""
    if asked.stage.in_person:
        return [_("an administrator and a risk manager, in any order; no deputies"), *_already(asked)]
    stage = asked.stage
    pieces: list[Any] = [votes(asked)]
    if stage.committee is None and not stage.people:
        pieces += [" · ", whom(stage)]
    if len(asked.stages) > 1:
        pieces += [" · ", _("step {n} of {all}").format(n=asked.step + 1, all=len(asked.stages))]
    if stage.people:
        gone = {asked.maker, *asked.heard_before(asked.step)}
        pieces += [" · ", *people_of([one for one in stage.people if one not in gone])]
    if stage.veto:
        pieces += [" · ", *blocks.around(VETO, who=people_of(stage.veto))]
    return pieces


def _already(asked: Approval) -> list[Any]:
    """Return the guard of a protected key who has approved already."""
    done = [_ONE[stage.role] for stage in asked.stages[: asked.step] if stage.in_person]
    return [" · ", _("{whom} has approved").format(whom=done[0])] if done else []


def one_of(stage: Stage) -> Text:
    """Return the role that a step of a protected key waits for: ``an administrator``."""
    return _ONE[stage.role]


def people_of(ids: Iterable[str]) -> list[Any]:
    """Return ``@ana, @ben``, as pieces."""
    return [piece for one in ids for piece in (listed(("", "")), blocks.person(one))][1:]


def callable_(asked: Approval, policy: Policy, tx: Tx) -> list[str]:
    """Return the people to notify of the open step; none if it is open to anybody, or to too many."""
    stage = asked.stage
    if stage.in_person:
        found: Sequence[str] = sorted({one for each in asked.stages[asked.step :] for one in _guards(each.role, policy, tx)})
    elif stage.people:
        found = stage.people
    elif roles_are_given(tx, policy):
        found = sorted(_playing(stage.role, policy, tx) - _playing(Role.ADMINISTRATOR, policy, tx))
    else:
        found = policy.people.approvers
    human = policy.people.human
    done = {human(asked.maker), *(human(each) for vote in asked.votes for each in (vote.person, vote.authority))}
    named = [one for one in found if human(one) not in done]
    return named if len(named) <= NAMED else []


def _guards(role: Role, policy: Policy, tx: Tx) -> set[str]:
    """Return the people with a role by name, or through the bot's settings."""
    return {*people.holders(tx, role), *(policy.roles.administrators if role is Role.ADMINISTRATOR else ())}


def _playing(role: Role, policy: Policy, tx: Tx) -> set[str]:
    return {*people.holders(tx, role), *policy.roles.players(role)}


def left(until: datetime, now: datetime) -> str:
    """Return ``in 13 days``; hours on the last day."""
    days = (until - now).days
    return str(ngettext("in {n} day", "in {n} days", days)) if days > 0 else words.ago(until, now)


# --- votes -----------------------------------------------------------------------------------------------------------


def voice(vote: Vote, *, why: bool = False) -> list[Any]:
    """Return ``✅ @omar for @ben, 3 Nov 2026``, as pieces; with ``why`` also the reason."""
    sign, said = _SAID[vote.choice]
    verb = [] if vote.choice is Choice.APPROVE else [f" {said}"]
    reason = [f": “{blocks.quoted(vote.reason)}”"] if why and vote.reason else []
    return [f"{sign} ", *speaker(vote), *verb, f", {words.day(_local(vote.at))}", *reason]


def _local(at: datetime) -> date:
    return at.astimezone(reader().tzinfo).date()


def speaker(vote: Vote) -> list[Any]:
    """Return the voter, and on whose behalf they voted."""
    if vote.person == vote.authority:
        return [blocks.person(vote.person)]
    return blocks.around(ON_BEHALF_OF, who=blocks.person(vote.person), whom=blocks.person(vote.authority))


def voices(asked: Approval) -> list[Any] | None:
    """Return the votes of all steps on one line; None without votes."""
    pieces = [piece for vote in asked.votes for piece in (" · ", *voice(vote))]
    return pieces[1:] or None


def ended_by(asked: Approval) -> list[Any]:
    """Return ``approved by @omar · 3 Nov 2026 10:00``, as pieces."""
    assert asked.verdict is not None, "it has ended"
    assert asked.decided_at is not None, "a verdict has its time"
    said, when = blocks.bold(words.label(asked.verdict)), f" · {words.moment(asked.decided_at)}"
    if asked.decided_by == CLOCK:
        return [*blocks.around(_("{verdict} without a decision"), verdict=said), when]
    return [*blocks.around(VERDICT_BY, verdict=said, who=decided_by(asked)), when]


def decided_by(asked: Approval) -> list[Any]:
    """Return the deciding people, as pieces: both guards of a protected key, otherwise the deciding voter."""
    if both := _guards_who_approved(asked):
        return people_of(both)
    carried = next((vote for vote in reversed(asked.votes) if vote.person == asked.decided_by), None)
    return speaker(carried) if carried else [blocks.person(asked.decided_by or "")]


def _guards_who_approved(asked: Approval) -> list[str]:
    """Return the administrator and the risk manager who approved a protected key; empty for other requests."""
    if asked.verdict is not ProposalState.APPROVED:
        return []
    return [vote.person for vote in asked.votes if vote.choice is Choice.APPROVE and asked.stages[vote.step].in_person]


def by_whom(asked: Approval) -> Text | Marked:
    """Return the deciding people, in a sentence."""
    if both := _guards_who_approved(asked):
        return _("{first} and {last}").format(first=blocks.mention(both[0]), last=blocks.mention(both[-1]))
    carried = next((vote for vote in reversed(asked.votes) if vote.person == asked.decided_by), None)
    if carried is None or carried.person == carried.authority:
        return blocks.mention(asked.decided_by or "")
    return _("{person} on behalf of {authority}").format(person=blocks.mention(carried.person), authority=blocks.mention(carried.authority))


# --- facts and conditions --------------------------------------------------------------------------------------------


def changes(changed: dict[str, list[Any]]) -> list[list[Any]]:
    """Return a line for each changed fact: ``Grade  ●●○○ medium → ●●●○ high``."""
    return [[blocks.bold(what), f"  {was} → ", blocks.bold(now)] for what, was, now in decision_facts.differences(changed)]


def warning(what: dict[str, list[Any]], *, waits: bool = True) -> list[dict[str, Any]]:
    """Return the facts that have changed since the request, with both values."""
    now = ngettext("⚠️ {n} fact has changed since the request", "⚠️ {n} facts have changed since the request", len(what))
    then = ngettext(
        "⚠️ Decided although {n} fact had changed since the request",
        "⚠️ Decided although {n} facts had changed since the request",
        len(what),
    )
    return [blocks.paragraph(blocks.bold(now if waits else then)), blocks.bullets(changes(what))]


def condition(one: Condition, today: date) -> list[Any]:
    """Return ``☐ file the deed · due 3 Dec 2026 · ▲ 2 days late``; if met, with person and evidence."""
    text = blocks.quoted(one.text)
    if one.met_at is not None:
        proof = [f": “{blocks.quoted(one.evidence)}”"] if one.evidence else []
        return ["☑ ", text, " · ", _("met"), ", ", blocks.person(one.met_by or ""), f" {words.day(_local(one.met_at))}", *proof]
    return ["☐ ", text, " · ", _("due {day}").format(day=words.day(one.due)), *late(one.due, today)]


def late(due: date, today: date) -> list[Any]:
    """Return ``▲ 3 days late``, if it is late."""
    days = (today - due).days
    return [" · ", blocks.bold(ngettext("▲ {n} day late", "▲ {n} days late", days))] if days > 0 else []
