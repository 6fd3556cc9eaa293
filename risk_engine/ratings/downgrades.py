"""Downgrades: the fall of external letters within some months, which a person judges as to default."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from risk_engine import credit
from risk_engine.categorical import Coded
from risk_engine.days import NO_DATE
from risk_engine.facts.facts import Dates, Downgrades, Facts, Floats, Places, Ratings
from risk_engine.ratings.rating import Marks


def downgrades(known: Marks, facts: Facts) -> Downgrades:
    """Return the most notches by which an external letter of each customer stands below one that it had before.

    Letters are compared within one agency and scale. A letter on no master scale, such as a withdrawn one, says nothing.

    Source: 商业银行金融资产风险分类办法 (2023), whose list of 次级 has a sharp external downgrade; CRE36.68 ff.: for default it is judged.
    """
    count, now, then = len(facts), facts.ratings, _told_as(facts.ratings, facts.former, known.letters)
    newest = _newest(now, then)
    fall = np.append(_notches(known, now), np.nan)[newest] - _notches(known, then)
    deepest = credit.worst_of(then.owner, np.where(fall > 0, fall, np.nan), count)
    return Downgrades(
        notches=np.append(fall, np.nan)[deepest],
        before=np.append(then.ids, 0)[deepest],
        after=np.append(now.ids, 0)[np.append(newest, -1)[deepest]],
    )


def replaced(facts: Facts) -> Dates:
    """Return the day on which each former letter was replaced by the next one of its agency and scale."""
    now, then = facts.ratings, _told_as(facts.ratings, facts.former, ())
    key = np.concatenate([_series(then, now), _series(now, now)])
    days = np.concatenate([then.as_of, now.as_of])
    order = np.lexsort((days, key))
    following = np.append(days[order][1:], NO_DATE)[: len(order)]
    last = np.append(key[order][1:] != key[order][:-1], True)[: len(order)]
    until = np.empty(len(order), dtype="datetime64[D]")
    until[order] = np.where(last, NO_DATE, following)
    return until[: len(then.owner)]


def _series(of: Ratings, now: Ratings) -> Places:
    """Return a number of the customer, agency and scale of each letter."""
    found: Places = (of.owner * len(now.agencies.names) + of.agencies.codes) * len(now.scales.names) + of.scales.codes
    return found


def _told_as(now: Ratings, then: Ratings, letters: tuple[str, ...]) -> Ratings:
    """Return the former letters with agencies and scales numbered as those of the newest ones."""
    agencies, scales = now.agencies.names, now.scales.names
    return replace(
        then,
        agencies=Coded(then.agencies.among(agencies), agencies),
        scales=Coded(then.scales.among(scales), scales),
        letters=Coded(then.letters.among(letters), letters),
    )


def _newest(now: Ratings, then: Ratings) -> Places:
    """Return the place of the newest letter of the customer, agency and scale of each former one; -1 without."""
    key, wanted = _series(now, now), _series(then, now)
    order = np.argsort(key, kind="stable")
    place = np.append(order, -1)[np.searchsorted(key, wanted, sorter=order)]
    known = (then.agencies.codes >= 0) & (then.scales.codes >= 0)
    found: Places = np.where(known & (np.append(key, -1)[place] == wanted), place, -1)
    return found


def _notches(known: Marks, letters: Ratings) -> Floats:
    """Return the notch of each external letter; NaN for the bank's own, and for those on no master scale."""
    mark = known.codes(letters.agencies, letters.scales, letters.letters)
    return np.where(np.append(known.internal, True)[mark], np.nan, np.append(known.notch, np.nan)[mark])
