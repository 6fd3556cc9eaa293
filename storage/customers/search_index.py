"""The index of the search: words of names in the database, kept up by imports and shared by all processes.

Versions of customers are added and never changed: an entry of a superseded version leads to nobody. The newest versions may not be
indexed yet; the search compares them one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from heapq import nlargest
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select, update

from storage.customers import spellings
from storage.database import Tx
from storage.names import name_key
from storage.queries.among import among
from storage.queries.columns import fetched_rows, rows_of
from storage.queries.prepared import prepared
from storage.schema import CustomerVersionRow, SearchEntryRow, SearchSpellingRow, SearchStateRow, SearchWordRow
from storage.visibility import seen

# so many of the newest versions may be compared one by one
UNINDEXED = 2_000
_AT_ONCE = 5_000
# so many entries are read for a word that was typed, and so many customers are looked at more closely
_ENTRIES, _CLOSER = 3_000, 50
# so many of the typed words, with those like them
_TELLING = 3
_BEGINNINGS = 20

_THROUGH = select(func.coalesce(func.max(SearchStateRow.through), 0))
_NEWEST = select(func.coalesce(func.max(CustomerVersionRow.id), 0))


def newest(tx: Tx) -> int:
    """Return the number of the newest version; it changes with every change of a customer."""
    return int(tx.connection.execute(_NEWEST).scalar_one())


def spelled(id: str, name: str, aliases: str | None) -> list[str]:
    """Return the keys of a customer's id, name and aliases, each once."""
    return sorted({name_key(spelling) for spelling in (id, name, *(aliases or "").split("|"))} - {""})


def through(tx: Tx) -> int:
    """Return the number of the last version that is indexed."""
    return int(tx.connection.execute(_THROUGH).scalar_one())


def catch_up(tx: Tx) -> None:
    """Index the versions that are not, unless they are few."""
    done, last = through(tx), newest(tx)
    if last - done < UNINDEXED:
        return
    who, after = CustomerVersionRow, done
    columns = select(who.id, who.customer_id, who.name, who.aliases).where(who.superseded_at.is_(None)).order_by(who.id).limit(_AT_ONCE)
    while rows := fetched_rows(tx, columns.where(who.id > after)):
        _add(tx, {row[0]: {word for key in spelled(*row[1:]) for word in spellings.words(key)} for row in rows})
        after = rows[-1][0]
    state = SearchStateRow
    if tx.connection.execute(update(state).values(through=last)).rowcount == 0:
        tx.connection.execute(insert(state).values(id=1, through=last))


def _add(tx: Tx, versions: dict[int, set[str]]) -> None:
    uses = Counter(word for found in versions.values() for word in found)
    table = SearchWordRow
    known: dict[str, int] = dict(tx.connection.execute(select(table.word, table.id).where(among(tx, table.word, list(uses)))).all())
    counted = [{"word": known[word], "more": count} for word, count in uses.items() if word in known]
    if counted:
        _count(tx, counted)
    if fresh := sorted(uses.keys() - known.keys()):
        first = int(tx.connection.execute(select(func.coalesce(func.max(table.id), 0))).scalar_one()) + 1
        numbers = dict(zip(fresh, range(first, first + len(fresh)), strict=True))
        known |= numbers
        tx.connection.execute(insert(table), [{"id": number, "word": word, "uses": uses[word]} for word, number in numbers.items()])
        ways = [{"spelling": way, "word_id": number} for word, number in numbers.items() for way in spellings.spellings(word)]
        tx.connection.execute(insert(SearchSpellingRow), ways)
    entries = [{"word_id": known[word], "version_id": id} for id, found in versions.items() for word in sorted(found)]
    if entries:
        tx.connection.execute(insert(SearchEntryRow), entries)


def _count(tx: Tx, counted: Sequence[dict[str, Any]]) -> None:
    table: Any = SearchWordRow.__table__
    more: Any = bindparam("more")
    query = update(table).where(table.c.id == bindparam("word_")).values(uses=table.c.uses + more)
    tx.connection.execute(query, [{"word_": one["word"], "more": one["more"]} for one in counted])


def candidates(tx: Tx, wanted: str) -> list[tuple[Any, ...]]:
    """Return the visible customers whose words are most like the typed ones, as id, name and aliases: indexed ones only."""
    likenesses = _alike(tx, spellings.words(wanted))
    rare = {word: likeness for word, (likeness, uses) in likenesses.items() if uses <= _ENTRIES}
    ids = _closest(tx, rare) if rare else []
    if len(ids) < _CLOSER and (common := [word for word in likenesses if word not in rare]):
        ids += _of_common(tx, common)
    return rows_of(_named(tx, ids=ids)) if ids else []


@prepared
def _spelled_like(_tx: Tx, *, ways: Any) -> Any:
    way, word = SearchSpellingRow, SearchWordRow
    return select(way.spelling, word.id, word.word, word.uses).join(word, word.id == way.word_id).where(way.spelling.in_(ways))


@prepared
def _beginning(_tx: Tx, *, first: Any, last: Any, limit: Any) -> Any:
    word = SearchWordRow
    return select(word.id, word.uses).where(word.word >= first, word.word < last).order_by(word.word).limit(limit)


def _alike(tx: Tx, typed: Sequence[str]) -> dict[int, tuple[float, int]]:
    """Return the words like one of the typed ones, with their likeness and uses; of each typed word the most alike."""
    tried = list(dict.fromkeys([*typed, *spellings.joined(typed)]))
    cuts = [cut for word in typed for cut in spellings.halves(word)]
    ways: dict[str, list[str]] = {}
    for word in tried:
        for way in spellings.spellings(word):
            ways.setdefault(way, []).append(word)
    told: dict[str, dict[int, tuple[float, int]]] = {word: {} for word in tried}
    whole: dict[str, tuple[int, int]] = {}
    for way, id, found, uses in _spelled_like(tx, ways=[*ways, *({half for cut in cuts for half in cut} - ways.keys())]):
        if way == found:
            whole[way] = (id, uses)
        for word in ways.get(way, ()):
            if id not in told[word] and (likeness := spellings.likeness(word, found)):
                told[word][id] = (likeness, uses)
    told |= {half: {whole[half][0]: (0.9, whole[half][1])} for cut in cuts if cut[0] in whole and cut[1] in whole for half in cut}
    for word in typed:
        # a word in the making; a single letter begins too many
        for id, uses in _beginning(tx, first=word, last=word + "\U0010ffff", limit=_BEGINNINGS) if len(word) > 1 else ():
            told[word].setdefault(id, (0.9, uses))
    kept: dict[int, tuple[float, int]] = {}
    # the rarest of the typed words say who is meant; entries of the others would be read in vain
    for found_ in sorted(told.values(), key=_total)[: _TELLING + list(told.values()).count({})]:
        for id, (likeness, uses) in _few(found_):
            kept[id] = max(kept.get(id, (0.0, uses)), (likeness, uses))
    return kept


def _total(found: dict[int, tuple[float, int]]) -> int:
    return sum(uses for _likeness, uses in found.values())


def _few(found: dict[int, tuple[float, int]]) -> Iterable[tuple[int, tuple[float, int]]]:
    """Yield the words most like a typed one, as long as they have not too many entries together; common ones add none."""
    room = _ENTRIES
    for id, (likeness, uses) in sorted(found.items(), key=lambda one: (-one[1][0], one[1][1])):
        if uses > _ENTRIES:
            yield id, (likeness, uses)
        elif room > 0:
            room -= uses
            yield id, (likeness, uses)


@prepared
def _entries(tx: Tx, *, words: Any) -> Any:
    entry, who = SearchEntryRow, CustomerVersionRow
    query = select(entry.version_id, entry.word_id).where(entry.word_id.in_(words))
    if tx.sight.everything:
        # who has been superseded is left out when the names are read
        return query
    return query.join(who, and_(who.id == entry.version_id, who.superseded_at.is_(None), *seen(tx, who)))


def _closest(tx: Tx, likenesses: dict[int, float]) -> list[int]:
    """Return the versions with the most alike words, and with most of them."""
    points: dict[int, float] = {}
    squares = {word: likeness * likeness for word, likeness in likenesses.items()}
    for version, word in rows_of(_entries(tx, words=list(likenesses))):
        points[version] = points.get(version, 0.0) + squares[word]
    return nlargest(_CLOSER, points, key=points.__getitem__)


def _of_common(tx: Tx, words: Sequence[int]) -> list[int]:
    """Return versions that have all of these common words, or the first of them."""
    entry, who = SearchEntryRow, CustomerVersionRow
    query = select(entry.version_id).join(who, and_(who.id == entry.version_id, who.superseded_at.is_(None), *seen(tx, who)))
    query = query.where(entry.word_id == words[0]).limit(_CLOSER)
    for word in words[1:]:
        other = select(SearchEntryRow.version_id).where(SearchEntryRow.word_id == word)
        query = query.where(entry.version_id.in_(other))
    return list(tx.connection.execute(query).scalars())


@prepared
def _named(tx: Tx, *, ids: Any) -> Any:
    who = CustomerVersionRow
    return select(who.customer_id, who.name, who.aliases).where(who.id.in_(ids), who.superseded_at.is_(None), *seen(tx, who))
