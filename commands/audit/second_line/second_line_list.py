"""A month's list of the second line on screen: the counts, the sample, and the verdict on each entry."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date

from babel.dates import format_skeleton

from commands.audit.trail import trail_lines
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Blocks, Refused, Sheet
from commands.kit.i18n import Text, _, listed, ngettext, pgettext, reader
from commands.kit.wording import words
from risk_engine.audit.second_line import Finding, Sampled
from risk_engine.classification.events import JudgementProposed
from risk_engine.indicators.events import BreachClosed, BreachEnded
from risk_engine.policy.policy import Policy
from risk_engine.scoring.events import OverrideEnded, OverrideProposed
from storage.audit import second_line_samples, trail
from storage.audit.history import Entry
from storage.audit.second_line_samples import SecondLineSample
from storage.database import Tx

_COUNTED: dict[str, Text] = {
    OverrideProposed.kind: _("overrides proposed"),
    OverrideEnded.kind: _("overrides ended early"),
    JudgementProposed.kind: _("judgements about default proposed"),
    BreachClosed.kind: _("breaches closed by rule"),
    BreachEnded.kind: _("breaches closed without a return within bounds"),
}
HEADINGS = "month place event number hash at kind subject customer actor before after reason verdict finding reviewed_by reviewed_at seed"
VERDICTS = {Finding.FINE: ("✅", _("in order")), Finding.FINDING: ("🔎", _("finding"))}


@dataclass(frozen=True, slots=True)
class MonthList:
    """A month's list as it stands now."""

    sample: SecondLineSample
    drawn: Sequence[Sampled]
    entries: Mapping[int, Entry]

    @property
    def looked_at(self) -> int:
        return sum(one.verdict is not None for one in self.drawn)

    @property
    def findings(self) -> int:
        return sum(one.verdict is Finding.FINDING for one in self.drawn)


def list_of(month: str, tx: Tx) -> MonthList | None:
    sample = second_line_samples.get(tx, month)
    if sample is None:
        return None
    drawn = second_line_samples.drawn(tx, month)
    return MonthList(sample, drawn, trail.by_ids(tx, [one.event for one in drawn]))


def wanted(month: str, tx: Tx) -> MonthList:
    """Return the list of a month.

    Raises:
        Refused: it is no month, or there is no list of it; those that there are are named.
    """
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month):
        raise Refused(_("“{value}” is not a month: expected one like 2026-10.").format(value=month), field="month")
    if (found := list_of(month, tx)) is not None:
        return found
    there = listed(second_line_samples.months(tx)[:12])
    if there:
        raise Refused(_("There is no list of {month}; there are: {months}.").format(month=month, months=there), field="month")
    raise Refused(_("There is no list yet: the first comes on the first working day of next month."), field="month")


def heading(found: MonthList) -> str:
    total, size = sum(found.sample.counts.values()), len(found.drawn)
    name = named(found.sample.month)
    if not size:
        return str(_("Second line, {month}: no entries sampled").format(month=name))
    if not found.looked_at:
        return str(_("Second line, {month}: {size} of {total} entries to review").format(month=name, size=size, total=words.count(total)))
    findings = ngettext("{n} finding", "{n} findings", found.findings)
    sentence = _("Second line, {month}: {done} of {size} reviewed, {findings}")
    return str(sentence.format(month=name, done=found.looked_at, size=size, findings=findings))


def named(text: str) -> str:
    """``October 2026``."""
    return str(format_skeleton("yMMMM", date.fromisoformat(f"{text}-01"), locale=reader().locale))


def body(found: MonthList, policy: Policy, tx: Tx) -> Blocks:
    # in the policy's order, then what an earlier policy counted
    ordered = [*policy.second_line.kinds, *found.sample.counts]
    counts = {kind: found.sample.counts[kind] for kind in ordered if kind in found.sample.counts}
    there = [(_COUNTED.get(kind, Text(kind)), words.count(count)) for kind, count in counts.items() if count]
    none = listed(str(_COUNTED.get(kind, kind)) for kind, count in counts.items() if not count)
    pairs = [(Text(str(label).capitalize()), value) for label, value in there]
    body: Blocks = [blocks.header(heading(found)), blocks.facts([*pairs, (pgettext("findings", "None"), none or None)])]
    names = masking.names(tx, list({id for entry in found.entries.values() if (id := trail_lines.customer_of(entry.event))}))
    for one in found.drawn:
        body += _entry(one, found.entries.get(one.event), names, policy)
    return [*body, blocks.note(_how(found))]


def _entry(one: Sampled, entry: Entry | None, names: Mapping[str, str], policy: Policy) -> Blocks:
    """An entry of the sample in words, with its buttons or its verdict."""
    number = blocks.bold(f"{one.place}.")
    if entry is None:
        return [blocks.paragraph(number, "  ", _("an entry about a customer you cannot see"))]
    pieces = [number, "  ", *trail_lines.line(entry, None, names, policy)]
    if one.verdict is None or one.reviewed_at is None:
        fine = blocks.button("sample.fine", _("In order"), one.key)
        return [blocks.paragraph(*pieces), blocks.buttons(fine, blocks.button("sample.finding", _("Finding…"), one.key))]
    sign, word = VERDICTS[one.verdict]
    made = [f"\n{sign} ", blocks.bold(word), " · ", blocks.person(one.reviewed_by or ""), f" · {words.moment(one.reviewed_at)}"]
    said = [f"\n“{masking.prose(blocks.clean(one.finding))}”"] if one.finding else []
    return [blocks.paragraph(*pieces, *made, *said)]


def _how(found: MonthList) -> Text:
    """Describe the seed and the method with which the sample can be drawn again."""
    return _(
        "Drawn {at} with the seed {seed}: for each kind in turn, the entry whose SHA-256 of seed:event "
        "is lowest. Nobody reviews an entry in which they were involved."
    ).format(at=words.moment(found.sample.drawn_at), seed=found.sample.seed)


def sheet(text: str, tx: Tx) -> Sheet:
    """Return a month's sample with its verdicts."""
    found = wanted(text, tx)
    headings = (
        "month place event number hash at kind subject customer actor before after reason verdict finding reviewed_by reviewed_at seed"
    )
    customers = {one for entry in found.entries.values() for one in trail_lines.customers_of(entry.event)}
    return Sheet(f"second-line-{text}", headings.split(), [_row(one, found) for one in found.drawn], customers)


def _row(one: Sampled, found: MonthList) -> tuple[object, ...]:
    entry = found.entries.get(one.event)
    reviewed = one.reviewed_at.astimezone(UTC).isoformat() if one.reviewed_at else None
    made = (one.verdict.value if one.verdict else None, one.finding, one.reviewed_by, reviewed, found.sample.seed)
    if entry is None:
        return (one.month, one.place, one.event, *(None,) * 10, *made)
    event = entry.event
    before, after = trail_lines.sides(event)
    about_it = (event.at.astimezone(UTC).isoformat(), event.kind, event.subject, trail_lines.customer_of(event), event.actor)
    told = (before or None, after or None, (event.facts or {}).get("reason"))
    return (one.month, one.place, one.event, entry.seq, entry.hash, *about_it, *told, *made)
