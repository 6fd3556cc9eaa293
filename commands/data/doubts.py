"""Doubts about a file's values: those that no customer of the kind can have, percentages typed for ratios, ids that are not on record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from commands.data.file_words import shown
from commands.kit.i18n import Text, _, listed, ngettext
from commands.kit.wording import words
from risk_engine.indicators import derived
from risk_engine.policy.policy import Policy
from storage.data import facts
from storage.data.files import Extremes, Preview
from storage.database import Tx

_NAMED = 5
# three times the whole, where the policy states no bounds of a figure in per cent
_RARELY = 3.0
_MEASURES = {**derived.STATEMENTS, **derived.LEDGER, **derived.CONDUCT, **derived.LIMITS, **derived.PRICES}


def in_preview(found: Preview, policy: Policy, tx: Tx) -> Iterator[Text]:
    """Yield warnings before the import: unknown customers and facilities, unknown kinds, and impossible values."""
    for refers, ids in found.named.items():
        if unknown := facts.strangers(tx, refers, ids):
            yield _strangers(refers, unknown)
    yield from in_file(found, policy)


def in_file(found: Preview, policy: Policy) -> Iterator[Text]:
    """Yield the doubts for which nothing on record is needed."""
    known = policy.operational.kinds
    if strange := [kind for kind in found.incidents if kind not in known]:
        yield _("No kind of incident: {strange}. The policy has {known}. Their rows would be refused.").format(
            strange=_some(strange), known=listed(known)
        )
    yield from implausible(found.extremes, policy)


def implausible(extremes: Iterable[Extremes], policy: Policy) -> Iterator[Text]:
    """Yield a question for each value that an indicator cannot have."""
    for one in extremes:
        lowest, highest = _bounds(one.indicator, policy)
        for value in dict.fromkeys((one.lowest, one.highest)):
            if not lowest <= value <= highest:
                yield _beyond(one.indicator, value, (lowest, highest), policy)


def _bounds(indicator: str, policy: Policy) -> tuple[float, float]:
    found = policy.data.plausible.get(derived.called(indicator))
    if found is not None:
        return found
    return (-_RARELY, _RARELY) if _unit(indicator, policy) == "percent" else (float("-inf"), float("inf"))


def _beyond(indicator: str, value: float, bounds: tuple[float, float], policy: Policy) -> Text:
    unit = _unit(indicator, policy)
    said = _("{indicator} {figure}: read as {value}, and possible are {lowest} to {highest}.").format(
        indicator=_name(indicator, policy),
        figure=f"{value:g}",
        value=words.reading(value, unit),
        lowest=words.reading(bounds[0], unit),
        highest=words.reading(bounds[1], unit),
    )
    if not bounds[0] <= value / 100 <= bounds[1]:
        return said
    return _("{said} If {figure} per cent is meant, write {share}.").format(said=said, figure=f"{value:g}", share=f"{value / 100:g}")


def _name(indicator: str, policy: Policy) -> str:
    called = next((words.named(kri.name) for kri in policy.kri if kri.indicator == derived.called(indicator)), None)
    return called or words.label_of(indicator)


def _unit(indicator: str, policy: Policy) -> str:
    name = derived.called(indicator)
    if name in _MEASURES:
        return str(_MEASURES[name].unit)
    return next((kri.unit for kri in policy.kri if kri.indicator == name), "number")


def _strangers(refers: str, ids: list[str]) -> Text:
    if refers == "facility":
        said = ngettext("{n} facility is not on record: {ids}.", "{n} facilities are not on record: {ids}.", len(ids))
    else:
        said = ngettext("{n} customer is not on record: {ids}.", "{n} customers are not on record: {ids}.", len(ids))
    return _("{said} Their rows would be refused.").format(said=said.format(ids=_some(ids)))


def _some(names: list[str]) -> str:
    return listed((*map(shown, names[:_NAMED]), *(["…"] if len(names) > _NAMED else [])))
