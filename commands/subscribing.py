"""/risk digest: this channel's digest, what it would say now, and who wants it when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import BeforeValidator, Field
from rapidfuzz import fuzz, process

from commands.digest import compose
from commands.kit import blocks, words
from commands.kit.contract import Args, Blocks, Command, Refused, Reply, Request
from commands.kit.editions import Edition, editions, span, subscribed
from commands.kit.fields import AnyCase, Ask, Day, wall_time
from commands.kit.i18n import Text, _
from commands.kit.record import record
from commands.kit.schedule import following
from risk_engine.events import Event
from storage import customers, jobs, subscriptions
from storage.database import Tx
from storage.due import Scope
from storage.subscriptions import Subscription

_WEEK = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


class When(StrEnum):
    """The digest on demand."""

    NOW = "now"
    PREVIEW = "preview"


class DigestArgs(Args):
    when: Annotated[When | None, AnyCase, Ask(_("When"))] = None
    department: Annotated[str | None, Field(max_length=200), Ask(_("Department"))] = None
    sector: Annotated[str | None, Field(max_length=200), Ask(_("Sector"))] = None


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
    """A press: the button carries the channel, but what counts is where it was pressed."""

    channel: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,20}$"), Ask(_("Channel"), hidden=True)]


def digest(args: DigestArgs, request: Request, tx: Tx) -> Reply:
    edition, own = _here(request, tx)
    scope = _scope(args, tx)
    if args.when is None and scope == Scope():
        return _state(edition, own, request, tx)
    about = span(edition, request.at, tx)
    said = compose(tx, request.policy, replace(about, scope=scope if scope != Scope() else about.scope))
    body = list(said.message.blocks)
    if said.detail:
        body += [blocks.divider(), blocks.note(_("In the thread:")), *said.detail.blocks]
    if args.when is When.PREVIEW:
        body.append(blocks.note(_next_line(edition, own, request, tx)))
    return Reply(said.message.text, body, shareable=True)


def _here(request: Request, tx: Tx) -> tuple[Edition, bool]:
    """The digest of the channel that is asked from, and True; without one of its own the policy's, and False."""
    every = editions(request.policy, tx)
    mine = next((one for one in every if one.channel == request.channel), None)
    mine = mine or next((one for one in every if one.subscription is None and request.is_here(one.channel)), None)
    return (mine, True) if mine else (every[0], False)


def _state(edition: Edition, own: bool, request: Request, tx: Tx) -> Reply:
    """How this channel's digest stands, and what can be done about it."""
    kept = edition.subscription
    if not own:
        heading = _("This channel has no digest of its own")
    elif kept is None:
        heading = _("This channel gets the digest that the policy sends")
    else:
        heading = _("This channel's digest is paused") if kept.paused else _("This channel has a digest of its own")
    body: Blocks = [blocks.header(heading), blocks.facts(_facts(edition, own, request, tx)), *_buttons(kept, own, request)]
    body.append(blocks.note(_("/risk digest subscribe at=08:30 timezone=Asia/Shanghai department=… sector=… sets or changes it.")))
    return Reply(str(heading), body, pages=[(_("Preview"), DigestArgs(when=When.PREVIEW))])


def _facts(edition: Edition, own: bool, request: Request, tx: Tx) -> list[tuple[Text, Any]]:
    """A row for each thing to know; of a channel without a digest, what a subscription would give it."""
    last = jobs.last_done(tx, edition.name) if own else None
    about = " · ".join(each for each in (edition.scope.department, edition.scope.sector) if each)
    kept = edition.subscription
    return [
        (_("Hour"), _hour(edition)),
        (_("About"), (about or str(_("the whole book"))) if own else str(_("what you choose"))),
        (_("Next"), _next_line(edition, own, request, tx) if own else None),
        (_("Last"), (words.moment(last) if last else str(_("none yet"))) if own else None),
        (_("Asked for by"), [blocks.person(kept.by), f" · {words.moment(kept.since)}"] if kept else None),
    ]


def _hour(edition: Edition) -> str:
    days = " ".join(str(_WEEK[day - 1]) for day in sorted(edition.daily.weekdays))
    return f"{edition.daily.at:%H:%M} {edition.daily.zone.key} · {days}"


def _next_line(edition: Edition, own: bool, request: Request, tx: Tx) -> str:
    if not own:
        return str(_("This channel has no digest of its own: /risk digest subscribe makes it get one."))
    if not edition.runs:
        return str(_("Paused until somebody resumes it: /risk digest resume."))
    newest = jobs.newest_slot(tx, edition.name)
    moment = following(edition.daily, request.at, newest=date.fromisoformat(newest) if newest else None)
    local = moment.astimezone(edition.daily.zone)
    return str(
        _("The next one goes out on {day} at {hour} ({zone}).").format(
            day=words.day(local.date()), hour=f"{local:%H:%M}", zone=edition.daily.zone.key
        )
    )


def _buttons(kept: Subscription | None, own: bool, request: Request) -> Blocks:
    if not request.channel or _direct(request.channel):
        return []
    channel = request.channel
    if not own:
        return [blocks.buttons(blocks.button("digest.subscribe", _("Subscribe this channel"), channel, style="primary"))]
    if kept is None:
        return []
    sure = blocks.confirm(_("Unsubscribe?"), _("This channel gets no digest any more."), _("Unsubscribe"))
    turn = ("digest.resume", _("Resume")) if kept.paused else ("digest.pause", _("Pause"))
    leave = blocks.button("digest.unsubscribe", _("Unsubscribe"), channel, style="danger", confirm=sure)
    return [blocks.buttons(blocks.button(*turn, channel), leave)]


# --- changes -----------------------------------------------------------------------------------------------------------


def _direct(channel: str) -> bool:
    return channel.startswith("D")


def _channel(request: Request) -> str:
    """The channel that is asked from.

    Raises:
        Refused: it is a conversation between people.
    """
    if not request.channel or _direct(request.channel):
        raise Refused(
            _("A digest belongs to a channel: type this in the channel that is to get it. `/risk digest now` shows it to you here.")
        )
    return request.channel


def _own(request: Request, tx: Tx) -> Subscription:
    channel = _channel(request)
    kept = subscriptions.get(tx, channel)
    if kept is None:
        _refuse_the_policys(request)
        raise Refused(_("This channel has no digest of its own. `/risk digest subscribe` makes it get one."))
    return kept


def _refuse_the_policys(request: Request) -> None:
    """A channel that the policy sends a digest to has one already, and would get two."""
    policy = request.policy
    if any(request.is_here(name) for name in (policy.channels.digest, *policy.digest.channels)):
        raise Refused(_("The policy sends a digest to this channel; its hour and zone stand in the policy file, under [digest]."))


def subscribe(args: SubscribeArgs, request: Request, tx: Tx) -> Reply:
    """Give the channel a digest of its own, or change what was said and leave the rest."""
    channel = _channel(request)
    _refuse_the_policys(request)
    scope = _scope(args, tx)
    asked = {"at": args.at, "timezone": _zone(args.timezone), "department": scope.department, "sector": scope.sector}
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    kept = subscriptions.get(tx, channel)
    if kept is None:
        wanted = Subscription(channel, request.user, since=request.at, changed_at=request.at, **given)
        subscriptions.add(tx, wanted)
    else:
        wanted = replace(kept, by=request.user, changed_at=request.at, **given)
        subscriptions.save(tx, wanted)
    _record("digest.subscribed" if kept is None else "digest.changed", wanted, request, tx)
    return _said(_("This channel gets a digest of its own."), wanted, request, tx)


def _said(sentence: Text, kept: Subscription, request: Request, tx: Tx) -> Reply:
    edition = subscribed(kept, request.policy)
    following_one = _next_line(edition, True, request, tx)
    body = [blocks.paragraph(blocks.bold(sentence), "  ", following_one), blocks.facts(_facts(edition, True, request, tx))]
    return Reply(f"{blocks.marked(sentence)} {blocks.escape(following_one)}", body)


def pause(args: PauseArgs, request: Request, tx: Tx) -> Reply:
    """Stop until a date, or until somebody resumes it."""
    kept = _own(request, tx)
    today = request.at.astimezone(subscribed(kept, request.policy).daily.zone).date()
    if args.until is not None and args.until <= today:
        sentence = _("Until {value}: that is not after today; expected {accepted} or later.")
        raise Refused(sentence.format(value=words.day(args.until), accepted=words.day(today + timedelta(days=1))), field="until")
    paused = replace(kept, paused=True, paused_until=args.until)
    subscriptions.save(tx, paused)
    _record("digest.paused", paused, request, tx)
    return _said(_("This channel's digest is paused."), paused, request, tx)


def resume(args: NoArgs, request: Request, tx: Tx) -> Reply:
    """Go on from now; what was due meanwhile is not sent."""
    kept = _own(request, tx)
    if not kept.paused:
        raise Refused(_("This channel's digest is not paused."))
    resumed = replace(kept, paused=False, paused_until=None, since=request.at, changed_at=request.at)
    subscriptions.save(tx, resumed)
    _record("digest.resumed", resumed, request, tx)
    return _said(_("This channel's digest goes on."), resumed, request, tx)


def unsubscribe(args: NoArgs, request: Request, tx: Tx) -> Reply:
    kept = _own(request, tx)
    subscriptions.remove(tx, kept.channel)
    _record("digest.unsubscribed", kept, request, tx)
    return Reply(str(_("This channel gets no digest of its own any more.")))


def _record(kind: str, kept: Subscription, request: Request, tx: Tx) -> None:
    facts = {
        "at": None if kept.at is None else f"{kept.at:%H:%M}",
        "timezone": kept.timezone,
        "department": kept.department,
        "sector": kept.sector,
        "until": None if kept.paused_until is None else kept.paused_until.isoformat(),
    }
    record(tx, Event(kind, kept.channel, request.user, request.at, facts), request.policy, request_key=request.key)


# --- what is accepted ----------------------------------------------------------------------------------------------------


def _zone(text: str | None) -> str | None:
    """A time zone as the world spells it; in any case, and by its city alone.

    Raises:
        Refused: there is none of this name; the nearest is named.
    """
    if text is None:
        return None
    wanted, zones = text.replace(" ", "_").lower(), sorted(available_timezones())
    for spelled in (str.lower, lambda zone: zone.rpartition("/")[2].lower()):
        if found := [zone for zone in zones if spelled(zone) == wanted]:
            return found[0]
    cities = {zone: zone.rpartition("/")[2].lower() for zone in zones}
    near = process.extractOne(wanted.rpartition("/")[2], cities, scorer=fuzz.ratio, score_cutoff=60)
    if near:
        raise Refused(_("There is no time zone “{value}”. Did you mean {nearest}?").format(value=text, nearest=near[2]), field="timezone")
    raise Refused(_("There is no time zone “{value}”: expected one like Europe/Berlin.").format(value=text), field="timezone")


def _scope(args: DigestArgs | SubscribeArgs, tx: Tx) -> Scope:
    return Scope(_value_of(tx, "department", args.department), _value_of(tx, "sector", args.sector))


def _value_of(tx: Tx, column: str, text: str | None) -> str | None:
    """A department or sector as the book spells it.

    Raises:
        Refused: no customer has it; those that there are stand in the refusal.
    """
    if text is None:
        return None
    known = customers.values_of(tx, column)
    found = next((value for value in known if value.lower() == text.lower()), None)
    if found is None:
        names = ", ".join(known[:20]) or str(_("none"))
        sentence = _("No customer has the {column} “{value}”; there are: {names}.")
        raise Refused(sentence.format(column=_COLUMNS[column], value=text, names=names), field=column)
    return found


_COLUMNS = {"department": _("department"), "sector": _("sector")}


COMMAND = [
    Command(
        "digest",
        DigestArgs,
        digest,
        summary=_("What must be done today and what moved, for this channel; now or every morning"),
        examples=["digest", "digest now", "digest preview department=Corporate"],
        order=30,
    ),
    Command(
        "digest subscribe",
        SubscribeArgs,
        subscribe,
        summary=_("Give this channel a digest of its own, or change it"),
        examples=["digest subscribe", "digest subscribe at=08:00 timezone=Asia/Shanghai department=Corporate"],
        order=31,
        writes=True,
        posts=True,
    ),
    Command(
        "digest pause",
        PauseArgs,
        pause,
        summary=_("Pause this channel's digest, until a date or until it is resumed"),
        examples=["digest pause", "digest pause until=2027-01-04"],
        order=32,
        writes=True,
    ),
    Command("digest resume", NoArgs, resume, summary=_("Resume this channel's digest"), examples=["digest resume"], order=33, writes=True),
    Command(
        "digest unsubscribe",
        NoArgs,
        unsubscribe,
        summary=_("End this channel's digest"),
        examples=["digest unsubscribe"],
        order=34,
        writes=True,
    ),
]


def _press_subscribe(args: PressArgs, request: Request, tx: Tx) -> Reply:
    return subscribe(SubscribeArgs(), request, tx)


def _press_pause(args: PressArgs, request: Request, tx: Tx) -> Reply:
    return pause(PauseArgs(), request, tx)


def _press_resume(args: PressArgs, request: Request, tx: Tx) -> Reply:
    return resume(NoArgs(), request, tx)


def _press_unsubscribe(args: PressArgs, request: Request, tx: Tx) -> Reply:
    return unsubscribe(NoArgs(), request, tx)


ACTIONS = [
    Command("digest.subscribe", PressArgs, _press_subscribe, summary=_("Subscribe this channel"), writes=True, posts=True),
    Command("digest.pause", PressArgs, _press_pause, summary=_("Pause"), writes=True),
    Command("digest.resume", PressArgs, _press_resume, summary=_("Resume"), writes=True),
    Command("digest.unsubscribe", PressArgs, _press_unsubscribe, summary=_("Unsubscribe"), writes=True),
]
