"""Customer search by id, name and alias, tolerant of typing errors."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakKeyDictionary

from rapidfuzz import fuzz, process
from sqlalchemy import Engine, func, select

from storage.database import Tx
from storage.names import name_key
from storage.schema import CustomerVersionRow
from storage.sight import Sight

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
class _Index:
    revision: int
    ids: list[str]
    names: list[str]
    # department and manager
    care: list[tuple[str | None, str | None]]
    # every id, name and alias, and its customer
    keys: list[str]
    owners: list[int]
    # visible parts by sight, so that response times do not depend on, or reveal, hidden customers
    parts: OrderedDict[Sight, _Index] = field(default_factory=OrderedDict)


_indexes: WeakKeyDictionary[Engine, _Index] = WeakKeyDictionary()
# the number of parts kept, the most recently used ones
_PARTS = 16
_building = Lock()


def find(tx: Tx, text: str, *, limit: int = 10) -> list[Found]:
    """Return visible customers whose id, name or alias equals, contains or resembles the text; the best first, each once."""
    index, wanted = _current(tx), name_key(text)
    if not wanted and text.strip():
        return []
    if not wanted:
        return [Found(id, name, 0.0) for id, name in list(zip(index.ids, index.names, strict=True))[:limit]]
    best: dict[int, float] = {}
    for key, _likeness, place in process.extract(wanted, index.keys, scorer=fuzz.WRatio, score_cutoff=LIKENESS, limit=limit * 8):
        owner = index.owners[place]
        best[owner] = max(best.get(owner, 0.0), _weigh(wanted, key))
    for place, key in enumerate(index.keys):
        if wanted in key:
            best[index.owners[place]] = max(best.get(index.owners[place], 0.0), _weigh(wanted, key))
    ranked = sorted(best.items(), key=lambda item: (-item[1], len(index.names[item[0]]), index.names[item[0]]))
    return [Found(index.ids[owner], index.names[owner], round(likeness, 1)) for owner, likeness in ranked[:limit]]


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


def _current(tx: Tx) -> _Index:
    """Return the index of the visible book in this transaction; rebuilt only after a customer changed."""
    revision = tx.connection.execute(select(func.coalesce(func.max(CustomerVersionRow.id), 0))).scalar_one()
    with _building:
        index = _indexes.get(tx.connection.engine)
        if index is None or index.revision != revision:
            index = _indexes[tx.connection.engine] = _build(tx, revision)
        return index if tx.sight.everything else _part(index, tx.sight)


def _part(whole: _Index, sight: Sight) -> _Index:
    """Return the visible part of the index."""
    if sight not in whole.parts:
        held = {care: sight.holds(*care) for care in set(whole.care)}
        kept = [place for place, care in enumerate(whole.care) if held[care]]
        places = {before: after for after, before in enumerate(kept)}
        spelled = [(key, places[owner]) for key, owner in zip(whole.keys, whole.owners, strict=True) if owner in places]
        whole.parts[sight] = _Index(
            revision=whole.revision,
            ids=[whole.ids[place] for place in kept],
            names=[whole.names[place] for place in kept],
            care=[whole.care[place] for place in kept],
            keys=[key for key, _owner in spelled],
            owners=[owner for _key, owner in spelled],
        )
        if len(whole.parts) > _PARTS:
            whole.parts.popitem(last=False)
    whole.parts.move_to_end(sight)
    return whole.parts[sight]


def _build(tx: Tx, revision: int) -> _Index:
    who = CustomerVersionRow
    query = select(who.customer_id, who.name, who.department, who.manager, who.aliases).where(who.superseded_at.is_(None))
    rows = tx.connection.execute(query.order_by(who.name)).all()
    index = _Index(revision, [row[0] for row in rows], [row[1] for row in rows], [(row[2], row[3]) for row in rows], [], [])
    for owner, (id, name, _department, _manager, aliases) in enumerate(rows):
        spellings = {name_key(spelling) for spelling in (id, name, *(aliases or "").split("|"))}
        for key in sorted(spellings - {""}):
            index.keys.append(key)
            index.owners.append(owner)
    return index
