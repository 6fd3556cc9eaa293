"""PDs by year: of a letter by its agency's migration table, of points by the bank's own; accounting PDs have no floors (§ 3, § 12)."""

from __future__ import annotations

from functools import cache
from math import exp


def shares(table, rest):
    """Return a published table as shares of those who keep a rating; the last row is default."""
    rows = []
    for percent in table["percent"]:
        kept = [cell / (100 - percent[-1]) for cell in percent[:-1]]
        if rest == "spread":
            kept = [cell / sum(kept) for cell in kept]
        else:
            kept[-1] = 1 - sum(kept[:-1])
        rows.append(kept)
    return [*rows, [0.0] * len(rows) + [1.0]]


def cumulative(matrix, years):
    """Return the share of each state that has defaulted by the end of each year."""
    found, now = [], [row[:] for row in matrix]
    for _year in range(years):
        found.append([row[-1] for row in now])
        now = [[sum(row[k] * matrix[k][j] for k in range(len(matrix))) for j in range(len(matrix))] for row in now]
    return found


def conditional(table, rest, years, pd):
    """Return the conditional PDs by year of a one-year PD: a mixture of the two neighbouring states; the first year is the PD itself."""
    by_year = cumulative(shares(table, rest), years)
    first = by_year[0]
    upper = next((place for place, one in enumerate(first) if one >= pd), len(first) - 1)
    upper = max(upper, 1)
    low, high = first[upper - 1], first[upper]
    weight = max((pd - low) / (high - low), 0.0) if high > low else 0.0
    gone = [(1 - weight) * one[upper - 1] + weight * one[upper] for one in by_year]
    hazards = []
    for year, now in enumerate(gone):
        before = gone[year - 1] if year else 0.0
        hazards.append(min(max((now - before) / (1 - before), 0.0), 1.0) if before < 1 else 1.0)
    return [pd, *hazards[1:]]


class Curves:
    """The PDs by year of a book's letters and points, each worked out once."""

    def __init__(self, policy):
        self.policy = policy
        self.of = cache(self._of)

    def table(self, agency, scale):
        """Return the migration table of an agency and scale; None without one."""
        for one in self.policy["migration"]["table"]:
            if (agency.casefold(), scale) in [(name.casefold(), which) for name, which in one["serves"]]:
                return one
        return None

    def _of(self, agency, scale, pd, floor):
        if pd >= 1:
            return [1.0] * self.policy["migration"]["years"]
        table = self.table(agency, scale)
        if table is None:
            return None
        found = conditional(table, self.policy["migration"]["rest"], self.policy["migration"]["years"], max(pd, floor))
        return [max(one, floor) for one in found]


def by_points(policy, points):
    """Return the PD of a customer without a letter, before floors; None without points."""
    if points is None:
        return None
    line = policy["scoring"]["calibration"]
    return 1 / (1 + exp(-(line["intercept"] + line["slope"] * points)))
