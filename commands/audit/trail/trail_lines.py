"""Entries of the trail for readers: time, person, event, change, reason, and place in the chain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from commands.audit.trail import trail_words
from commands.kit import blocks, tables
from commands.kit.access import masking
from commands.kit.i18n import Text, _, listed, ngettext, noted, pgettext
from commands.kit.registry import registry
from commands.kit.wording import role_words, words
from commands.policy import effect_words, policy_words
from risk_engine.approvals.events import ApprovalDecided
from risk_engine.audit.events import DetailRead
from risk_engine.grading import Grade
from risk_engine.people.roles import Role
from risk_engine.policy.policy import Policy
from risk_engine.register.assessment import Level
from storage.audit.about import OF_A_CUSTOMER
from storage.audit.history import Entry
from storage.audit.trail import Erased
from storage.events import Recorded

# longer texts are in the export only
LONGEST = 160

NameOf = Callable[[str], str]


def line(entry: Entry, erased: Erased | None, names: Mapping[str, str], policy: Policy) -> list[Any]:
    """Return one entry, as the pieces of a bullet; ``names`` are customers' names."""
    event = entry.event
    head = [blocks.bold(words.moment(event.at)), "  ", actor(event.actor), f" {happened(event)} · ", about(event, names)]
    moved, told = change(event), detail(event, policy)
    below = [[moved, " · " if moved and told else "", *told], [why(event, erased)]]
    lines = [piece for part in below if any(part) for piece in ("\n", *part)]
    return [*head, *lines, "\n", blocks.code(place(entry)), version(entry)]


HEADINGS = (
    pgettext("trail", "Time"),
    pgettext("trail", "Event"),
    pgettext("trail", "By"),
    _("About"),
    _("Details"),
    pgettext("trail", "Entry"),
)


def row(entry: Entry, erased: Erased | None, names: Mapping[str, str], policy: Policy, *, name_of: NameOf) -> tuple[object, ...]:
    """Return one entry, as the cells of a row below :data:`HEADINGS`."""
    event = entry.event
    said = str(happened(event))
    told = [change(event), _plain_text(detail(event, policy), name_of), why(event, erased)]
    return (
        tables.figure(words.moment(event.at), event.at.timestamp()),
        said[:1].upper() + said[1:],
        called(event.actor, name_of),
        _plain_text([about(event, names)], name_of),
        " · ".join(part for part in told if part) or tables.MISSING,
        place(entry) + version(entry),
    )


def _plain_text(pieces: Sequence[Any], name_of: NameOf) -> str:
    """Return pieces of a line as text, with people by name."""
    return "".join(_one_text(piece, name_of) for piece in pieces)


def _one_text(piece: Any, name_of: NameOf) -> str:
    if not isinstance(piece, dict):
        return str(piece)
    return blocks.clean(name_of(piece["user_id"])) if piece["type"] == "user" else str(piece["text"])


def happened(event: Recorded) -> Text | str:
    """Return the event in words; a decision by its verdict, since people approve and reject, and do not close a request."""
    if event.kind == DetailRead.kind and (command := (event.facts or {}).get("command")):
        return _("viewed Home") if command == "home" else _("viewed /risk {command}").format(command=command)
    verdict = (event.facts or {}).get("verdict") if event.kind == ApprovalDecided.kind else None
    return words.label(verdict) if verdict else trail_words.what(event.kind)


def customer_of(event: Recorded) -> str | None:
    """Return the one customer of an entry, if it names one."""
    customer = (event.facts or {}).get("customer")
    return str(customer) if customer else event.subject if event.kind in OF_A_CUSTOMER else None


def customers_of(event: Recorded) -> set[str]:
    """Return every customer named in an entry: its subject, and those shown."""
    shown = (event.facts or {}).get("customers")
    one = customer_of(event)
    return {*([one] if one else []), *(map(str, shown) if isinstance(shown, list) else [])}


def about(event: Recorded, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the subject with its customer: ``R-17 · Acme Steel``; a mention of a person."""
    if blocks.USER.fullmatch(event.subject):
        return blocks.person(event.subject)
    if event.kind == DetailRead.kind and event.subject == (event.facts or {}).get("command"):
        return blocks.bold(ngettext("{n} customer", "{n} customers", int((event.facts or {}).get("count") or 0)))
    customer = customer_of(event)
    name = names.get(customer, "") if customer else ""
    if customer == event.subject:
        return blocks.bold(name or event.subject)
    thing = blocks.cut(blocks.clean(event.subject), 60)
    return blocks.bold(f"{thing} · {name}" if name else thing)


def actor(who: str) -> dict[str, Any] | str:
    """Return a mention of a person, or the name of another actor."""
    known = trail_words.ACTORS.get(who)
    return str(known) if known else blocks.person(who)


def called(who: str, name_of: NameOf) -> str:
    """Return an actor's name as text, where mentions are impossible."""
    known = trail_words.ACTORS.get(who)
    return str(known) if known else blocks.clean(name_of(who))


def place(entry: Entry) -> str:
    """Return ``#1,234 · 9f3c2a1b``: the link of the chain and the beginning of its hash."""
    if entry.seq is None or entry.hash is None:
        return str(_("not yet sealed"))
    return f"#{words.count(entry.seq)} · {entry.hash[:8]}"


def version(entry: Entry) -> str:
    return "" if entry.policy_version is None else " · " + str(_("policy {n}").format(n=entry.policy_version))


# --- facts in words ----------------------------------------------------------------------------------------------------


def detail(event: Recorded, policy: Policy) -> list[Any]:
    """Return the facts of an event: ``level ●●●○ high · owner @ana``; empty without any."""
    facts, said = event.facts or {}, registry().said.get(event.kind)
    known = [name for name in (said.facts if said else ()) if facts.get(name) not in (None, "", [], {})]
    # a single customer is shown beside the event
    alone = {"customers", "count"} if facts.get("count") == 1 and "customers" in facts else set()
    if event.kind == DetailRead.kind:
        # the event names the command, and the subject the number; a typed line is the usual way
        alone |= {"command", "count", *(["via"] if facts.get("via") == "command" else [])}
    pieces: list[Any] = []
    for name in known:
        if name not in alone:
            pieces += [" · " if pieces else "", f"{trail_words.LABELS[name]} ", _worded(name, facts, policy)]
    return pieces


def why(event: Recorded, erased: Erased | None) -> str:
    """Return the reason; for an erased entry, time and reason of the erasure."""
    if event.facts is None:
        if erased is None:
            return str(_("erased"))
        return str(_("erased on {day} ({reason})").format(day=words.moment(erased.at), reason=blocks.quoted(erased.reason)))
    reason = event.facts.get("reason")
    return _prose(reason) if reason else ""


def change(event: Recorded) -> str:
    """Return ``●●○○ medium → ●●●○ high``; empty without a change on record."""
    before, after = sides(event)
    return f"{before} → {after}" if before or after else ""


def sides(event: Recorded) -> tuple[str, str]:
    """Return the values before and after; empty if not on record."""
    facts = event.facts or {}
    if "model" in facts and "grade" in facts:
        return _graded(facts["model"]), _graded(facts["grade"])
    if "before" in facts and "after" in facts:
        return _held(facts["before"]), _held(facts["after"])
    if "from" not in facts or "to" not in facts:
        return "", ""
    worded = _graded if event.kind.startswith("score") else _value
    return worded(facts["from"]), worded(facts["to"])


def _graded(name: Any) -> str:
    return words.level(Level(Grade[str(name).upper()])) if str(name).upper() in Grade.__members__ else "–"


def _held(state: Any) -> str:
    """Return roles and departments of a member."""
    if not isinstance(state, Mapping):
        return _value(state)
    roles = role_words.roles([role for role in Role if role in state.get("roles", ())])
    departments = listed(state.get("departments", ()))
    return noted(roles, departments) if departments else roles


def _value(value: Any) -> str:
    # a whole policy is named by the beginning of its digest
    text = policy_words.value(value)
    return text[:12] if len(text) == 64 and text.isalnum() else blocks.cut(blocks.clean(text), LONGEST)


def _worded(name: str, facts: Mapping[str, Any], policy: Policy) -> str | dict[str, Any]:
    """Return a fact in words, people as mentions; values of other versions stay as they are."""
    value = facts[name]
    try:
        return _IN_WORDS[name](value, facts, policy) if name in _IN_WORDS else _plain(value)
    except (ValueError, TypeError, ArithmeticError):
        return _cut(value)


def _reading(value: Any, facts: Mapping[str, Any], policy: Policy) -> str:
    return masking.figure(words.reading(float(value), words.unit_of(str(facts.get("kri")), policy)))


def _amount(value: Any, _facts: Mapping[str, Any], policy: Policy) -> str:
    return masking.figure(words.money(Decimal(str(value)), policy.approvals.currency))


# figures of reasons that are shares, and references that people know: breaches, risks, overrides, facilities, kinds of incidents
_SHARES, _KNOWN = frozenset({"pd"}), frozenset({"breach", "threat", "override", "days_past_due", "incident"})


def _cause(value: Any, *_more: Any) -> str:
    """Return the reason for a grade: ``PD 26.78%``, ``breach B-9``; numbers that mean nothing to people are left out."""
    if not isinstance(value, Mapping) or "driver" not in value:
        return _plain(value)
    name, figure, reference = str(value["driver"]), value.get("value"), value.get("reference")
    said = ["PD" if name == "pd" else words.label(name)]
    if figure is not None and name in _SHARES:
        said.append(masking.figure(words.share(float(figure))))
    elif figure is not None and name == "days_past_due":
        said.append(masking.figure(words.reading(float(figure), "days")))
    elif figure is not None and name == "scorecard":
        said.append(masking.figure(words.number(float(figure), decimals=0)))
    whole = " ".join([*said, *([str(reference)] if reference and name in _KNOWN else [])])
    return _cut(str(_("no longer: {reason}").format(reason=whole)) if value.get("gone") else whole)


def _prose(value: Any, *_more: Any) -> str:
    return f"“{masking.prose(_cut(value))}”"


_IN_WORDS: dict[str, Callable[[Any, Mapping[str, Any], Policy], str | dict[str, Any]]] = {
    **dict.fromkeys(("owner", "delegate", "person", "on_behalf_of", "proposed_by"), lambda value, *_more: actor(str(value))),
    # free text, which masked readers do not see
    **dict.fromkeys(("title", "measure", "condition", "evidence", "finding"), _prose),
    **dict.fromkeys(("value", "threshold"), _reading),
    "amount": _amount,
    "why": _cause,
    "via": lambda value, *_more: str(trail_words.WAYS.get(str(value), value)),
    "level": lambda value, *_more: words.level(Level(value)),
    "effects": lambda value, *_more: blocks.cut(" ".join(map(str, effect_words.in_words(value))), 2 * LONGEST),
    "kri": lambda value, *_more: words.named(str(value)),
}


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return _cut(listed(f"{words.label(name)} {_plain(each)}" for name, each in value.items() if each is not None))
    if isinstance(value, list):
        return _cut(listed(_listed(each) for each in value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return words.number(value)
    return _dated(str(value)) or _cut(words.label(str(value)))


def _cut(value: Any) -> str:
    return blocks.cut(blocks.clean(value), LONGEST)


def _listed(value: Any) -> str:
    """Return one of several: a condition's text, or a word."""
    return masking.prose(blocks.clean(value["text"])) if isinstance(value, Mapping) and "text" in value else words.label(str(value))


def _dated(text: str) -> str | None:
    """Return a day or a time in the reader's format; None if the text is neither."""
    if len(text) < 10 or not text[:4].isdecimal() or text[4] != "-":
        return None
    try:
        return words.day(date.fromisoformat(text)) if len(text) == 10 else words.moment(datetime.fromisoformat(text))
    except ValueError:
        return None


def gist(entry: Entry, now: datetime, *, name_of: NameOf) -> Text:
    """Return ``last changed 2 hours ago by Ana``."""
    return _("last changed {when} by {who}").format(when=words.ago(entry.event.at, now), who=called(entry.event.actor, name_of))
