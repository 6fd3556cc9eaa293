"""Whether somebody is still let in when their request is carried out: since the door let them in, they may have left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from bot.slack.people import People
from commands.kit.access.access import Outside, in_words, refuse_as_owner
from commands.kit.contract import Person, Refused
from commands.kit.i18n import _
from commands.kit.input.fields import arguments
from risk_engine.people.roles import Right
from storage.approvals import approvals
from storage.database import Busy, Tx

# who decides, or gives rights away, is looked up afresh, whatever was known of them seconds ago
DECIDING = frozenset({Right.DECIDE, Right.VOICE, Right.ADMINISTER})
AFRESH = 2.0
# seconds for which it is known what address somebody has who asked for what is to be decided
RECENT = 60.0


class NotWelcome(Refused):
    """Somebody is not let in any more; this may be said to them, and nothing else."""


class Unconfirmed(Refused):
    """Slack does not say now who somebody is; it may in a minute."""


class SlackAway(Busy):
    """What was acknowledged needs an answer of Slack's; it is kept and tried again."""


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
        raise Refused(_("Slack did not confirm that your account is active, so nothing was decided. Please try again in a minute."))
    if why is not None and why is not Outside.UNKNOWN:
        raise NotWelcome(in_words(why))


def refuse_departed(people: People, person: str) -> None:
    """Refuse whoever is known to be out; Slack is not asked.

    Raises:
        NotWelcome: they are not let in any more.
    """
    if (why := people.known_outside(person)) is not None:
        raise NotWelcome(in_words(why))


def confirmed(people: People, person: str) -> bool | None:
    """Return whether Slack confirms now that somebody is a full member; None if it does not say."""
    why = people.why_outside(person, within=AFRESH)
    return None if why is Outside.UNKNOWN else why is None


def voices(args: Any, tx: Tx) -> list[str]:
    """Return the accounts that asked for what is to be decided, or have spoken on it."""
    key = getattr(args, "key", None)
    # what follows the point is the digest of what was seen
    asked = approvals.by_key(tx, key.partition(".")[0]) if isinstance(key, str) else None
    return [] if asked is None else [asked.maker, *(each for vote in asked.votes for each in (vote.person, vote.authority))]


def look_up(people: People, args: Any, asker: Person, others: Sequence[str], *, home_team: str) -> None:
    """Ask Slack about whoever is named or has a part in it, before the lock is taken; a guest, or somebody who has left, is made no owner.

    Raises:
        Refused: names who it is, and the argument; Unconfirmed if Slack gave no answer.
    """
    for other in others:
        people.user(other, within=RECENT)
    for argument in arguments(type(args)):
        who = getattr(args, argument.name) if argument.ask.person else None
        if who is None or who == asker.id:
            continue
        user = people.user(who)
        if not argument.ask.outsiders and (no := refuse_as_owner(user, people.name_of(who), home_team=home_team)):
            raise (Unconfirmed if user is None and people.unanswered(who) else Refused)(no, field=argument.name)


def addresses(people: People, args: Any, asker: Person, others: Sequence[str]) -> dict[str, str]:
    """Return the e-mail addresses of the asker, of whoever is named and of the others, who were looked up before."""
    named = [getattr(args, argument.name) for argument in arguments(type(args)) if argument.ask.person]
    return people.addresses([asker.id, *(str(one) for one in named if one), *others])
