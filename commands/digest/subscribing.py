"""/risk digest subscribe, pause, resume, unsubscribe: this channel's digest, its hour and scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from commands.delivery import record
from commands.digest.digest_state import card, facts_of, is_direct, next_line
from commands.digest.editions import subscribed
from commands.kit import blocks
from commands.kit.contract import Args, Command, Refused, Reply, Request
from commands.kit.i18n import Text, _, listed, sentences
from commands.kit.input.digest_options import scope_named, zone_named
from commands.kit.input.fields import Ask, Day, wall_time
from commands.kit.wording import words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.digest.events import (
    DigestChanged,
    DigestEvent,
    DigestPaused,
    DigestResumed,
    DigestSubscribed,
    DigestUnsubscribed,
)
from risk_engine.people.roles import Reach, Right
from storage.database import Tx
from storage.delivery import subscriptions
from storage.delivery.subscriptions import Subscription


class SubscribeArgs(Args):
    at: Annotated[time | None, BeforeValidator(wall_time), Ask(_("Hour"))] = None
    timezone: Annotated[str | None, Field(max_length=60), Ask(_("Time zone"))] = None
    department: Annotated[str | None, Field(max_length=200), Ask(_("Department"))] = None
    sector: Annotated[str | None, Field(max_length=200), Ask(_("Sector"))] = None


class PauseArgs(Args):
    until: Annotated[Day | None, Ask(_("Until"))] = None


class NoArgs(Args):
    pass


class PressArgs(Args):
    """The arguments of a press: the button carries a channel, but the place of the press counts."""

    channel: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,20}$"), Ask(_("Channel"), hidden=True)]


def _channel(request: Request) -> str:
    """Return the channel of the request.

    Raises:
        Refused: the place is a conversation between people.
    """
    if not request.channel or is_direct(request.channel):
        raise Refused(
            _("A digest belongs to a channel: type this in the channel that should receive it. `/risk digest now` shows it to you here.")
        )
    return request.channel


def _own(request: Request, tx: Tx) -> Subscription:
    channel = _channel(request)
    kept = subscriptions.get(tx, channel)
    if kept is None:
        _refuse_the_policys(request)
        raise Refused(_("This channel has no digest. Set one up with `/risk digest subscribe`."))
    return kept


def _refuse_the_policys(request: Request) -> None:
    """Refuse a channel that receives the policy's digest already."""
    policy = request.policy
    if any(request.is_here(name) for name in (policy.channels.digest, *policy.digest.channels)):
        raise Refused(_("The policy sends a digest to this channel; its time and time zone are set in the policy file under [digest]."))


def _refuse_more_than_is_seen(department: str | None, tx: Tx) -> None:
    """Refuse a digest about customers that the subscriber may not see."""
    if tx.sight.everything or (department is not None and tx.sight.holds(department, None)):
        return
    theirs = listed(sorted(tx.sight.departments)) if tx.sight.reach is Reach.DEPARTMENT else ""
    if not theirs:
        raise Refused(_("A channel digest covers a whole department: please ask someone who can see one."))
    sentence = _("You can see your own departments only, and so can a digest that you set up: give department=…, one of: {names}.")
    raise Refused(sentence.format(names=theirs), field="department")


def subscribe(args: SubscribeArgs, request: Request, tx: Tx) -> Reply:
    """Give the channel a digest of its own, or change the given settings."""
    channel = _channel(request)
    _refuse_the_policys(request)
    scope = scope_named(args.department, args.sector, tx)
    asked = {"at": args.at, "timezone": zone_named(args.timezone), "department": scope.department, "sector": scope.sector}
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    kept = subscriptions.get(tx, channel)
    _refuse_more_than_is_seen(given.get("department") or (kept.department if kept else None), tx)
    if kept is None:
        wanted = Subscription(channel, request.user, since=request.at, changed_at=request.at, **given)
        subscriptions.add(tx, wanted)
    else:
        wanted = replace(kept, by=request.user, changed_at=request.at, **given)
        subscriptions.save(tx, wanted)
    _record(DigestSubscribed if kept is None else DigestChanged, wanted, request, tx)
    return _said(_("This channel now has its own digest."), wanted, request, tx)


def _said(sentence: Text, kept: Subscription, request: Request, tx: Tx) -> Reply:
    edition = subscribed(kept, request.policy)
    following_one = next_line(edition, True, request, tx)
    body = [blocks.paragraph(blocks.bold(sentence)), blocks.facts(facts_of(edition, True, request, tx))]
    return Reply(sentences(blocks.marked(sentence), blocks.escape(following_one)), body)


def pause(args: PauseArgs, request: Request, tx: Tx) -> Reply:
    """Pause until a date, or until somebody resumes it."""
    kept = _own(request, tx)
    today = request.at.astimezone(subscribed(kept, request.policy).daily.zone).date()
    if args.until is not None and args.until <= today:
        sentence = _("Choose a date after today ({accepted} or later), not {value}.")
        raise Refused(sentence.format(value=words.day(args.until), accepted=words.day(today + timedelta(days=1))), field="until")
    paused = replace(kept, paused=True, paused_until=args.until)
    subscriptions.save(tx, paused)
    _record(DigestPaused, paused, request, tx)
    return _said(_("This channel's digest is paused."), paused, request, tx)


def resume(args: NoArgs, request: Request, tx: Tx) -> Reply:
    """Resume now; digests missed meanwhile are not sent."""
    kept = _own(request, tx)
    if not kept.paused:
        raise Refused(_("This channel's digest is not paused."))
    resumed = replace(kept, paused=False, paused_until=None, since=request.at, changed_at=request.at)
    subscriptions.save(tx, resumed)
    _record(DigestResumed, resumed, request, tx)
    return _said(_("This channel's digest is resumed."), resumed, request, tx)


def unsubscribe(args: NoArgs, request: Request, tx: Tx) -> Reply:
    kept = _own(request, tx)
    subscriptions.remove(tx, kept.channel)
    _record(DigestUnsubscribed, kept, request, tx)
    return Reply(str(_("This channel no longer has its own digest.")))


def _record(kind: type[DigestEvent], kept: Subscription, request: Request, tx: Tx) -> None:
    happened = kind(
        subject=kept.channel,
        actor=request.user,
        at=request.at,
        hour=None if kept.at is None else f"{kept.at:%H:%M}",
        timezone=kept.timezone,
        department=kept.department,
        sector=kept.sector,
        until=kept.paused_until,
    )
    record(tx, happened, request.policy, request_key=request.key)


COMMAND = [
    Command(
        "digest subscribe",
        SubscribeArgs,
        subscribe,
        right=Right.CONFIGURE,
        summary=_("Set up or change this channel's digest"),
        examples=["digest subscribe", 'digest subscribe at=08:00 timezone=Asia/Shanghai department="Corporate Asia"'],
        order=31,
        writes=True,
        posts=True,
        classification=Secrecy.CONFIDENTIAL,
    ),
    Command(
        "digest pause",
        PauseArgs,
        pause,
        right=Right.CONFIGURE,
        summary=_("Pause this channel's digest, until a date or until it is resumed"),
        examples=["digest pause", "digest pause until=2027-01-04"],
        order=32,
        writes=True,
        classification=Secrecy.CONFIDENTIAL,
    ),
    Command(
        "digest resume",
        NoArgs,
        resume,
        right=Right.CONFIGURE,
        summary=_("Resume this channel's digest"),
        examples=["digest resume"],
        order=33,
        writes=True,
        classification=Secrecy.CONFIDENTIAL,
    ),
    Command(
        "digest unsubscribe",
        NoArgs,
        unsubscribe,
        right=Right.CONFIGURE,
        summary=_("End this channel's digest"),
        examples=["digest unsubscribe"],
        order=34,
        writes=True,
        classification=Secrecy.CONFIDENTIAL,
    ),
]


def _pressed(change: Callable[[Any, Request, Tx], Reply], args: Args) -> Callable[[PressArgs, Request, Tx], Reply]:
    """Return the handler of a card's button: the change, and the updated card in place of the pressed one.

    An outdated card may offer impossible actions: it is updated and gives the reason.
    """

    def press(_args: PressArgs, request: Request, tx: Tx) -> Reply:
        why: Text | None = None
        try:
            change(args, request, tx)
        except Refused as refused:
            why = refused.sentence
        now = card(request, tx)
        body = [*now.blocks, *([blocks.paragraph(why)] if why else [])]
        return Reply(blocks.marked(why) if why else now.text, body, replaces=True)

    return press


_subscribe = _pressed(subscribe, SubscribeArgs())
ACTIONS = [
    Command(
        "digest.subscribe",
        PressArgs,
        _subscribe,
        right=Right.CONFIGURE,
        summary=_("Subscribe this channel"),
        writes=True,
        posts=True,
        classification=Secrecy.CONFIDENTIAL,
    ),
    Command(
        "digest.pause",
        PressArgs,
        _pressed(pause, PauseArgs()),
        right=Right.CONFIGURE,
        summary=_("Pause"),
        writes=True,
        classification=Secrecy.CONFIDENTIAL,
    ),
    Command(
        "digest.resume",
        PressArgs,
        _pressed(resume, NoArgs()),
        right=Right.CONFIGURE,
        summary=_("Resume"),
        writes=True,
        classification=Secrecy.CONFIDENTIAL,
    ),
    Command(
        "digest.unsubscribe",
        PressArgs,
        _pressed(unsubscribe, NoArgs()),
        right=Right.CONFIGURE,
        summary=_("Unsubscribe"),
        writes=True,
        classification=Secrecy.CONFIDENTIAL,
    ),
]
