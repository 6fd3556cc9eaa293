"""Days and months as typed spans: NumPy refuses a date plus a bare number, and a missing date without a unit."""

from __future__ import annotations

import numpy as np

ONE_DAY = np.timedelta64(1, "D")
ONE_MONTH = np.timedelta64(1, "M")

# a date that is missing
NO_DATE = np.datetime64("NaT", "D")
