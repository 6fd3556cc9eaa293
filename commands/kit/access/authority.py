"""People's authority at this moment, and the words of a refusal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from commands.kit.blocks import mention
from commands.kit.contract import Authority, Command, Refused, Request
from commands.kit.i18n import Marked, Text, _, listed
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

# the largest number of administrators that are named
NAMED = 3


class NotAllowed(Refused):
    """The person lacks the required right."""

    def __init__(self, sentence: Text, right: Right) -> None:
        super().__init__(sentence)
        self.right = right


def authority_of(tx: Tx, person: str, policy: Policy, *, at: datetime | None = None) -> Authority:
    """Return somebody's authority now, from assigned roles, Slack's user groups, and the bot's settings.

    Until the first role is assigned, everybody holds the policy's ``before`` roles, and its list of approvers decides.

    Args:
        policy: the policy with its groups' members and the administrators from settings, as in requests and notices.
        at: if given, delegated authority counts; without it only one's own does, so that nothing is delegated twice.
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
    """Return somebody with their assigned roles, or with none if the row contradicts the trail."""
    return member if not member.version or trusting.member(tx, member.id) else Member(member.id)


def _stands_in(tx: Tx, person: str, policy: Policy, at: datetime) -> bool:
    """Return True if an approver has delegated their authority to this person."""
    return any(Right.DECIDE in authority_of(tx, one.giver, policy).rights for one in delegations.to(tx, person, at=at))


def roles_are_given(tx: Tx, policy: Policy) -> bool:
    """Return True if any role is assigned, by an administrator or through a group in the policy."""
    return bool(policy.roles.groups) or people.anybody_holds(tx)


def sight_of(person: str, authority: Authority, policy: Policy) -> Sight:
    """Return the sight of somebody with this authority; names in Slack, which people can change, do not count."""
    return Sight(authority.reach, authority.departments, frozenset({person, *policy.people.known_as.get(person, ())}))


def administrators(tx: Tx, policy: Policy) -> list[str]:
    """Return the administrators, sorted by id."""
    return sorted({*policy.roles.players(Role.ADMINISTRATOR), *people.holders(tx, Role.ADMINISTRATOR)})


def may(command: Command, request: Request) -> bool:
    """Return True if somebody's rights allow a command."""
    return command.right in request.authority.rights


def demand(tx: Tx, request: Request, *rights: Right) -> None:
    """Refuse a request that lacks one of these rights.

    Raises:
        NotAllowed: in words, with the people to ask.
    """
    for right in rights:
        if right not in request.authority.rights:
            raise NotAllowed(refusal(tx, right, request), right)


def refusal(tx: Tx, right: Right, request: Request) -> Text:
    """Return the missing right, the roles that have it, and the people to ask."""
    policy, authority = request.policy, request.authority
    if right is Right.VOICE:
        # the right behind it in nearly every case, and the one with words
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
    return _("{first} or {last}").format(first=listed(names[:-1]), last=names[-1])


def whom_to_ask(tx: Tx, policy: Policy, asker: str) -> Text | Marked:
    """Name the other administrators if they are few, or the operator if there is none."""
    every = administrators(tx, policy)
    found = [one for one in every if one != asker]
    if not every:
        return _("the operator to name the first administrator in RISKBOT_ADMINS")
    if not found:
        return _("the operator to name a second administrator in RISKBOT_ADMINS")
    return Marked(listed(mention(one) for one in found)) if len(found) <= NAMED else _("an administrator")
