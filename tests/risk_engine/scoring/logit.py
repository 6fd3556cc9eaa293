"""A logit in NumPy and its cross-validation, to hold the scorecard against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FOLDS, SEED = 5, 20261130


def fitted(figures: Floats, bad: Floats, ridge: float = 1e-3) -> Floats:
    """Return intercept and weights of a logit by iteratively reweighted least squares."""
    design = np.column_stack([np.ones(len(figures)), figures])
    weights, penalty = np.zeros(design.shape[1]), np.diag([0.0] + [ridge] * figures.shape[1])
    for _turn in range(50):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30, 30)))
        curved = (design * (chance * (1.0 - chance))[:, None]).T @ design + penalty
        step = np.linalg.solve(curved, design.T @ (bad - chance) - penalty @ weights)
        weights += step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def folds(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the fold of each row; rows of one group stay together."""
    groups, place = np.unique(group, return_inverse=True)
    return np.random.default_rng(SEED).integers(0, FOLDS, len(groups))[place]


def cross_validated(figures: Floats, bad: Floats, group: NDArray[np.int64]) -> Floats:
    """Return each row's log-odds by a logit of the other folds, with figures cut at the 5th and 95th percentile and standardised.

    A missing figure counts as the median.
    """
    fold, found = folds(group), np.empty(len(bad))
    for one in range(FOLDS):
        inside = fold == one
        low, high = np.nanpercentile(figures[~inside], [5, 95], axis=0)
        cut = np.clip(figures, low, high)
        cut = np.where(np.isnan(cut), np.nanmedian(cut[~inside], axis=0), cut)
        cut = (cut - cut[~inside].mean(axis=0)) / (cut[~inside].std(axis=0) + 1e-12)
        weights = fitted(cut[~inside], bad[~inside])
        found[inside] = weights[0] + cut[inside] @ weights[1:]
    return found
