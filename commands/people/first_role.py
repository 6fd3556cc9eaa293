"""The first role of a team: it changes the rights of all others, so the bot asks before it takes effect."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import timedelta

from commands.kit import blocks
from commands.kit.access.authority import roles_are_given
from commands.kit.contract import Reply, Request
from commands.kit.i18n import Text, _, ngettext
from commands.kit.wording import role_words, words
from risk_engine.people import membership
from risk_engine.people.membership import Member
from risk_engine.people.roles import Right, Role
from risk_engine.people.roles_policy import Roles
from storage.database import Tx
from storage.delivery import answers
from storage.delivery.answers import Answer
from storage.people import people

# the button that assigns the role
CONFIRM = "people.first"
# the time for which the button holds
HOLDS = timedelta(days=1)


def is_first(roles: Collection[Role], request: Request, tx: Tx) -> bool:
    """Return True if nobody has a role yet and somebody is to have one."""
    return bool(roles) and not roles_are_given(tx, request.policy)


def ask(member: Member, roles: Collection[Role], departments: Collection[str], reason: str | None, request: Request, tx: Tx) -> Reply:
    """Return the question whether the first role is meant, with its effect on everybody else; nothing is changed."""
    held = {
        "person": member.id,
        "roles": membership.in_order(roles),
        "departments": sorted(departments),
        "reason": reason,
        "version": member.version,
    }
    kept = Answer(uuid.uuid4().hex, CONFIRM, held, request.user, request.at, request.at + HOLDS)
    answers.keep(tx, kept)
    person = blocks.mention(member.id)
    sentence = _("Nothing has been changed yet. Assign {roles} to {person} as the first role of the team?")
    gist = sentence.format(roles=role_words.roles(roles), person=person)
    lines = [blocks.sentence(line) for line in (gist, *_effects(member, roles, request, tx))]
    button = blocks.button(CONFIRM, _("Assign the first role"), kept.key, style="primary")
    return Reply(blocks.marked(gist), [*lines, blocks.buttons(button)])


def _effects(member: Member, roles: Collection[Role], request: Request, tx: Tx) -> list[Text]:
    """Return the rights of the others from then on, the number who see nothing, and if the asker is among them."""
    rules = request.policy.roles
    sentence = _("From then on, everyone without a role acts as {others} and may {rights}.")
    if not rules.others:
        sentence = _("From then on, people without a role see nothing: no customer, no risk, no answer.")
    lines = [sentence.format(others=role_words.roles(rules.others), rights=role_words.rights(rules.rights(rules.others)))]
    seeing = _seeing(rules, tx) | ({member.id} if _reads(rules, roles) else set())
    everybody = request.members()
    if everybody is not None and Right.READ not in rules.rights(rules.others) and (left := max(everybody - len(seeing), 0)):
        lines.append(
            ngettext(
                "{n} person of {all} would see nothing until you assign a role.",
                "{n} people of {all} would see nothing until you assign their roles.",
                left,
            ).format(all=words.count(everybody))
        )
    if request.user not in seeing and Right.READ not in rules.rights(rules.others):
        lines.append(
            _("You would be among them: the administrator role does not show customers. Another administrator can assign you a role.")
        )
    return lines


def _reads(rules: Roles, roles: Collection[Role]) -> bool:
    return any(Right.READ in rules.rules(role).rights for role in roles)


def _seeing(rules: Roles, tx: Tx) -> set[str]:
    """Return the people who see customers by a role of their own, or by setting or user group."""
    return {one for role in Role if _reads(rules, [role]) for one in {*people.holders(tx, role), *rules.players(role)}}
