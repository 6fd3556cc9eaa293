"""The standard normal law; SciPy is imported on first use, as most of the bot's work never needs it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def cumulative(x: Floats) -> Floats:
    """Return N(x), the share of the standard normal law at or below x; NaN stays NaN."""
    from scipy.special import ndtr

    found: Floats = ndtr(x)
    return found


def quantile(p: Floats) -> Floats:
    """Return G(p), the inverse of :func:`cumulative`; minus infinity at 0, infinity at 1, NaN stays NaN."""
    from scipy.special import ndtri

    found: Floats = ndtri(p)
    return found
