"""The rating that counts where a customer has several."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from risk_engine.facts.facts import Floats, Places


def counting_rating(
    owner: Places,
    pd: Floats,
    internal: NDArray[np.bool_],
    count: int,
    *,
    internal_first: bool = True,
    several: Literal["worse_of_best_two", "worst"] = "worse_of_best_two",
) -> Places:
    """Return the place of the applicable rating of each owner; -1 where none is usable.

    Internal ratings come first where the policy says so. Of the others: of two the worse, of three or more the worse of
    the best two (or the worst of all). A rating in default counts before all others.

    Args:
        owner: the owner of each rating, 0 to ``count`` - 1.
        pd: of each rating; NaN for a letter that is on no master scale, which is passed over.

    Source: Basel II § 96–98 (multiple assessments); which comes first is policy.
    """
    usable = np.flatnonzero(~np.isnan(pd))
    if internal_first:
        has_own = np.zeros(count, dtype=bool)
        has_own[owner[usable[internal[usable]]]] = True
        usable = usable[internal[usable] | ~has_own[owner[usable]]]
    chosen = np.full(count, -1, dtype=np.int64)
    if np.bincount(owner, minlength=1).max() <= 1:
        # without an owner of two there is nothing to choose
        chosen[owner[usable]] = usable
        return chosen
    order = usable[np.lexsort((usable, pd[usable], owner[usable]))]
    owners, first, sizes = np.unique(owner[order], return_index=True, return_counts=True)
    # the worse of two, and the worse of the best two of many, are both the second best
    step = sizes - 1 if several == "worst" else np.minimum(sizes - 1, 1)
    chosen[owners] = order[first + step]
    # a default in the eyes of one agency is a default, regardless of the other ratings
    defaulted = np.flatnonzero(pd >= 1.0)[::-1]
    chosen[owner[defaulted]] = defaulted
    return chosen
