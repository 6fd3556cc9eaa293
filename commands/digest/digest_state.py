"""/risk digest: the state of this channel's digest, and a preview."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from commands.digest.digest import compose
from commands.digest.editions import Edition, editions, span
from commands.kit import blocks
from commands.kit.contract import Args, Blocks, Command, Refused, Reply, Request
from commands.kit.i18n import Text, _
from commands.kit.input.digest_options import scope_named
from commands.kit.input.fields import AnyCase, Ask, Page
from commands.kit.paging import no_page, turns
from commands.kit.schedule import following
from commands.kit.wording import words
from risk_engine.audit.secrecy import Secrecy
from risk_engine.people.roles import Right
from storage.database import Tx
from storage.delivery import jobs
from storage.delivery.subscriptions import Subscription
from storage.scope import Scope

_WEEK = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


class When(StrEnum):
    """The digest on demand."""

    NOW = "now"
    PREVIEW = "preview"


class DigestArgs(Args):
    when: Annotated[When | None, AnyCase, Ask(_("When"))] = None
    department: Annotated[str | None, Field(max_length=200), Ask(_("Department"))] = None
    sector: Annotated[str | None, Field(max_length=200), Ask(_("Sector"))] = None
    page: Page = 1


def is_direct(channel: str) -> bool:
    return channel.startswith("D")


def digest(args: DigestArgs, request: Request, tx: Tx) -> Reply:
    edition, own = here(request, tx)
    scope = scope_named(args.department, args.sector, tx)
    if args.when is None and scope == Scope():
        return card(request, tx)
    about = span(edition, request.as_of or request.at, tx)
    said = compose(tx, request.policy, replace(about, scope=scope if scope != Scope() else about.scope))
    messages = [said.message, *([said.detail] if said.detail else [])]
    if args.page > len(messages):
        raise Refused(no_page(args.page, len(messages)), field="page")
    shown = messages[args.page - 1]
    body = list(shown.blocks)
    if said.detail and args.page == 1:
        body.append(blocks.note(_("The rest is on the next page; in a channel it follows in the thread.")))
    if args.when is When.PREVIEW:
        body.append(blocks.note(next_line(edition, own, request, tx)))
    return Reply(shown.text, body, shareable=True, pages=turns(args, len(messages)))


def here(request: Request, tx: Tx) -> tuple[Edition, bool]:
    """Return the digest of the requesting channel and True; without one of its own the policy's, and False."""
    every = editions(request.policy, tx)
    mine = next((one for one in every if one.channel == request.channel), None)
    mine = mine or next((one for one in every if one.subscription is None and request.is_here(one.channel)), None)
    return (mine, True) if mine else (every[0], False)


def card(request: Request, tx: Tx) -> Reply:
    """Return the state of this channel's digest, with its actions."""
    edition, own = here(request, tx)
    kept = edition.subscription
    if not own:
        heading = _("This channel has no digest")
    elif kept is None:
        heading = _("This channel receives the policy's digest")
    else:
        heading = _("This channel's digest is paused") if kept.paused else _("This channel has its own digest")
    body: Blocks = [blocks.header(heading), blocks.facts(facts_of(edition, own, request, tx)), *_buttons(kept, own, request)]
    body.append(blocks.note(_("/risk digest subscribe at=08:30 timezone=Asia/Shanghai department=… sector=… sets or changes it.")))
    return Reply(str(heading), body, pages=[(_("Preview"), DigestArgs(when=When.PREVIEW))])


def facts_of(edition: Edition, own: bool, request: Request, tx: Tx) -> list[tuple[Text, Any]]:
    """Return the rows of the card; for a channel without a digest, the effect of a subscription."""
    last = jobs.last_done(tx, edition.name) if own else None
    about = " · ".join(each for each in (edition.scope.department, edition.scope.sector) if each)
    kept = edition.subscription
    return [
        (_("Hour"), _hour(edition)),
        (_("About"), (about or str(_("the whole book"))) if own else str(_("as you choose"))),
        (_("Next"), next_line(edition, own, request, tx) if own else None),
        (_("Last"), (words.moment(last) if last else str(_("none yet"))) if own else None),
        (_("Requested by"), [blocks.person(kept.by), f" · {words.moment(kept.since)}"] if kept else None),
    ]


def _hour(edition: Edition) -> str:
    days = " ".join(str(_WEEK[day - 1]) for day in sorted(edition.daily.weekdays))
    return f"{edition.daily.at:%H:%M} {edition.daily.zone.key} · {days}"


def next_line(edition: Edition, own: bool, request: Request, tx: Tx) -> str:
    if not own:
        return str(_("This channel has no digest. Set one up with /risk digest subscribe."))
    if not edition.runs:
        return str(_("Paused until resumed: /risk digest resume."))
    newest = jobs.newest_slot(tx, edition.name)
    moment = following(edition.daily, request.at, newest=date.fromisoformat(newest) if newest else None)
    local = moment.astimezone(edition.daily.zone)
    return str(
        _("The next one goes out on {day} at {hour} ({zone}).").format(
            day=words.day(local.date()), hour=f"{local:%H:%M}", zone=edition.daily.zone.key
        )
    )


def _buttons(kept: Subscription | None, own: bool, request: Request) -> Blocks:
    if not request.channel or is_direct(request.channel):
        return []
    channel = request.channel
    if not own:
        return [blocks.buttons(blocks.button("digest.subscribe", _("Subscribe this channel"), channel, style="primary"))]
    if kept is None:
        return []
    sure = blocks.confirm(_("Unsubscribe?"), _("This channel no longer receives a digest."), _("Unsubscribe"))
    turn = ("digest.resume", _("Resume")) if kept.paused else ("digest.pause", _("Pause"))
    leave = blocks.button("digest.unsubscribe", _("Unsubscribe"), channel, style="danger", confirm=sure)
    return [blocks.buttons(blocks.button(*turn, channel), leave)]


COMMAND = Command(
    "digest",
    DigestArgs,
    digest,
    right=Right.READ,
    summary=_("Today's actions and changes, for this channel; now or every morning"),
    examples=["digest", "digest now", 'digest preview department="Corporate Asia"'],
    order=30,
    classification=Secrecy.CONFIDENTIAL,
)
