"""The policy in force: packaged < file < approved changes, with the version of each period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, select

from risk_engine.approvals.proposal import ProposalState
from risk_engine.policy.policy import Policy
from risk_engine.policy.policy_change import PolicyChange, contradicted, no_longer_accepted, overlaid
from risk_engine.policy.policy_keys import Values
from risk_engine.policy.refusals import UnknownKey
from storage.database import Conflict, Tx
from storage.policy import policies, policy_changes
from storage.policy.policies import PolicyError
from storage.rows import insert_once
from storage.schema import PolicyInForceRow, PolicyVersionRow


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """The policy in force now.

    Attributes:
        id: the number of the period; 0 before the first start, when the packaged policy applies.
        base: the packaged policy merged with the team's file.
        values: ``base`` with the approved changes.
        origin: the source of the version: ``packaged``, the file's path, or a change as P-3.
    """

    id: int
    base: Values
    values: Values
    digest: str
    origin: str
    since: datetime | None


_NUMBER = select(PolicyInForceRow.id).order_by(PolicyInForceRow.id.desc()).limit(1)


def newest(tx: Tx) -> int:
    """Return the number of the present period, which changes with the policy; 0 before the first start."""
    return tx.connection.execute(_NUMBER).scalar_one_or_none() or 0


def standing(tx: Tx) -> PolicyInForce:
    """Return the policy in force with its parts."""
    row = _newest(tx)
    if row is None:
        packaged = policies.read(None)
        content = packaged.model_dump(mode="json")
        return PolicyInForce(0, content, content, policies.digest(packaged), policies.PACKAGED, None)
    base, version = (_version(tx, id) for id in (row["base_id"], row["version_id"]))
    return PolicyInForce(row["id"], base["content"], version["content"], version["digest"], row["origin"], row["since"])


def values(tx: Tx) -> Values | None:
    """Return the policy in force as JSON values; None before the first start."""
    row = _newest(tx)
    content: Values | None = None if row is None else _version(tx, row["version_id"])["content"]
    return content


def _newest(tx: Tx) -> RowMapping | None:
    query = select(*PolicyInForceRow.__table__.columns).order_by(PolicyInForceRow.id.desc()).limit(1)
    return tx.connection.execute(query).mappings().one_or_none()


def _version(tx: Tx, id: int) -> RowMapping:
    query = select(PolicyVersionRow.digest, PolicyVersionRow.content).where(PolicyVersionRow.id == id)
    return tx.connection.execute(query).mappings().one()


# --- at a start ---------------------------------------------------------------------------------------------------------


def with_changes(tx: Tx, base: Policy, *, file: Path | None) -> Policy:
    """Return a policy with the approved changes applied.

    Args:
        base: the packaged policy merged with ``file``.

    Raises:
        PolicyError: the file has changed a key that was changed by approval, or contradicts the approved changes.
    """
    changes, spelled = policy_changes.approved(tx), base.model_dump(mode="json")
    origin = str(file) if file else "the packaged policy"
    if told := [_contradiction(origin, *each) for each in contradicted(changes, spelled, policies.named_in(file))]:
        raise PolicyError("\n".join(told))
    by_approval = f"{origin} with {_listed(changes)} over it"
    try:
        return policies.valid(overlaid(spelled, changes), origin=by_approval) if changes else base
    except UnknownKey as error:
        raise PolicyError(f"{by_approval}: there is no entry {error.key!r} any more; put it back") from error


def _contradiction(origin: str, change: PolicyChange, now: Any) -> str:
    return (
        f"{origin}: {change.key}: found {now!r}, but {change.id} changed it to {change.value!r} by approval. "
        f"Set it to {change.value!r} or leave it as it was, {change.base!r}; "
        f'to change it, type /risk policy "{change.key}" VALUE "why" in Slack'
    )


def _listed(changes: Sequence[PolicyChange]) -> str:
    return ", ".join(f"{change.id} ({change.key})" for change in changes)


def set_aside(tx: Tx, base: Policy) -> list[PolicyChange]:
    """End approved changes that this version's model refuses, so that they do not block a start; return them."""
    ended = list(no_longer_accepted(policy_changes.approved(tx), base.model_dump(mode="json")))
    for change in ended:
        policy_changes.save(tx, change.become(ProposalState.REPLACED))
    return ended


def begin(tx: Tx, base: Policy, *, file: Path | None, at: datetime) -> tuple[Policy, PolicyInForce | None]:
    """Put a policy with the approved changes in force when a process starts.

    Returns:
        the policy that is in force, and what was in force before if that was another.

    Raises:
        PolicyError: as :func:`with_changes`.
        Conflict: another process started, or a change was approved, at the same instant.
    """
    # read before the changes: an approval in between then counts as a collision and is not lost
    before = standing(tx)
    policy, origin = with_changes(tx, base, file=file), str(file or policies.PACKAGED)
    same = before.id and (before.digest, policies.digest_of(before.base)) == (policies.digest(policy), policies.digest(base))
    if same:
        return policy, None
    _put(tx, before, base, policy, origin, at)
    return policy, before if before.id and before.digest != policies.digest(policy) else None


def enact(tx: Tx, policy: Policy, *, instead_of: PolicyInForce, change: PolicyChange, at: datetime) -> None:
    """Put an approved change in force.

    Args:
        policy: the whole policy, with the change.
        instead_of: the policy in force before the approved changes were read.

    Raises:
        Conflict: another one was put in force meanwhile.
    """
    _put(tx, instead_of, policies.valid(instead_of.base, origin="the policy on record"), policy, str(change.id), at)


def _put(tx: Tx, before: PolicyInForce, base: Policy, policy: Policy, origin: str, at: datetime) -> None:
    ids = [_recorded(tx, each, origin, at) for each in (base, policy)]
    row = {"id": before.id + 1, "base_id": ids[0], "version_id": ids[1], "origin": origin, "since": at}
    if not insert_once(tx, PolicyInForceRow, row):
        raise Conflict("another policy was put in force meanwhile")


def _recorded(tx: Tx, policy: Policy, origin: str, at: datetime) -> int:
    policies.record(tx, policy, origin=origin, at=at)
    query = select(PolicyVersionRow.id).where(PolicyVersionRow.digest == policies.digest(policy))
    return int(tx.connection.execute(query).scalar_one())
