"""Policy change: a new value for one key, with a reason, in force once somebody else approves it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, ClassVar

from pydantic import ValidationError

from risk_engine.approvals.ballot import Stage
from risk_engine.approvals.proposal import Proposal, ProposalState
from risk_engine.people.roles import GUARDS, Right, Role
from risk_engine.policy.events import PolicyProposed
from risk_engine.policy.policy import Policy
from risk_engine.policy.policy_keys import (
    Path,
    Values,
    children,
    guard_at,
    is_table,
    name_field,
    put,
    schema_at,
    setting,
    spelled,
    value_at,
)
from risk_engine.policy.refusals import (
    AskedUnderOtherRules,
    FileOnly,
    FileUntilRoles,
    NobodyCouldUndoIt,
    NotASetting,
    NothingToChange,
    PartOfASetting,
    PolicyMovedOn,
    SettingRefused,
    UnknownKey,
)
from risk_engine.policy_part import WHOLE, Guard
from risk_engine.references import PolicyChangeId
from risk_engine.toml import NotToml, parse

# the word that undoes a change
PACKAGED = "packaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange(Proposal):
    """A new ``value`` at ``path``; once approved it holds until another change of its key is approved.

    Attributes:
        back: the key returns to the value of the packaged policy or the team's file; ``value`` records that value.
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
        """Return the path as people type it."""
        return spelled(self.path)

    @property
    def protected(self) -> bool:
        """Return True if the change needs an administrator and a risk manager."""
        return guard_at(self.path) is not Guard.ORDINARY


# --- the policy with changes ------------------------------------------------------------------------------------------


def overlaid(base: Values, changes: Iterable[PolicyChange]) -> dict[str, Any]:
    """Return the packaged policy or the team's file with the approved changes applied.

    Raises:
        UnknownKey: a change names an entry that no longer exists.
    """
    values = dict(base)
    for change in changes:
        if not change.back:
            values = put(values, change.path, change.value)
    return values


def contradicted(changes: Iterable[PolicyChange], base: Values, file: Values) -> Iterator[tuple[PolicyChange, Any]]:
    """Yield approved changes whose key has meanwhile another value in the team's file, with that value.

    A file with the value at the time of the proposal, or with the change's own value, is no contradiction; nor is any file after the
    change was taken back.
    """
    for change in changes:
        now = value_at(base, change.path)
        if not change.back and _names(file, change.path) and now not in (change.base, change.value):
            yield change, now


def _names(file: Values, path: Path) -> bool:
    """Return True if a file sets a path; an array is replaced as a whole, including entries that it omits."""
    node: Any = file
    for name in path:
        if isinstance(node, list):
            return True
        if name not in children(node):
            return False
        node = children(node)[name]
    return True


def no_longer_accepted(changes: Iterable[PolicyChange], base: Values) -> Iterator[PolicyChange]:
    """Yield approved changes that this version's model refuses: keys now reserved for the file, or out of range.

    A change that merely conflicts with the file is not included.
    """
    for change in changes:
        if change.back:
            continue
        # a key that this version no longer has is refused by a rule of its table, which is no conflict with the file
        if guard_at(change.path) is Guard.FILE or not schema_at(change.path):
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
) -> tuple[PolicyChange, PolicyProposed]:
    """Propose a new value for one key.

    Args:
        text: the value as in TOML; a word needs no quotes, and ``packaged`` undoes earlier changes.
        base: the packaged policy overlaid with the team's file.
        changes: the approved changes in force.
        roles_given: whether roles are assigned, so that protected keys have their guards.

    Raises:
        NotASetting: the key is a table, or an entry's name.
        PartOfASetting: the key changes only together with the others of its table.
        FileOnly, FileUntilRoles: as :func:`settable`.
        SettingRefused: the policy would not be valid.
        NothingToChange: the key has this value.
        NobodyCouldUndoIt: nobody would be left with the right to propose changes, or to approve them.
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
    proposed = PolicyProposed(subject=str(id), actor=by, at=at, key=change.key, before=before, after=change.value, back=back, reason=reason)
    return change, proposed


def settable(path: Path, *, roles_given: bool) -> None:
    """Check that a proposal may name a key.

    Raises:
        FileOnly: it can be set in the policy file only.
        FileUntilRoles: it is protected, and no role has been assigned yet.
    """
    guard = guard_at(path)
    if guard is Guard.FILE:
        raise FileOnly(key=spelled(path))
    if guard is Guard.PROTECTED and not roles_given:
        raise FileUntilRoles(key=spelled(path))


def _is_a_setting(present: Values, path: Path) -> None:
    value = value_at(present, path)
    if (whole := setting(path)) != path:
        raise PartOfASetting(key=spelled(path), whole=spelled(whole), keys=tuple(children(value_at(present, whole))))
    if schema_at(path).get(WHOLE):
        return
    if not path or is_table(value) or {"properties", "additionalProperties"} & set(schema_at(path)):
        raise NotASetting(key=spelled(path), keys=tuple(children(value)))
    around = value_at(present, path[:-2])
    if isinstance(around, list) and path[-1] == name_field(around):
        raise NotASetting(key=spelled(path), keys=())


def _accepted(base: Values, others: Sequence[PolicyChange], change: PolicyChange, text: str) -> Any:
    """Return the first reading of a text that makes a valid policy, in the policy's own spelling."""
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
    """Return the whole policy with this value."""
    schema = schema_at(change.path)
    if (isinstance(value, bool) and schema.get("type") != "boolean") or not _finite(value):
        raise SettingRefused(key=change.key, value=value, why=None, schema=schema)
    try:
        return Policy.model_validate(overlaid(base, [*others, replace(change, value=value)]))
    except ValidationError as error:
        raise SettingRefused(key=change.key, value=value, why=_why(error, schema), schema=schema) from error


def _finite(value: Any) -> bool:
    """Return True if every number in a value is finite; infinity and NaN cannot be stored."""
    if isinstance(value, dict):
        return all(map(_finite, value.values()))
    if isinstance(value, list):
        return all(map(_finite, value))
    return not isinstance(value, float) or math.isfinite(value)


def _why(error: ValidationError, schema: Any) -> str | None:
    """Return the message of a rule over several keys; None where the key's schema explains enough."""
    told = [fault for fault in error.errors() if fault["type"] in {"value_error", "assertion_error"}]
    return str(told[0]["ctx"]["error"]) if told else None


def _somebody_could_undo_it(policy: Policy) -> None:
    for right in (Right.PROPOSE, Right.DECIDE):
        if not any(right in policy.roles.rights([role]) for role in Role):
            raise NobodyCouldUndoIt(right=right)


def readings(text: str) -> Iterator[Any]:
    """Yield the possible values of a text, the likeliest first: a TOML literal, a list of bare words, a word."""
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
    if isinstance(value, dict):
        return {name: _as_json(item) for name, item in value.items()}
    return value.isoformat() if isinstance(value, date | time) else value


# --- decide -----------------------------------------------------------------------------------------------------------


def enacted(change: PolicyChange, *, base: Values, changes: Sequence[PolicyChange], stages: Sequence[Stage]) -> Policy:
    """Return the whole policy with this change approved.

    Args:
        stages: the steps of its approval.

    Raises:
        FileOnly: the key can be set in the policy file only.
        AskedUnderOtherRules: the key is protected, and not all of its guards were asked to approve.
        PolicyMovedOn: the key's value has changed since the proposal.
        SettingRefused: the policy would not be valid together with other changes made meanwhile.
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
