"""Customer search by id, name and alias, tolerant of typing errors."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from rapidfuzz import fuzz, process
from sqlalchemy import Engine, select

from storage.customers import search_index
from storage.database import Tx
from storage.names import name_key
from storage.queries.prepared import prepared
from storage.schema import CustomerVersionRow
from storage.sight import Sight
from storage.visibility import seen

# below this likeness a name is not a match
LIKENESS = 72.0
# the advantage of a resembling name over one of which only a part resembles
PART = 2.0


@dataclass(frozen=True, slots=True)
class Found:
    """A possible match; ``likeness`` is 100 for an equal name."""

    id: str
    name: str
    likeness: float


@dataclass(frozen=True, slots=True)
class _Unindexed:
    """The customers whose present versions are not in the database's index yet; of a small book that is everybody."""

    revision: tuple[int, int]
    ids: list[str]
    names: list[str]
    # department and manager
    care: list[tuple[str | None, str | None]]
    # each customer's id, name and aliases as keys
    spelled: list[list[str]]
    # visible parts by sight, so that response times do not depend on, or reveal, hidden customers
    parts: OrderedDict[Sight, _Unindexed] = field(default_factory=OrderedDict)
    # all keys in one list, and whose each is
    keys: list[str] = field(init=False)
    owners: list[int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", [key for keys in self.spelled for key in keys])
        object.__setattr__(self, "owners", [owner for owner, keys in enumerate(self.spelled) for _key in keys])


_indexes: WeakKeyDictionary[Engine, _Unindexed] = WeakKeyDictionary()
# the number of parts kept, the most recently used ones
_PARTS = 16
_building = Lock()


def find(tx: Tx, text: str, *, limit: int = 10) -> list[Found]:
    """Return visible customers whose id, name or alias equals, contains or resembles the text; the best first, each once."""
    wanted = name_key(text)
    if not wanted:
        return [] if text.strip() else [Found(id, name, 0.0) for id, name in _by_name(tx, limit=limit)]
    indexed = search_index.through(tx)
    named = (
        {id: (name, search_index.spelled(id, name, aliases)) for id, name, aliases in search_index.candidates(tx, wanted)}
        if indexed
        else {}
    )
    named |= _unindexed(tx, indexed, wanted, limit)
    best = {id: max(map(partial(_weigh, wanted), keys)) for id, (_name, keys) in named.items() if _resembles(wanted, keys)}
    ranked = sorted(best.items(), key=lambda item: (-item[1], len(named[item[0]][0]), named[item[0]][0]))
    return [Found(id, named[id][0], round(likeness, 1)) for id, likeness in ranked[:limit]]


@prepared
def _by_name(tx: Tx, *, limit: Any) -> Any:
    who = CustomerVersionRow
    query = select(who.customer_id, who.name).where(who.superseded_at.is_(None), *seen(tx, who))
    return query.order_by(who.name_key, who.customer_id).limit(limit)


def _resembles(wanted: str, keys: Collection[str]) -> bool:
    return any(wanted in key or fuzz.WRatio(wanted, key) >= LIKENESS for key in keys)


def _unindexed(tx: Tx, indexed: int, wanted: str, limit: int) -> dict[str, tuple[str, list[str]]]:
    """Return the customers among those that are not indexed yet whose names may be meant: they are compared one by one."""
    index = _current(tx, indexed)
    near = process.extract(wanted, index.keys, scorer=fuzz.WRatio, score_cutoff=LIKENESS, limit=limit * 8)
    places = {index.owners[place] for _key, _likeness, place in near}
    places |= {index.owners[place] for place, key in enumerate(index.keys) if wanted in key}
    return {index.ids[owner]: (index.names[owner], index.spelled[owner]) for owner in places}


def _weigh(wanted: str, key: str) -> float:
    """Rank an equal name first, then a name's beginning, then contained words, then a resemblance."""
    if key == wanted:
        return 100.0
    if key.startswith(wanted):
        return 99.0
    if f" {wanted}" in key:
        return 98.0
    if wanted in key:
        return 97.0
    return min(96.0, _alike(wanted, key))


def _alike(wanted: str, key: str) -> float:
    """Return the resemblance of a text to a name, to its words in another order, or to a run of its words.

    "nordhvn" is one letter away from a word of "Nordhavn Vind A/S", and two from "Nordhafen". Parts of words do not count, as a
    short text occurs in too many of them.
    """
    count, words = len(wanted.split()), key.split()
    runs = (" ".join(words[place : place + count]) for place in range(len(words) - count + 1))
    part = max(fuzz.token_sort_ratio(wanted, key), *(fuzz.ratio(wanted, run) for run in runs), 0.0)
    return max(fuzz.ratio(wanted, key), part - PART)


def _current(tx: Tx, indexed: int) -> _Unindexed:
    """Return the visible customers that are not indexed in this transaction; read again only after a customer changed."""
    revision = (indexed, search_index.newest(tx))
    with _building:
        index = _indexes.get(tx.connection.engine)
        if index is None or index.revision != revision:
            index = _indexes[tx.connection.engine] = _build(tx, revision)
        return index if tx.sight.everything else _part(index, tx.sight)


def _part(whole: _Unindexed, sight: Sight) -> _Unindexed:
    """Return the visible part."""
    if sight not in whole.parts:
        held = {care: sight.holds(*care) for care in set(whole.care)}
        kept = [place for place, care in enumerate(whole.care) if held[care]]
        whole.parts[sight] = _Unindexed(
            whole.revision,
            ids=[whole.ids[place] for place in kept],
            names=[whole.names[place] for place in kept],
            care=[whole.care[place] for place in kept],
            spelled=[whole.spelled[place] for place in kept],
        )
        if len(whole.parts) > _PARTS:
            whole.parts.popitem(last=False)
    whole.parts.move_to_end(sight)
    return whole.parts[sight]


def _build(tx: Tx, revision: tuple[int, int]) -> _Unindexed:
    who = CustomerVersionRow
    query = select(who.customer_id, who.name, who.aliases, who.department, who.manager)
    rows = tx.connection.execute(query.where(who.superseded_at.is_(None), who.id > revision[0]).order_by(who.name)).all()
    spelled = [search_index.spelled(id, name, aliases) for id, name, aliases, _department, _manager in rows]
    return _Unindexed(revision, [row[0] for row in rows], [row[1] for row in rows], [(row[3], row[4]) for row in rows], spelled)
