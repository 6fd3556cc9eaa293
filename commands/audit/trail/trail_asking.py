"""Queries of the trail: subject and filters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from commands.audit.trail import trail_words
from commands.kit.access import masking
from commands.kit.contract import Args, Refused, Request
from commands.kit.i18n import _, listed, pgettext
from commands.kit.input.customer import resolve
from commands.kit.input.fields import AnyCase, Ask, Day, Page, user_id
from commands.kit.input.mistyped import nearest
from commands.kit.registry import registry
from commands.kit.wording import words
from risk_engine.references import ours
from storage.audit import about, trail
from storage.audit.trail import Wanted
from storage.customers import customers
from storage.database import Tx

_KIND = pgettext("event", "Kind")


class Related(StrEnum):
    """The choice to include related subjects in a history."""

    YES = "yes"
    NO = "no"


def _somebody(value: Any) -> Any:
    """Parse a person as @name, or an actor that is no person, as ``monitor``."""
    if isinstance(value, str) and value.strip().lower() in trail_words.ACTORS:
        return value.strip().lower()
    return user_id(value)


class Thing(str):
    """A text in which mentions stay mentions: it may mean a person."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema(strip_whitespace=True))


class AuditArgs(Args):
    thing: Annotated[
        Thing | None,
        Field(min_length=1, max_length=200),
        Ask(_("Of what"), hint=_("R-17, T-4, A-3, B-8, O-2, P-1, a customer or @somebody"), rest=True),
    ] = None
    kind: Annotated[
        str | None, Field(max_length=60), AnyCase, Ask(pgettext("event", "Kind"), hint=_("As approval, or approval.decided"))
    ] = None
    by: Annotated[
        str | None, BeforeValidator(lambda value: None if value is None else _somebody(value)), Ask(_("Who did it"), person=True)
    ] = None
    since: Annotated[Day | None, Ask(_("Since"))] = None
    until: Annotated[Day | None, Ask(_("Until"))] = None
    related: Annotated[Related, AnyCase, Ask(_("Include related entries"))] = Related.YES
    month: Annotated[str | None, Field(max_length=20), Ask(_("A month's second-line list"), hint=_("As 2026-10"))] = None
    page: Page = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A query and its name."""

    wanted: Wanted
    name: str | None


def asked_for(args: AuditArgs, request: Request, tx: Tx) -> Asked:
    zone = request.person.reader.tzinfo
    now = request.as_of or request.at
    begins = datetime.combine(args.since, time.min, zone).astimezone(UTC) if args.since else None
    ends = (
        datetime.combine(args.until + timedelta(days=1), time.min, zone).astimezone(UTC) - timedelta(microseconds=1) if args.until else now
    )
    if args.since and args.until and args.until < args.since:
        sentence = _("Choose a date of {accepted} or later, not {value}.")
        raise Refused(sentence.format(value=words.day(args.until), accepted=words.day(args.since)), field="until")
    everything = Wanted(until=min(ends, now), kind=_kind(args.kind, tx), by=args.by, since=begins)
    if args.thing is None:
        return Asked(everything, None)
    return _about(args, everything, request, tx)


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _about(args: AuditArgs, everything: Wanted, request: Request, tx: Tx) -> Asked:
    """Return the query of a person, an id or a customer, in this order, as customers match parts of names too."""
    text = str(args.thing)
    if (person := _person(text)) is not None:
        return Asked(replace(everything, person=person), request.name_of(person))
    if (subject := _reference(text, tx)) is not None:
        subjects = about.related(tx, subject) if args.related is Related.YES else [subject]
        return Asked(replace(everything, subjects=subjects), subject)
    who = resolve(tx, text)
    subjects = about.of_customer(tx, who.id) if args.related is Related.YES else []
    return Asked(replace(everything, subjects=subjects, customer=who.id), masking.called(who))


def _person(text: str) -> str | None:
    try:
        return str(user_id(text))
    except ValueError:
        return None


def _reference(text: str, tx: Tx) -> str | None:
    """Return ``r17`` as R-17; None for other texts, and for a customer's id if there is no such thing."""
    named = ours(text)
    return None if named and customers.get(tx, text) is not None and not about.anything(tx, named) else named


def _kind(text: str | None, tx: Tx) -> str | None:
    """Return a kind of event, or a common prefix of several.

    Raises:
        Refused: there is no such kind; the nearest is named.
    """
    if text is None:
        return None
    known = {*registry().said, *trail.kinds_on_record(tx)}
    beginnings = {kind.partition(".")[0] for kind in known}
    if text in known | beginnings:
        return text
    near = nearest(text, {*known, *beginnings})
    if near:
        raise Refused(_("There is no kind of entry “{value}”. Did you mean {nearest}?").format(value=text, nearest=near), field="kind")
    sentence = _("There is no kind of entry “{value}”: expected one of {accepted}.")
    raise Refused(sentence.format(value=text, accepted=listed(sorted(beginnings))), field="kind")
