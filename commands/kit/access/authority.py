"""What a person may do at this moment, and what they are told when they may not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from commands.kit.blocks import mention
from commands.kit.contract import Authority, Command, Refused, Request
from commands.kit.i18n import Marked, Text, _
from commands.kit.wording import role_words
from commands.kit.wording.words import label
from risk_engine.people.membership import Member
from risk_engine.people.roles import Right, Role
from risk_engine.policy.policy import Policy
from storage.approvals import delegations
from storage.audit.reconciliation import trusting
from storage.database import Tx
from storage.people import people
from storage.sight import Sight

# more administrators than this are not named: nobody writes to all of them
NAMED = 3


class NotAllowed(Refused):
    """Somebody lacks the right that this takes."""

    def __init__(self, sentence: Text, right: Right) -> None:
        super().__init__(sentence)
        self.right = right


def authority_of(tx: Tx, person: str, policy: Policy, *, at: datetime | None = None) -> Authority:
    """What somebody may do now: by the roles that they were given, by Slack's user groups, by the bot's setting.

    Until the first role is given to anybody, everybody plays the policy's ``before``, and its list of approvers says who decides.

    Args:
        policy: with the people in its groups and its administrators by setting, as a request's and a notice's is.
        at: with it counts what others have delegated; without it only what is somebody's own, so that nothing is delegated twice.
    """
    rules, member = policy.roles, _as_recorded(tx, people.get(tx, person))
    given = roles_are_given(tx, policy)
    own = member.roles | rules.by_group(person)
    roles = own or frozenset(rules.others if given else rules.before)
    by_setting = frozenset({Role.ADMINISTRATOR}) if person in rules.administrators else frozenset()
    roles |= by_setting
    rights = rules.rights(roles)
    if not given and policy.people.approvers and person not in policy.people.approvers:
        rights -= {Right.DECIDE, Right.VOICE}
    if at is not None and Right.DECIDE not in rights and Role.ADMINISTRATOR not in roles and _stands_in(tx, person, policy, at):
        rights |= {Right.DECIDE, Right.VOICE}
    return Authority(roles, rights, rules.reach(roles), member.departments, given, member.roles | by_setting)


def _as_recorded(tx: Tx, member: Member) -> Member:
    """Somebody with the roles that they were given; with none where the row says what the trail does not."""
    return member if not member.version or trusting.member(tx, member.id) else Member(member.id)


def _stands_in(tx: Tx, person: str, policy: Policy, at: datetime) -> bool:
    """Whether somebody who decides has delegated that to this person."""
    return any(Right.DECIDE in authority_of(tx, one.giver, policy).rights for one in delegations.to(tx, person, at=at))


def roles_are_given(tx: Tx, policy: Policy) -> bool:
    """Whether anybody has been given a role, by an administrator or by the policy's naming a group."""
    return bool(policy.roles.groups) or people.anybody_holds(tx)


def sight_of(person: str, authority: Authority, policy: Policy) -> Sight:
    """Whose customers somebody with this authority sees: not by their names in Slack, which they can change themselves."""
    return Sight(authority.reach, authority.departments, frozenset({person, *policy.people.known_as.get(person, ())}))


def administrators(tx: Tx, policy: Policy) -> list[str]:
    """Who gives and takes roles, in order of their ids."""
    return sorted({*policy.roles.players(Role.ADMINISTRATOR), *people.holders(tx, Role.ADMINISTRATOR)})


def may(command: Command, request: Request) -> bool:
    """Whether somebody may give a command, as far as rights go."""
    return command.right in request.authority.rights


def demand(tx: Tx, request: Request, *rights: Right) -> None:
    """Refuse whoever lacks one of these rights.

    Raises:
        NotAllowed: in words, with whom to ask.
    """
    for right in rights:
        if right not in request.authority.rights:
            raise NotAllowed(refusal(tx, right, request), right)


def refusal(tx: Tx, right: Right, request: Request) -> Text:
    """What right is missing, which roles have it, and whom to ask."""
    policy, authority = request.policy, request.authority
    if right is Right.VOICE:
        # what it takes in nearly every case, and is asked for in words
        right = Right.DECIDE
    if right is Right.DECIDE and Role.ADMINISTRATOR in authority.roles:
        return _("Administrators assign roles and cannot decide approvals, whatever other role they hold: please ask an approver.")
    if right is Right.DECIDE and not authority.given and policy.people.approvers:
        return _("The policy names the people who decide approvals, and you are not one of them.")
    sentence = _("You need the role {roles} to {right}; your role: {own}. Please ask {whom}.")
    with_it = [role for role in Role if right in policy.roles.rules(role).rights]
    whom = whom_to_ask(tx, policy, request.user)
    return sentence.format(right=role_words.RIGHTS[right], roles=_either(with_it), own=role_words.roles(authority.roles), whom=whom)


def _either(roles: Iterable[Role]) -> Text | str:
    names = [label(role) for role in roles]
    if len(names) < 2:
        return "".join(names) or _("to which the policy gives it, none so far")
    return _("{first} or {last}").format(first=", ".join(names[:-1]), last=names[-1])


def whom_to_ask(tx: Tx, policy: Policy, asker: str) -> Text | Marked:
    """The other administrators by name if they are few; whoever runs the bot if there is none."""
    every = administrators(tx, policy)
    found = [one for one in every if one != asker]
    if not every:
        return _("the operator to name the first administrator in RISKBOT_ADMINS")
    if not found:
        return _("the operator to name a second administrator in RISKBOT_ADMINS")
    return Marked(", ".join(mention(one) for one in found)) if len(found) <= NAMED else _("an administrator")
