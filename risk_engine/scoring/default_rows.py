"""The defaults of a scoring that go on record: few rows, for customers that are, or have been, in default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from risk_engine.classification.default import Default
from risk_engine.facts.facts import Dates, Facts, Places, Texts


@dataclass(frozen=True, slots=True)
class DefaultRows:
    """Defaults of customers, or of single facilities (``facility`` names it, None for the customer's own); see ``probation.States``.

    ``owner`` is the place of the customer among the scored ones.
    """

    owner: Places
    facility: Texts
    since: Dates
    entered: NDArray[np.int32]
    reasons: NDArray[np.int32]
    ended: Dates
    cured: Dates
    voided: NDArray[np.bool_]


def default_rows(facts: Facts, who: Default) -> DefaultRows:
    """Return the defaults that a later day has to know, and the ends of those on record."""
    state, count = who.states, len(facts)
    which = np.flatnonzero(state.defaulted | ~np.isnat(state.cured) | state.voided)
    of_loan = which >= count
    loan = which[of_loan] - count
    owner, names = which.copy(), np.full(len(which), None, dtype=object)
    owner[of_loan], names[of_loan] = facts.facilities.owner[loan], facts.facilities.names[loan]
    since = np.where(np.isnat(state.since[which]), facts.as_of, state.since[which])
    return DefaultRows(
        owner, names, since, state.entered[which], state.reasons[which], state.ended[which], state.cured[which], state.voided[which]
    )


def joined(parts: Sequence[DefaultRows], starts: Sequence[int]) -> DefaultRows:
    """Concatenate the rows of parts of a book that begin at these customers."""
    moved = [part.owner + start for part, start in zip(parts, starts, strict=True)]
    rest = {one.name: np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(DefaultRows) if one.name != "owner"}
    return DefaultRows(owner=np.concatenate(moved), **rest)


def among(found: DefaultRows, customers: NDArray[np.bool_]) -> DefaultRows:
    """Return the rows of the flagged customers."""
    kept = customers[found.owner]
    return DefaultRows(**{one.name: getattr(found, one.name)[kept] for one in fields(DefaultRows)})


def at(found: DefaultRows, places: Places, count: int) -> DefaultRows:
    """Return the rows of the customers at these places among ``count``, who are the only ones from now on."""
    now = np.full(count, -1, dtype=np.int64)
    now[places] = np.arange(len(places))
    kept = among(found, now >= 0)
    return replace(kept, owner=now[kept.owner])
