"""The watched indicators of a customer: a table with trends, and a picture over time."""

from __future__ import annotations

from collections.abc import Sequence

from commands.indicators import IndicatorState, trends
from commands.kit import blocks
from commands.kit.access import masking
from commands.kit.contract import Blocks, Refused, Reply
from commands.kit.i18n import _, pgettext
from commands.kit.wording import words
from commands.pictures import PANELS, picture
from storage.customers.customers import Customer


def view(who: Customer, watched: Sequence[IndicatorState]) -> Reply:
    """Return every watched indicator with its last readings, and a picture whose panels are explained by their numbers.

    Raises:
        Refused: there is no reading yet.
    """
    found = [state for state in watched if state.readings]
    if not found:
        raise Refused(
            _("There is no reading yet of any indicator that the policy watches for {customer}.").format(customer=masking.called(who))
        )
    heading = _("{customer}: indicators over time").format(customer=masking.called(who))
    legend = [
        [blocks.bold(str(place)), f"  {words.named(one.kri.name)}  ", words.colour(one.colours[-1])]
        for place, one in enumerate(found[:PANELS], start=1)
    ]
    body: Blocks = [blocks.header(heading), _table(watched), blocks.bullets(legend)]
    body.append(blocks.note(_("Dashed lines are the thresholds; a diamond is beyond amber, a square beyond red.")))
    return Reply(blocks.escape(heading), body, shareable=True, picture=None if masking.masked() else picture(who, found))


def _table(watched: Sequence[IndicatorState]) -> dict[str, object]:
    headings = (_("Indicator"), _("Latest"), _("Trend"), pgettext("change", "Step"), _("State"), _("As of"), _("Source"))
    return blocks.table(headings, [_row(standing) for standing in watched], right=(1, 3))


def _row(standing: IndicatorState) -> tuple[str, ...]:
    kri, newest = standing.kri, standing.newest
    return (
        words.named(kri.name),
        words.reading(newest.value, kri.unit),
        trends.trend(standing),
        trends.last_step(standing),
        words.colour(standing.colour, stale=standing.stale),
        words.day(newest.as_of),
        words.label(newest.source),
    )
