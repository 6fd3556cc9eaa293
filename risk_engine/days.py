"""Days and months as spans with their unit: NumPy will refuse a date plus a bare number, or a missing date without a unit."""

from __future__ import annotations

import numpy as np

ONE_DAY = np.timedelta64(1, "D")
ONE_MONTH = np.timedelta64(1, "M")

# a date that is missing
NO_DATE = np.datetime64("NaT", "D")
