"""The customer file of the sample book."""

from __future__ import annotations

from datetime import date

from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.world import World

COLUMNS = (
    "id",
    "name",
    "group",
    "sector",
    "country",
    "department",
    "manager",
    "kind",
    "currency",
    "aliases",
    "since",
    "commodity_share",
    "watch_list",
    "group_parent",
)
# the approximate share of a sector's costs that follows commodity prices; unknown for other sectors
_COMMODITIES = {
    "Metals": 0.6, "Chemicals": 0.55, "Mining": 0.3, "Oil and gas": 0.35, "Food": 0.45, "Agriculture": 0.4, "Building materials": 0.4,
    "Paper": 0.35, "Textiles": 0.35, "Automotive": 0.3, "Aviation": 0.3, "Shipping": 0.3, "Construction": 0.25, "Trade": 0.7,
}  # fmt: skip
# by story and turn: borrowers on the watch-list
_WATCHED = {"contagion parent": (0,), "slide": (0, 4, 5), "late": (0, 1), "mismatch": (0,), "recovery": (0,)}


def row(world: World, each: Borrower) -> list[object]:
    since = date(world.chance(each.id).randint(1998, 2019), 4, 1)
    where = [each.id, each.name, each.group, each.sector, each.country, each.department, each.manager, each.kind]
    watched = "yes" if each.turn in _WATCHED.get(each.story, ()) else "no"
    parent = "yes" if each.id.endswith("-01") else "no"
    return [*where, each.currency, each.aliases, since, _commodity_share(world, each), watched, parent]


def _commodity_share(world: World, each: Borrower) -> str:
    usual = _COMMODITIES.get(each.sector)
    return "" if usual is None else f"{usual * world.between(0.8, 1.2, each.id, 'commodities'):.2f}"
