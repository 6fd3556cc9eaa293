"""/risk people @ada analyst,approver: assign and remove roles and departments."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from commands.delivery import record
from commands.kit import blocks
from commands.kit.access.authority import administrators, authority_of, roles_are_given
from commands.kit.contract import Args, Blocks, Command, Message, Notice, Refused, Reply, Request, To
from commands.kit.i18n import Text, _, listed
from commands.kit.input.digest_options import scope_named
from commands.kit.input.fields import Ask, Key, Several, Someone
from commands.kit.wording import role_words
from commands.people import first_role
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people import membership
from risk_engine.people.events import RoleGiven, RolesChanged, RoleTaken
from risk_engine.people.membership import Member
from risk_engine.people.roles import Reach, Right, Role
from risk_engine.policy.policy import Policy
from storage.customers import customers
from storage.database import Tx
from storage.delivery import answers
from storage.delivery.answers import Answer
from storage.events import Recorded
from storage.people import people
from storage.sight import EVERYTHING

NONE = "none"
# the time for which an undo is offered
UNDO = timedelta(days=1)


class Wish(StrEnum):
    """A role, or none at all."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    RELATIONSHIP_MANAGER = "relationship_manager"
    RISK_MANAGER = "risk_manager"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    NONE = "none"


class PeopleSetArgs(Args):
    person: Annotated[Someone, Ask(_("Person"), person=True, outsiders=True)]
    roles: Annotated[
        tuple[Wish, ...] | None,
        Several,
        Field(min_length=1),
        Ask(_("Roles"), hint=_("Replaces the present ones; leave empty to keep them"), rest=True),
    ] = None
    department: Annotated[
        str | None,
        Field(max_length=400),
        Ask(_("Departments"), hint=_("Separate with commas; “none” removes them; leave empty to keep them"), verbatim=True),
    ] = None
    reason: Annotated[str | None, Field(max_length=500), Ask(_("Why"), multiline=True)] = None


class UndoArgs(Args):
    key: Key


@dataclass(frozen=True, slots=True)
class Change:
    """The roles and departments that somebody is to have from now on."""

    member: Member
    roles: Collection[Role]
    departments: Collection[str]
    reason: str | None


def set_(args: PeopleSetArgs, request: Request, tx: Tx) -> Reply:
    before = people.get(tx, args.person)
    if args.roles is None and args.department is None:
        raise Refused(_("State the roles or departments for {person}.").format(person=_called(args.person)), field="roles")
    roles = before.roles if args.roles is None else _roles(args.roles)
    departments = before.departments if args.department is None else _departments(args.department, tx)
    change = Change(before, roles, departments, args.reason)
    _refuse_nothing(change, request)
    if (roles - before.roles or departments - before.departments) and not request.welcome(args.person):
        sentence = _("{person} is not a full member of this workspace: they cannot be assigned a role.")
        raise Refused(sentence.format(person=_called(args.person)), field="person")
    if first_role.is_first(roles, request, tx):
        _decided(change, request, tx)
        return first_role.ask(before, roles, departments, args.reason, request, tx)
    return _carried_out(change, request, tx)


def _roles(wishes: Sequence[Wish]) -> frozenset[Role]:
    if Wish.NONE in wishes and len(wishes) > 1:
        raise Refused(_("“none” must stand alone: it removes every role."), field="roles")
    return frozenset(Role(wish.value) for wish in wishes if wish is not Wish.NONE)


def _departments(text: str, tx: Tx) -> frozenset[str]:
    """Return departments in the book's spelling, or as typed while the book has none."""
    wanted = [blocks.clean(part) for part in text.split(",") if part.strip()]
    if [part.lower() for part in wanted] == [NONE]:
        return frozenset()
    # administrators see no customers, but must know all departments
    whole = replace(tx, sight=EVERYTHING)
    if not customers.values_of(whole, "department"):
        return frozenset(wanted)
    return frozenset(str(scope_named(part, None, whole).department) for part in wanted)


def _refuse_nothing(change: Change, request: Request) -> None:
    """Refuse a change that changes nothing, or that only settings or groups can make."""
    member, rules = change.member, request.policy.roles
    if frozenset(change.roles) != member.roles or frozenset(change.departments) != member.departments:
        return
    if not change.roles and member.id in rules.administrators:
        sentence = _("{person} is an administrator through RISKBOT_ADMINS: only the operator can change that, in that setting.")
    elif not change.roles and rules.by_group(member.id):
        sentence = _("{person} has a role through a Slack user group, until they leave the group.")
    else:
        sentence = _("{person} already has these roles and departments: nothing was changed.")
    raise Refused(sentence.format(person=_called(member.id)))


def _decided(change: Change, request: Request, tx: Tx) -> tuple[Member, RolesChanged]:
    """Return the person as changed, with the event; nothing is stored.

    Raises:
        Refusal: the change is not allowed.
    """
    member, policy = change.member, request.policy
    by_other_means = policy.roles.players(Role.ADMINISTRATOR)
    return membership.change(
        member,
        roles=change.roles,
        departments=change.departments,
        other_administrators=[one for one in administrators(tx, policy) if one != member.id or one in by_other_means],
        same_person=policy.people.human(request.user) == policy.people.human(member.id),
        by=request.user,
        at=request.at,
        reason=change.reason,
    )


def _carried_out(change: Change, request: Request, tx: Tx) -> Reply:
    member, policy = change.member, request.policy
    first = first_role.is_first(change.roles, request, tx)
    changed, happened = _decided(change, request, tx)
    people.save(tx, changed)
    # a message to somebody who has left would wait for ever
    told = replace(happened, told=request.welcome(member.id))
    record(tx, told, policy, request_key=request.key)
    gist = _gist(told.facts)
    warnings = [*map(blocks.sentence, _reach(change, request, tx)), *_warnings(change, request, tx, first=first)]
    return Reply(blocks.marked(gist), [blocks.sentence(gist), *warnings, _undo(member, changed, request, tx)])


def _reach(change: Change, request: Request, tx: Tx) -> list[Text]:
    """Return a warning that departments limit nothing if the role's reach is wider."""
    if not change.departments:
        return []
    person, rules = change.member.id, request.policy.roles
    authority = authority_of(tx, person, request.policy)
    wide = [
        role for role in Role if role in authority.roles and Right.READ in rules.rules(role).rights and rules.rules(role).reach is Reach.ALL
    ]
    if wide:
        sentence = _(
            "{person} will see all customers, not only those of {departments}: the role {roles} covers all "
            "of them. To limit it, set {keys} to “department” with `/risk policy` or in the policy file, or "
            "remove that role."
        )
        keys = listed(f"roles.{role.value}.reach" for role in wide)
    elif authority.reach is Reach.OWN:
        sentence = _(
            "{person} will see the customers whose relationship manager they are, but not those of "
            "{departments}: none of their roles covers departments."
        )
        keys = ""
    else:
        return []
    departments = listed(sorted(change.departments))
    return [sentence.format(person=_called(person), departments=departments, roles=role_words.roles(wide), keys=keys)]


def _gist(facts: Mapping[str, Any]) -> Text:
    before, after = (_held(facts[name]) for name in ("before", "after"))
    return _("{person}: {after} (before: {before}).").format(person=_called(facts["person"]), after=after, before=before)


def _held(held: Mapping[str, Any]) -> str:
    """Return roles and departments in one line."""
    roles = role_words.roles([Role(role) for role in held["roles"]])
    return f"{roles} · {', '.join(held['departments'])}" if held["departments"] else roles


def _warnings(change: Change, request: Request, tx: Tx, *, first: bool) -> Blocks:
    """Return the effects of a change on others, and its limits."""
    rules, person = request.policy.roles, change.member.id
    lines: list[Text] = []
    if first:
        others = rules.rights(rules.others)
        sentence = _(
            "This is the first role: from now on, everyone without a role acts as {others} and may {rights}. Assign roles to the others."
        )
        if not rules.others:
            sentence = _("This is the first role: from now on, people without a role see nothing. Assign roles to the others.")
        lines.append(sentence.format(others=role_words.roles(rules.others), rights=role_words.rights(others)))
    if change.member.roles and not roles_are_given(tx, request.policy):
        sentence = _("No roles are assigned any more: every full member acts as {before} again, as before the first role was assigned.")
        lines.append(sentence.format(before=role_words.roles(rules.before)))
    if first and Right.READ not in authority_of(tx, request.user, request.policy).rights:
        lines.append(
            _("This applies to you too: the administrator role does not show customers. Another administrator can assign you a role.")
        )
    if Role.ADMINISTRATOR not in change.roles and person in rules.administrators:
        lines.append(_("{person} remains an administrator through RISKBOT_ADMINS.").format(person=_called(person)))
    if by_group := rules.by_group(person) - frozenset(change.roles):
        lines.append(
            _("{person} is also {roles} through a Slack user group.").format(person=_called(person), roles=role_words.roles(by_group))
        )
    if Role.ADMINISTRATOR in change.roles and Role.APPROVER in change.roles:
        lines.append(
            _("Administrators cannot decide approvals: while {person} is an administrator, the approver role has no effect.").format(
                person=_called(person)
            )
        )
    return [blocks.sentence(line) for line in lines]


def _undo(before: Member, changed: Member, request: Request, tx: Tx) -> dict[str, Any]:
    """Return a button that restores the previous state, while nobody has changed it since."""
    held = {
        "person": before.id,
        "roles": membership.in_order(before.roles),
        "departments": sorted(before.departments),
        "version": before.version + 1,
    }
    kept = Answer(uuid.uuid4().hex, "people.undo", held, request.user, request.at, request.at + UNDO)
    answers.keep(tx, kept)
    return blocks.buttons(blocks.button("people.undo", _("Undo"), kept.key))


def undo(args: UndoArgs, request: Request, tx: Tx) -> Reply:
    kept = answers.get(tx, args.key, now=request.at)
    if kept is None or kept.command != "people.undo":
        raise Refused(_("This can no longer be undone. `/risk people` shows who has which role."))
    held, now = kept.arguments, people.get(tx, kept.arguments["person"])
    if now.version != held["version"]:
        raise Refused(_("{person}'s roles have been changed since: nothing was undone.").format(person=_called(now.id)))
    roles, departments = frozenset(map(Role, held["roles"])), frozenset(held["departments"])
    if roles - now.roles and not request.welcome(now.id):
        raise Refused(_("{person} is no longer a full member: they cannot be assigned a role.").format(person=_called(now.id)))
    return _carried_out(Change(now, roles, departments, str(_("undone"))), request, tx)


def assign_first(args: UndoArgs, request: Request, tx: Tx) -> Reply:
    """Assign the first role, as it was asked about."""
    kept = answers.get(tx, args.key, now=request.at)
    if kept is None or kept.command != first_role.CONFIRM:
        raise Refused(_("This question has expired: assign the role again with `/risk people`."))
    held, now = kept.arguments, people.get(tx, kept.arguments["person"])
    if now.version != held["version"]:
        raise Refused(_("{person}'s roles have been changed since: nothing was assigned.").format(person=_called(now.id)))
    if not request.welcome(now.id):
        raise Refused(_("{person} is no longer a full member: they cannot be assigned a role.").format(person=_called(now.id)))
    change = Change(now, frozenset(map(Role, held["roles"])), frozenset(held["departments"]), held["reason"])
    return _carried_out(change, request, tx)


def _called(person: str) -> Any:
    return blocks.mention(person)


# --- notices ---------------------------------------------------------------------------------------------------------


def _to_the_person(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    return [To(f"person:{event.subject}", "your roles were changed")] if (event.facts or {}).get("told") else []


def person_message(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the notice to somebody whose roles were changed."""
    authority = authority_of(tx, facts["person"], policy)
    gist = _("{by} changed your roles: {after} (before: {before}).").format(
        after=_held(facts["after"]), before=_held(facts["before"]), by=blocks.mention(facts["actor"])
    )
    lines = [blocks.sentence(gist), *_why(facts)]
    return Message(blocks.marked(gist), [*lines, blocks.facts([(_("You may now"), role_words.rights(authority.rights))])])


def _to_the_audit_channel(event: Recorded, policy: Policy, tx: Tx) -> Sequence[To]:
    return [To("route:audit", "roles were changed")]


def audit_message(facts: Mapping[str, Any], policy: Policy, tx: Tx) -> Message | None:
    """Return the change, for auditors."""
    gist = _("{by} changed the roles of {person}: {after} (before: {before}).").format(
        by=blocks.mention(facts["actor"]), person=_called(facts["person"]), after=_held(facts["after"]), before=_held(facts["before"])
    )
    return Message(blocks.marked(gist), [blocks.sentence(gist), *_why(facts)])


def _why(facts: Mapping[str, Any]) -> Blocks:
    return [blocks.paragraph(f"“{blocks.quoted(facts['reason'])}”")] if facts.get("reason") else []


COMMAND = Command(
    "people set",
    PeopleSetArgs,
    set_,
    classification=Secrecy.RESTRICTED,
    right=Right.ADMINISTER,
    summary=_("Assign or remove someone's roles and departments"),
    examples=["people @ada analyst,approver", "people @ada department=Corporate", 'people @ada none reason="has left the team"'],
    writes=True,
    title=_("Roles"),
    submit=_("Save"),
    order=73,
)
ACTIONS = [
    Command(
        first_role.CONFIRM,
        UndoArgs,
        assign_first,
        right=Right.ADMINISTER,
        summary=_("Assign the first role of the team"),
        writes=True,
        classification=Secrecy.RESTRICTED,
    ),
    Command(
        "people.undo",
        UndoArgs,
        undo,
        right=Right.ADMINISTER,
        summary=_("Restore the previous roles"),
        writes=True,
        classification=Secrecy.CONFIDENTIAL,
    ),
]
NOTICES = [
    Notice("role.told", (RoleGiven, RoleTaken), _to_the_person, person_message, classification=Secrecy.CONFIDENTIAL),
    Notice(
        "role.audit",
        (RoleGiven, RoleTaken),
        _to_the_audit_channel,
        audit_message,
        classification=Secrecy.RESTRICTED,
    ),
]
