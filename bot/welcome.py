"""Whether somebody is still let in when their request is carried out: since the door let them in, they may have left."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bot.people import People
from commands.kit.access import Outside, in_words, refuse_as_owner
from commands.kit.contract import Person, Refused
from commands.kit.fields import arguments
from commands.kit.i18n import _
from risk_engine.roles import Right

# who decides, or gives rights away, is looked up afresh, whatever was known of them seconds ago
DECIDING = frozenset({Right.DECIDE, Right.VOICE, Right.ADMINISTER})
AFRESH = 2.0


class NotWelcome(Refused):
    """Somebody is not let in any more; this may be said to them, and nothing else."""


def refuse_outsiders(people: People, person: str, rights: Collection[Right]) -> None:
    """Refuse whoever has left, or become a guest, since they asked.

    If Slack does not say, a decision is refused, and anything else that was acknowledged is done.

    Raises:
        NotWelcome: they are not let in any more.
        Refused: a decision, and Slack does not confirm who decides.
    """
    deciding = not DECIDING.isdisjoint(rights)
    why = people.why_outside(person, within=AFRESH) if deciding else people.why_outside(person)
    if why is Outside.UNKNOWN and deciding:
        raise Refused(_("Slack does not confirm that your account is active, so nothing was decided. Please try again in a minute."))
    if why is not None and why is not Outside.UNKNOWN:
        raise NotWelcome(in_words(why))


def refuse_owners(people: People, args: Any, asker: Person, *, home_team: str) -> None:
    """Refuse to make a guest, or somebody who has left, an owner; before the transaction, because Slack is asked.

    Raises:
        Refused: names who it is, and the argument.
    """
    for argument in arguments(type(args)):
        who = getattr(args, argument.name) if argument.ask.person else None
        if who is None or who == asker.id:
            continue
        if argument.ask.outsiders:
            # looked up here, so that Slack is not asked while the lock is held
            people.user(who)
            continue
        if no := refuse_as_owner(people.user(who), people.name_of(who), home_team=home_team):
            raise Refused(no, field=argument.name)


def addresses(people: People, args: Any, asker: Person) -> dict[str, str]:
    """Return the e-mail addresses of the asker and of whoever is named, who were looked up before."""
    named = [getattr(args, argument.name) for argument in arguments(type(args)) if argument.ask.person]
    return people.addresses([asker.id, *(str(one) for one in named if one)])
