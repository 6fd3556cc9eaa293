"""The borrowers themselves, as a file."""

from __future__ import annotations

from datetime import date

from storage.sample_book.borrowers import Borrower
from storage.sample_book.world import World

COLUMNS = ("id", "name", "group", "sector", "country", "department", "manager", "kind", "currency", "aliases", "since")


def row(world: World, each: Borrower) -> list[object]:
    since = date(world.chance(each.id).randint(1998, 2019), 4, 1)
    where = [each.id, each.name, each.group, each.sector, each.country, each.department, each.manager, each.kind]
    return [*where, each.currency, each.aliases, since]
