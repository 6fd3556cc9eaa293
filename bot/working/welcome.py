"""Access checks when a request is carried out: the asker may have left since it was accepted."""

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

# approvers, and people who assign rights, are looked up afresh each time
DECIDING = frozenset({Right.DECIDE, Right.VOICE, Right.ADMINISTER})
AFRESH = 2.0
# seconds for which the address of a request's maker counts
RECENT = 60.0


class NotWelcome(Refused):
    """A person has lost access; they are told this and nothing else."""


class Unconfirmed(Refused):
    """Slack gives no answer now about somebody; it may in a minute."""


class SlackAway(Busy):
    """A stored request needs an answer from Slack; it is retried."""


def refuse_outsiders(people: People, person: str, rights: Collection[Right]) -> None:
    """Refuse a request of somebody who has left or become a guest since they asked.

    Without an answer from Slack, a decision is refused, and any other acknowledged request is carried out.

    Raises:
        NotWelcome: they have lost access.
        Refused: the request is a decision, and Slack does not confirm the approver.
    """
    deciding = not DECIDING.isdisjoint(rights)
    why = people.why_outside(person, within=AFRESH) if deciding else people.why_outside(person)
    if why is Outside.UNKNOWN and deciding:
        raise Refused(_("Slack did not confirm that your account is active, so nothing was decided. Please try again in a minute."))
    if why is not None and why is not Outside.UNKNOWN:
        raise NotWelcome(in_words(why))


def refuse_departed(people: People, person: str) -> None:
    """Refuse somebody who is known to have lost access, without asking Slack.

    Raises:
        NotWelcome: they have lost access.
    """
    if (why := people.known_outside(person)) is not None:
        raise NotWelcome(in_words(why))


def confirmed(people: People, person: str) -> bool | None:
    """Return True if Slack confirms now that somebody is a full member; None without an answer."""
    why = people.why_outside(person, within=AFRESH)
    return None if why is Outside.UNKNOWN else why is None


def voices(args: Any, tx: Tx) -> list[str]:
    """Return the accounts that made or voted on the request at hand."""
    key = getattr(args, "key", None)
    # the part after the dot is the digest of the facts seen
    asked = approvals.by_key(tx, key.partition(".")[0]) if isinstance(key, str) else None
    return [] if asked is None else [asked.maker, *(each for vote in asked.votes for each in (vote.person, vote.authority))]


def look_up(people: People, args: Any, asker: Person, others: Sequence[str], *, home_team: str) -> None:
    """Ask Slack about everybody named or involved, before the lock is taken; refuse guests and leavers as owners.

    Raises:
        Refused: names the person and the argument; Unconfirmed if Slack gave no answer.
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
    """Return the e-mail addresses of the asker, of people named, and of the others, who were looked up before."""
    named = [getattr(args, argument.name) for argument in arguments(type(args)) if argument.ask.person]
    return people.addresses([asker.id, *(str(one) for one in named if one), *others])
