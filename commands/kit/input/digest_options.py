"""Options of a digest, in their official spelling: time zone, department, sector."""

from __future__ import annotations

from zoneinfo import available_timezones

from rapidfuzz import fuzz, process

from commands.kit.contract import Refused
from commands.kit.i18n import _, listed, pgettext
from commands.kit.input import book_values
from commands.kit.input.filters import FEW, MOST
from storage.customers import customers
from storage.customers.filter_values import filter_values
from storage.database import Tx
from storage.scope import Scope


def zone_named(text: str | None) -> str | None:
    """Return a time zone in its official spelling, from any case, or from its city alone.

    Raises:
        Refused: there is no such zone; the nearest is named.
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


def scope_named(department: str | None, sector: str | None, tx: Tx) -> Scope:
    return Scope(_value_of(tx, "department", department), _value_of(tx, "sector", sector))


def _value_of(tx: Tx, column: str, text: str | None) -> str | None:
    """Return a department or sector in the book's spelling.

    Raises:
        Refused: no customer has it; the refusal lists the existing ones.
    """
    if text is None:
        return None
    found = book_values.settled(tx, column, text)
    if found is None:
        near, known = book_values.near(tx, column, text), filter_values(tx, column)
        if near and len(known) > MOST:
            asked = _("No customer has the {column} “{value}”. Did you mean {near}?")
            raise Refused(asked.format(column=_COLUMNS[column], value=text, near=near), field=column)
        shown = known if len(known) <= MOST else customers.common_values(tx, column, limit=FEW)
        names = listed(shown) or str(pgettext("empty list", "none"))
        sentence = (
            _("No customer has the {column} “{value}”; there are: {names}. Did you mean {near}?")
            if near
            else _("No customer has the {column} “{value}”; there are: {names}.")
        )
        raise Refused(sentence.format(column=_COLUMNS[column], value=text, names=names, near=near), field=column)
    return found


_COLUMNS = {"department": _("department"), "sector": _("sector")}
