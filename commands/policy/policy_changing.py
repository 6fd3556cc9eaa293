"""/risk policy KEY VALUE "why": a new value for one key of the policy, once somebody else approves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from commands.approvals import ask_for, withdraw_button
from commands.delivery import record
from commands.kit import blocks
from commands.kit.contract import Args, Command, Refused, Reply, Request, Subject
from commands.kit.i18n import Text, _
from commands.kit.input.fields import Ask
from commands.policy import effect_words, policy_words
from commands.policy.policy import accepted_at, path_of
from risk_engine.approvals.approval_kinds import ApprovalKind
from risk_engine.approvals.proposal import ProposalState
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.policy import policy_change as engine
from risk_engine.policy import policy_effects
from risk_engine.policy.events import PolicyChanged, PolicyProposed
from risk_engine.policy.policy import Policy
from risk_engine.policy.policy_change import PACKAGED, PolicyChange
from risk_engine.policy.policy_keys import Path, guard_at, put, value_at
from risk_engine.policy_part import Guard
from risk_engine.references import PolicyChangeId
from risk_engine.refusals import Refusal
from storage import events
from storage.approvals import approvals
from storage.database import Tx
from storage.policy import policies, policies_in_force, policy_changes
from storage.policy.policies_in_force import PolicyInForce

_GUARDED = _("needs an administrator and a risk manager besides the requester")
# curly quotes, which phones and Slack substitute
# letters of the values in a title, which has a limit
VALUES = 90
_STRAIGHT = str.maketrans("“”„«»‘’", '"""""\'\'')


class PolicyChangeArgs(Args):
    key: Annotated[str, Field(min_length=1, max_length=200), Ask(_("Key"), placeholder=_("as responses.default_days"), verbatim=True)]
    value: Annotated[
        str, Field(min_length=1, max_length=1000), Ask(_("Value"), literal=True, hint=_("“packaged” restores the packaged value"))
    ]
    reason: Annotated[str, Field(min_length=10, max_length=1000), Ask(_("Why"), multiline=True, rest=True)]


def propose(args: PolicyChangeArgs, request: Request, tx: Tx) -> Reply:
    # read before the changes, so that an approval in between is noticed
    standing = policies_in_force.standing(tx)
    path = path_of(args.key, standing.values)
    _refuse_a_second(path, tx)
    proposed, happened = _proposal(policy_changes.next_id(tx), path, args.value, args.reason, standing, request, tx)
    _refuse_channel(proposed, request)
    given = _effects(proposed, standing, request, tx)
    happened = replace(happened, effects=given)
    policy_changes.add(tx, proposed)
    record(tx, happened, request.policy, request_key=request.key)
    values = policy_words.change(proposed.before, proposed.value)
    asked = ask_for(proposed.id, None, f"{proposed.key} {values}, {args.reason}", request, tx)
    sentence = _("{change} is proposed: {key} {values}; {approval} is with the approvers.")
    if proposed.protected:
        sentence = _("{change} is proposed: {key} {values}; {approval} waits for the approval of an administrator and of a risk manager.")
    gist = sentence.format(change=proposed.id, key=proposed.key, values=values, approval=asked.id)
    return Reply(blocks.marked(gist), [blocks.paragraph(gist), blocks.facts(_facts(proposed, tx)), withdraw_button(asked)])


def _proposal(
    id: PolicyChangeId, path: Path, text: str, reason: str, standing: PolicyInForce, request: Request, tx: Tx
) -> tuple[PolicyChange, PolicyProposed]:
    return engine.propose(
        id,
        path=path,
        text=PACKAGED if text.lower() == PACKAGED else text.translate(_STRAIGHT),
        base=standing.base,
        changes=policy_changes.approved(tx),
        reason=reason,
        roles_given=request.authority.given,
        by=request.user,
        at=request.at,
    )


def _effects(proposed: PolicyChange, standing: PolicyInForce, request: Request, tx: Tx) -> list[dict[str, Any]]:
    """Return the rights that the change would give or take, with the present numbers of people."""
    before, after = (
        policies.valid(values, origin=str(proposed.id)) for values in (standing.values, put(standing.values, proposed.path, proposed.value))
    )
    found = policy_effects.effects(proposed.path, before, after)
    members = request.members() if any("everybody" in effect for effect in found) else None
    return effect_words.counted(found, request.policy, members, tx)


def _refuse_channel(proposed: PolicyChange, request: Request) -> None:
    """Refuse a route to a channel that does not exist, lacks the bot, or has outsiders."""
    if proposed.path[0] == "channels" and proposed.value and (no := request.channel_trouble(str(proposed.value))):
        sentence = _("{key} cannot be {value}: {why}")
        raise Refused(sentence.format(key=proposed.key, value=policy_words.value(proposed.value), why=no), field="value")


def _refuse_a_second(path: Path, tx: Tx) -> None:
    waiting = next((change for change in policy_changes.waiting(tx) if change.path == path), None)
    if waiting is not None:
        sentence = _("{change} for {key} is already pending: {values}.")
        values = policy_words.change(waiting.before, waiting.value)
        raise Refused(sentence.format(change=waiting.id, key=waiting.key, values=values), field="key")


def ready(values: Mapping[str, Any], request: Request, tx: Tx) -> str | None:
    """Return the key's present and accepted values for the form; refuse an unknown key."""
    if not values.get("key"):
        return None
    standing = policies_in_force.standing(tx)
    path = path_of(values["key"], standing.values)
    engine.settable(path, roles_given=request.authority.given)
    _refuse_a_second(path, tx)
    sentence = _("now {value}; expected {accepted}")
    said: list[object] = [sentence.format(value=policy_words.value(value_at(standing.values, path)), accepted=accepted_at(path))]
    if guard_at(path) is Guard.PROTECTED:
        said.append(_GUARDED)
    if values.get("value"):
        said += _would_give(path, values["value"], standing, request, tx)
    return " · ".join(map(str, said))


def _would_give(path: Path, text: str, standing: PolicyInForce, request: Request, tx: Tx) -> list[Text]:
    """Return the effects of the value in a form; empty for a value that the policy refuses."""
    try:
        proposed, _event = _proposal(PolicyChangeId(1), path, text, "", standing, request, tx)
    except Refusal:
        return []
    return effect_words.in_words(_effects(proposed, standing, request, tx))


# --- as the subject of an approval -----------------------------------------------------------------------------------


def line(tx: Tx, id: PolicyChangeId) -> Sequence[Any] | None:
    """Return the key and both values, on one line."""
    found = policy_changes.get(tx, id)
    if found is None:
        return None
    return [" · ", blocks.bold(found.key), f"  {policy_words.change(found.before, found.value)}  ", blocks.quoted(found.reason)]


def facts(tx: Tx, id: PolicyChangeId) -> Sequence[tuple[Text, Any]]:
    """Return the facts for a decision about a change."""
    found = policy_changes.get(tx, id)
    return [] if found is None else _facts(found, tx)


def gives(tx: Tx, id: PolicyChangeId) -> Sequence[Text]:
    """Return the effects of the change at the time of the proposal."""
    proposed = events.last_of(tx, str(id), PolicyProposed)
    return effect_words.in_words((proposed.facts or {}).get("effects", [])) if proposed else []


def still_possible(tx: Tx, id: PolicyChangeId, request: Request) -> None:
    """Refuse an approval for a channel that is gone, or has other readers by now."""
    found = policy_changes.get(tx, id)
    if found is not None:
        _refuse_channel(found, request)


def _facts(found: PolicyChange, tx: Tx) -> list[tuple[Text, Any]]:
    values = policy_words.change(found.before, found.value)
    return [
        (_("Policy"), f"{found.id} · {found.key}"),
        (_("Value"), _("{value} (as before the changes)").format(value=values) if found.back else values),
        (_("Effect"), "\n".join(map(str, gives(tx, found.id))) or None),
        (_("Protected"), _GUARDED if found.protected else None),
        (_("Why"), blocks.quoted(found.reason)),
        (_("What it is about"), policy_words.reason(found.path)),
    ]


def kind(tx: Tx, id: PolicyChangeId) -> ApprovalKind:
    """Return the kind of approval: of an indicator, or of the rest of the policy."""
    found = policy_changes.get(tx, id)
    return ApprovalKind.INDICATOR if found is not None and found.path[0] == "kri" else ApprovalKind.POLICY


def protected(tx: Tx, id: PolicyChangeId) -> bool:
    """Return True if an administrator and a risk manager are needed."""
    found = policy_changes.get(tx, id)
    return found is not None and found.protected


def picture(tx: Tx, id: PolicyChangeId, policy: Policy) -> Mapping[str, Any]:
    """Return the value in force, which may change while a request is pending, and the proposed one."""
    found = policy_changes.get(tx, id)
    if found is None:
        return {}
    now = value_at(policies_in_force.standing(tx).values, found.path)
    return {"value": policy_words.value(now), "proposed": policy_words.value(found.value)}


def asks(tx: Tx, id: PolicyChangeId, customer: str) -> Text | None:
    """Return the request as a title: ``Change alerts.red_hours: 24 → 12``."""
    found = policy_changes.get(tx, id)
    if found is None:
        return None
    values = blocks.cut(policy_words.change(found.before, found.value), VALUES)
    return _("Change {key}: {values}").format(key=found.key, values=values)


def settle(tx: Tx, id: PolicyChangeId, verdict: ProposalState) -> None:
    """Apply a decision to the change: once approved, it is in force for every process's next request."""
    found = policy_changes.get(tx, id)
    if found is None:
        return
    settled = found.become(verdict)
    if settled.state is ProposalState.APPROVED:
        _enact(tx, found)
    policy_changes.save(tx, settled)


def _enact(tx: Tx, change: PolicyChange) -> None:
    standing = policies_in_force.standing(tx)
    decision = approvals.of_subject(tx, change.id)
    assert decision, "what is settled was asked for"
    policy = engine.enacted(change, base=standing.base, changes=policy_changes.approved(tx), stages=decision.stages)
    by, at = decision.decided_by, decision.decided_at
    assert by, "what is settled was decided by somebody"
    assert at, "what is settled was decided at some time"
    policy_changes.replace_earlier(tx, change)
    policies_in_force.enact(tx, policy, instead_of=standing, change=change, at=at)
    proposed = events.last_of(tx, str(change.id), PolicyProposed)
    given = (proposed.facts or {}).get("effects", []) if proposed else []
    happened = PolicyChanged(
        subject=str(change.id),
        actor=by,
        at=at,
        before=change.before,
        after=change.value,
        key=change.key,
        reason=change.reason,
        proposed_by=change.proposed_by,
        effects=given,
    )
    record(tx, happened, policy)


COMMAND = Command(
    "policy change",
    PolicyChangeArgs,
    propose,
    right=Right.PROPOSE,
    summary=_("Propose a new value for a policy key; someone else approves it"),
    examples=[
        'policy responses.default_days 60 "the quarterly review has moved to every second month"',
        'policy "kri.Debt service cover.amber" 1.25 "lock-up levels of new loans are higher"',
        'policy alerts.red_hours packaged "the summer is over"',
    ],
    writes=True,
    title=_("Change the policy"),
    submit=_("Propose"),
    ready=ready,
    order=71,
    classification=Secrecy.INTERNAL,
)
SUBJECTS = [
    Subject(
        PolicyChangeId,
        "policy change",
        line,
        facts,
        settle,
        kind,
        picture,
        gives,
        asks=asks,
        protected=protected,
        still_possible=still_possible,
    )
]
