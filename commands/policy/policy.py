"""/risk policy: the version in force, its differences from the packaged one, and any key with its accepted values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import Field

from commands.approvals import decided_by
from commands.kit import blocks, tables
from commands.kit.contract import Args, Block, Command, Refused, Reply, Request
from commands.kit.i18n import Text, _, labelled, listed, ngettext
from commands.kit.input.fields import Ask
from commands.kit.wording import words
from commands.policy import policy_words
from risk_engine.approvals.proposal import ProposalState
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from risk_engine.policy.policy_change import PolicyChange
from risk_engine.policy.policy_keys import Path, Values, children, differences, is_table, resolve, schema_at, setting, spelled, value_at
from risk_engine.policy.refusals import UnknownKey
from risk_engine.references import PolicyChangeId, spelled_out
from storage.approvals import approvals
from storage.database import Tx
from storage.policy import policies, policies_in_force, policy_changes
from storage.policy.policies_in_force import PolicyInForce

SHOWN = 15
HISTORY = 5


class PolicyArgs(Args):
    key: Annotated[str | None, Field(max_length=200), Ask(_("Key"), verbatim=True)] = None


def policy(args: PolicyArgs, request: Request, tx: Tx) -> Reply:
    standing = policies_in_force.standing(tx)
    if not args.key:
        return _overview(standing, tx)
    path = path_of(args.key, standing.values)
    found = value_at(standing.values, path)
    return _table(path, found, tx) if is_table(found) or isinstance(found, dict) else _key(path, standing, tx)


def path_of(key: str, values: Values) -> Path:
    """Return the path that a typed key means.

    Raises:
        Refused: there is no such key; the nearest is named, or the existing ones.
    """
    try:
        return resolve(values, key)
    except UnknownKey as error:
        if spaced := policy_words.begun_by(key, values):
            sentence = _("The policy has no key “{key}”. A key with spaces is quoted, as in `/risk policy {spaced}`.")
            raise Refused(sentence.format(key=error.key, spaced=policy_words.typed(spaced)), field="key") from error
        if (near := policy_words.nearest_key(key, values)) and near != error.table:
            sentence = _("The policy has no key “{key}”. Did you mean `/risk policy {near}`?")
            raise Refused(sentence.format(key=error.key, near=policy_words.typed(near)), field="key") from error
        if error.table:
            sentence = _("“{table}” has no key like “{key}”; it has: {known}.")
        else:
            sentence = _("The policy has no key “{key}”; its tables are: {known}.")
        raise Refused(sentence.format(key=error.key, table=error.table, known=listed(error.known)), field="key") from error


# --- the whole -------------------------------------------------------------------------------------------------------


def _overview(standing: PolicyInForce, tx: Tx) -> Reply:
    differing, waiting = differences(_packaged(), standing.values), policy_changes.waiting(tx)
    heading = _("Policy {version} is in force").format(version=standing.digest[:8])
    count = ngettext("{n} key differs from the packaged policy", "{n} keys differ from the packaged policy", len(differing))
    said = count if differing else _("packaged value")
    gist = labelled(heading, said)
    since = words.moment(standing.since) if standing.since else None
    body: list[Block] = [blocks.header(heading), blocks.facts([(_("Since"), since), (_("Source"), list(_origin(standing.origin, tx)))])]
    body += _differing(count, differing, tx) if differing else [blocks.paragraph(_("Nothing differs from the packaged policy."))]
    if waiting:
        body += [blocks.paragraph(blocks.bold(_("Pending approval"))), blocks.bullets([_waiting(each, tx) for each in waiting[:SHOWN]])]
    body.append(blocks.paragraph(blocks.bold(_("Tables")), "  ", listed(standing.values)))
    body.append(
        blocks.note(
            _("/risk policy TABLE shows its keys; /risk policy KEY VALUE “why” proposes a change, which someone else must approve.")
        )
    )
    return Reply(blocks.marked(gist), body, shareable=True)


def _packaged() -> Values:
    return policies.read(None).model_dump(mode="json")


def _origin(origin: str, tx: Tx) -> Iterator[Any]:
    """Yield the origin of a version: the packaged policy, the team's file, or a change and its approver."""
    if origin == policies.PACKAGED:
        yield _("the packaged policy")
        return
    if not isinstance(change := spelled_out(origin), PolicyChangeId):
        yield _("the policy file {name}").format(name=policies.called(origin))
        return
    yield origin
    approval = approvals.of_subject(tx, change)
    if approval is not None and approval.decided_by:
        said = _("requested by {maker}, approved by {others}")
        yield from [", ", *blocks.around(said, maker=blocks.person(approval.maker), others=decided_by(approval))]


def _differing(count: Text, differing: Sequence[tuple[Path, Any, Any]], tx: Tx) -> list[Block]:
    by_path = {change.path: change for change in policy_changes.approved(tx) if not change.back}
    lines = []
    for path, packaged, now in differing[:SHOWN]:
        change = by_path.get(setting(path))
        whose = [str(change.id), ", ", blocks.person(change.proposed_by)] if change else [_("the policy file")]
        lines.append([blocks.bold(spelled(path)), f"  {policy_words.change(packaged, now)}  · ", *whose])
    left = len(differing) - SHOWN
    more = [blocks.note(_("{n} more not shown.").format(n=left))] if left > 0 else []
    return [blocks.paragraph(blocks.bold(count)), blocks.bullets(lines), *more]


def _waiting(change: PolicyChange, tx: Tx) -> list[Any]:
    """Return ``P-4 · alerts.red_hours  24 → 12  · requested by @ana (A-7)``."""
    approval = approvals.of_subject(tx, change.id)
    line = [blocks.bold(f"{change.id} · {change.key}"), f"  {policy_words.change(change.before, change.value)}  · "]
    asked = blocks.around(_("requested by {who}"), who=blocks.person(change.proposed_by))
    return [*line, *asked, *([f" ({approval.id})"] if approval else [])]


# --- a table ---------------------------------------------------------------------------------------------------------


def _table(path: Path, found: Any, tx: Tx) -> Reply:
    inside, changed = children(found), {change.path: change for change in policy_changes.approved(tx) if not change.back}
    heading = ngettext("{key}: {n} key", "{key}: {n} keys", len(inside)).format(key=spelled(path))
    rows = [[name, _short(value), str(changed[(*path, name)].id) if (*path, name) in changed else ""] for name, value in inside.items()]
    body: list[Block] = [blocks.header(heading)]
    if reason := policy_words.reason(path):
        body.append(blocks.paragraph(reason))
    body.append(
        tables.table((_("Key"), _("Value"), _("Changed")), rows, caption=heading) if rows else blocks.paragraph(_("There is no entry yet."))
    )
    example = policy_words.typed(spelled((*path, next(iter(inside), "NAME"))))
    body.append(blocks.note(_("/risk policy {key} shows one key: its value, what it accepts and where it comes from.").format(key=example)))
    return Reply(blocks.marked(heading), body, shareable=True)


def _short(value: Any) -> str:
    if is_table(value) or isinstance(value, dict):
        return str(ngettext("{n} key", "{n} keys", len(children(value))))
    return policy_words.value(value)


# --- a key -----------------------------------------------------------------------------------------------------------


def _key(path: Path, standing: PolicyInForce, tx: Tx) -> Reply:
    key, now = spelled(path), value_at(standing.values, path)
    packaged, base = value_at(_packaged(), path), value_at(standing.base, path)
    history = policy_changes.of_key(tx, setting(path))
    heading = _("{key} is {value}").format(key=key, value=policy_words.value(now))
    pairs: list[tuple[Text, Any]] = [
        (_("Packaged"), policy_words.value(packaged)),
        (_("In the policy file"), policy_words.value(base) if base != packaged else None),
        (_("Source"), list(_comes_from(history, base == packaged, tx))),
        (_("Accepted"), accepted_at(path)),
        (_("Can be changed by"), policy_words.guarded(path)),
        (_("Reason"), policy_words.reason(path)),
    ]
    body: list[Block] = [blocks.header(heading), blocks.facts(pairs)]
    if history:
        body += [blocks.paragraph(blocks.bold(_("Changes"))), blocks.bullets([_past(each, tx) for each in reversed(history[-HISTORY:])])]
    how = _("/risk policy {key} VALUE “why” proposes a new value; use “packaged” as VALUE to restore the packaged one.")
    body.append(blocks.note(how.format(key=policy_words.typed(key))))
    return Reply(blocks.marked(heading), body, shareable=True)


def accepted_at(path: Path) -> Text:
    """Return the accepted values of a key."""
    return policy_words.accepted(schema_at(path))


def _comes_from(history: Sequence[PolicyChange], same: bool, tx: Tx) -> Iterator[Any]:
    holding = next((change for change in reversed(history) if change.state is ProposalState.APPROVED and not change.back), None)
    if holding is not None:
        yield from _origin(str(holding.id), tx)
    else:
        yield _("the packaged policy") if same else _("the policy file")


def _past(change: PolicyChange, tx: Tx) -> list[Any]:
    """Return ``P-4 · 24 → 12 · approved, 23 Nov 2026, 09:00  “why”``."""
    approval = approvals.of_subject(tx, change.id)
    decided = f", {words.moment(approval.decided_at)}" if approval and approval.decided_at else ""
    told = f" · {policy_words.change(change.before, change.value)} · {words.label(change.state)}{decided}  "
    return [blocks.bold(str(change.id)), told, blocks.person(change.proposed_by), f" “{blocks.quoted(change.reason)}”"]


COMMAND = Command(
    "policy",
    PolicyArgs,
    policy,
    right=Right.READ,
    summary=_("The policy in force, the value of a key, and who changed it"),
    examples=["policy", "policy alerts", "policy responses.default_days", 'policy "kri.Debt service cover.amber"'],
    order=70,
    more="policy change",
    classification=Secrecy.INTERNAL,
)
