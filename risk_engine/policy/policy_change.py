"""Policy change: one key of the policy gets another value, with a reason, once somebody else approves it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, ClassVar

from pydantic import ValidationError

from risk_engine.approvals.ballot import Stage
from risk_engine.approvals.proposal import Proposal, ProposalState
from risk_engine.events import Event
from risk_engine.people.roles import GUARDS, Right, Role
from risk_engine.policy.policy import Policy
from risk_engine.policy.policy_keys import Path, Values, children, guard_at, is_table, name_field, put, schema_at, spelled, value_at
from risk_engine.policy.refusals import (
    AskedUnderOtherRules,
    FileOnly,
    FileUntilRoles,
    NobodyCouldUndoIt,
    NotASetting,
    NothingToChange,
    PolicyMovedOn,
    SettingRefused,
    UnknownKey,
)
from risk_engine.policy_part import Guard
from risk_engine.references import PolicyChangeId
from risk_engine.toml import NotToml, parse

# the word that takes a change back
PACKAGED = "packaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange(Proposal):
    """``value`` in place of what stands at ``path``; once approved it holds until another change of its key is approved.

    Attributes:
        back: the key goes back to what the packaged policy or the team's file says; ``value`` is what that was.
        before: the value in force when it was proposed.
        base: the value of the packaged policy or the team's file when it was proposed; None where it has no such key.
    """

    after_approval: ClassVar = frozenset({ProposalState.REPLACED})

    id: PolicyChangeId
    path: Path
    value: Any
    back: bool
    before: Any
    base: Any
    reason: str

    @property
    def key(self) -> str:
        """The path as people type it."""
        return spelled(self.path)

    @property
    def protected(self) -> bool:
        """Whether it takes an administrator and a risk manager."""
        return guard_at(self.path) is not Guard.ORDINARY


# --- the policy with changes ------------------------------------------------------------------------------------------


def overlaid(base: Values, changes: Iterable[PolicyChange]) -> dict[str, Any]:
    """The packaged policy or the team's file with the approved changes laid over it.

    Raises:
        UnknownKey: a change is about an entry that is not there any more.
    """
    values = dict(base)
    for change in changes:
        if not change.back:
            values = put(values, change.path, change.value)
    return values


def contradicted(changes: Iterable[PolicyChange], base: Values, file: Values) -> Iterator[tuple[PolicyChange, Any]]:
    """Approved changes whose key the team's file has changed meanwhile to another value, with that value.

    A file that says what it said when the change was proposed, or what the change says, contradicts nothing; nor does any after the change
    was taken back.
    """
    for change in changes:
        now = value_at(base, change.path)
        if not change.back and _names(file, change.path) and now not in (change.base, change.value):
            yield change, now


def _names(file: Values, path: Path) -> bool:
    """Whether a file says something at a path; an array is replaced whole, entries that it leaves out with it."""
    node: Any = file
    for name in path:
        if isinstance(node, list):
            return True
        if name not in children(node):
            return False
        node = children(node)[name]
    return True


def no_longer_accepted(changes: Iterable[PolicyChange], base: Values) -> Iterator[PolicyChange]:
    """Approved changes that this version's model takes from nobody: of a key for the file alone, or beyond a floor or a ceiling.

    One that merely does not go with the file is none of these.
    """
    for change in changes:
        if change.back:
            continue
        if guard_at(change.path) is Guard.FILE:
            yield change
            continue
        try:
            _built(base, [], change, change.value)
        except SettingRefused as error:
            if error.why is None:
                yield change
        except UnknownKey:
            continue


# --- propose ----------------------------------------------------------------------------------------------------------


def propose(
    id: PolicyChangeId,
    *,
    path: Path,
    text: str,
    base: Values,
    changes: Sequence[PolicyChange],
    reason: str,
    roles_given: bool,
    by: str,
    at: datetime,
) -> tuple[PolicyChange, Event]:
    """Propose another value for one key.

    Args:
        text: the value as in TOML; a word needs no quotes, and ``packaged`` takes earlier changes back.
        base: the packaged policy with the team's file over it.
        changes: the approved changes that hold.
        roles_given: whether anybody holds a role, so that a protected key has its guards.

    Raises:
        NotASetting: the key is a table, or the name by which an entry is known.
        FileOnly, FileUntilRoles: as :func:`settable`.
        SettingRefused: the policy would not be valid.
        NothingToChange: the key has this value.
        NobodyCouldUndoIt: it would take from everybody the right to propose changes, or to approve them.
    """
    present = overlaid(base, changes)
    _is_a_setting(present, path)
    settable(path, roles_given=roles_given)
    before, plain = value_at(present, path), value_at(base, path)
    others, back = [one for one in changes if one.path != path], text == PACKAGED
    change = PolicyChange(
        id=id, path=path, value=plain, back=back, before=before, base=plain, reason=reason, proposed_by=by, proposed_at=at
    )
    change = change if back else replace(change, value=_accepted(base, others, change, text))
    if change.value == before:
        raise NothingToChange(key=change.key, value=before)
    _somebody_could_undo_it(_built(base, others, change, change.value))
    facts = {"key": change.key, "from": before, "to": change.value, "back": back, "reason": reason}
    return change, Event("policy.proposed", str(id), by, at, facts)


def settable(path: Path, *, roles_given: bool) -> None:
    """Check that a key is one that a proposal may name.

    Raises:
        FileOnly: it stands in the policy file alone.
        FileUntilRoles: it is protected, and nobody has been given a role yet.
    """
    guard = guard_at(path)
    if guard is Guard.FILE:
        raise FileOnly(key=spelled(path))
    if guard is Guard.PROTECTED and not roles_given:
        raise FileUntilRoles(key=spelled(path))


def _is_a_setting(present: Values, path: Path) -> None:
    value = value_at(present, path)
    if not path or is_table(value) or {"properties", "additionalProperties"} & set(schema_at(path)):
        raise NotASetting(key=spelled(path), keys=tuple(children(value)))
    around = value_at(present, path[:-2])
    if isinstance(around, list) and path[-1] == name_field(around):
        raise NotASetting(key=spelled(path), keys=())


def _accepted(base: Values, others: Sequence[PolicyChange], change: PolicyChange, text: str) -> Any:
    """The first reading of a text with which the policy is valid, in the policy's own spelling."""
    refused: SettingRefused | None = None
    for value in readings(text):
        try:
            policy = _built(base, others, change, value)
        except SettingRefused as error:
            refused = refused or error
            continue
        return value_at(policy.model_dump(mode="json"), change.path)
    assert refused is not None, "every text has a reading"
    raise refused


def _built(base: Values, others: Sequence[PolicyChange], change: PolicyChange, value: Any) -> Policy:
    """The whole policy with this value."""
    schema = schema_at(change.path)
    if (isinstance(value, bool) and schema.get("type") != "boolean") or not _finite(value):
        raise SettingRefused(key=change.key, value=value, why=None, schema=schema)
    try:
        return Policy.model_validate(overlaid(base, [*others, replace(change, value=value)]))
    except ValidationError as error:
        raise SettingRefused(key=change.key, value=value, why=_why(error, schema), schema=schema) from error


def _finite(value: Any) -> bool:
    """Whether every number in a value is one: infinity and what is no number cannot be kept."""
    if isinstance(value, list):
        return all(map(_finite, value))
    return not isinstance(value, float) or math.isfinite(value)


def _why(error: ValidationError, schema: Any) -> str | None:
    """What a rule over several keys says; None where what the key accepts says enough."""
    told = [fault for fault in error.errors() if fault["type"] in {"value_error", "assertion_error"}]
    return str(told[0]["ctx"]["error"]) if told else None


def _somebody_could_undo_it(policy: Policy) -> None:
    for right in (Right.PROPOSE, Right.DECIDE):
        if not any(right in policy.roles.rights([role]) for role in Role):
            raise NobodyCouldUndoIt(right=right)


def readings(text: str) -> Iterator[Any]:
    """What a text can mean as a value, the likelier first: a literal of TOML, a list of bare words, a word."""
    try:
        read = parse(f"value = {text}")
    except NotToml:
        read = {}
    if set(read) == {"value"}:
        yield _as_json(read["value"])
    elif text.startswith("[") and text.endswith("]") and not set("[]") & set(text[1:-1]):
        # a list of lists is written as TOML has it
        yield [next(readings(item.strip())) for item in text[1:-1].split(",") if item.strip()]
    yield text


def _as_json(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value


# --- decide -----------------------------------------------------------------------------------------------------------


def enacted(change: PolicyChange, *, base: Values, changes: Sequence[PolicyChange], stages: Sequence[Stage]) -> Policy:
    """The whole policy once this change is approved.

    Args:
        stages: the steps that approved it.

    Raises:
        FileOnly: the key stands in the policy file alone.
        AskedUnderOtherRules: the key is protected, and not all of its guards were asked.
        PolicyMovedOn: the key has another value than the change was proposed from.
        SettingRefused: with what was changed meanwhile the policy would not be valid.
        NobodyCouldUndoIt: as :func:`propose`.
    """
    settable(change.path, roles_given=True)
    if change.protected and not set(GUARDS) <= {stage.role for stage in stages if stage.in_person}:
        raise AskedUnderOtherRules(thing=change.id, key=change.key)
    present = value_at(overlaid(base, changes), change.path)
    value = value_at(base, change.path) if change.back else change.value
    if present != change.before or value != change.value:
        raise PolicyMovedOn(thing=change.id, key=change.key, before=change.before, present=present)
    policy = _built(base, [one for one in changes if one.path != change.path], change, change.value)
    _somebody_could_undo_it(policy)
    return policy
