"""Statements: one period's figures of every customer by the column, and the figures that identities imply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from risk_engine import checks
from risk_engine.checks import Floats, Impossible
from risk_engine.measure import divided

Bools = NDArray[np.bool_]

# figures of the balance sheet date
STOCKS = (
    "total_assets",
    "current_assets",
    "cash",
    "receivables",
    "inventory",
    "total_liabilities",
    "current_liabilities",
    "short_term_debt",
    "long_term_debt",
    "equity",
    "market_equity",
    "retained_earnings",
)
# figures of the whole period
FLOWS = (
    "revenue",
    "cost_of_sales",
    "ebitda",
    "depreciation",
    "ebit",
    "interest_expense",
    "tax",
    "net_income",
    "operating_cash_flow",
    "capex",
    "working_capital_change",
    "principal_repaid",
)
NAMES = STOCKS + FLOWS

# whole = part + rest; any one of the three follows from the other two, to the cent
IDENTITIES = (("total_assets", "total_liabilities", "equity"), ("ebitda", "ebit", "depreciation"))

# a negative derived figure only shows that the stated ones contradict each other
NEVER_NEGATIVE = frozenset({"total_assets", "total_liabilities", "depreciation"})


@dataclass(frozen=True, slots=True, eq=False)
class Statements(Mapping[str, Floats]):
    """The columns of :data:`NAMES`, one place per customer, in one currency and unit each; NaN is missing.

    ``derived`` flags by name the figures that were derived and not stated; an absent name has none. ``equity`` includes
    minorities, ``capex``, ``tax`` and ``principal_repaid`` are above 0 when paid, ``working_capital_change`` is above 0
    when working capital has grown.
    """

    columns: Mapping[str, Floats]
    derived: Mapping[str, Bools] = field(default_factory=dict)

    @classmethod
    def of(cls, stated: Mapping[str, ArrayLike]) -> Statements:
        """Return statements with these columns, the others missing.

        Raises:
            Impossible: a name is not one of a statement's, a value is infinite, or a column is shorter than another.
        """
        columns = {name: checks.column(name, values) for name, values in stated.items()}
        count = max(map(len, columns.values()), default=0)
        for name, values in columns.items():
            if name not in NAMES:
                raise Impossible(field="statement", value=name, accepted=", ".join(NAMES))
            if len(values) != count:
                raise Impossible(field=name, value=len(values), accepted=f"{count} values")
        return cls({name: columns.get(name, np.full(count, np.nan)) for name in NAMES})

    @property
    def count(self) -> int:
        """Return the number of customers."""
        return len(self.columns["total_assets"])

    def __getitem__(self, name: str) -> Floats:
        return self.columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def part(self, start: int, stop: int) -> Statements:
        """Return the customers from one place up to another."""
        columns = {name: values[start:stop] for name, values in self.columns.items()}
        return Statements(columns, {name: flags[start:stop] for name, flags in self.derived.items()})

    def is_derived(self, name: str) -> Bools:
        """Flag the customers whose figure of this name is derived."""
        return self.derived.get(name, np.zeros(self.count, dtype=bool))


def completed(statements: Statements) -> Statements:
    """Derive the figures that accounting identities imply, and flag them; stated figures always stay.

    Assets = liabilities + equity, and EBITDA = EBIT + depreciation: where one of the three is missing it follows from
    the other two. Net income is not derived: other income and associates stand between it and EBIT. Complete the parts
    before rolling them to twelve months, as one may state what another implies.

    Source: IAS 1.54 and the Conceptual Framework 4.63 (equity is the residual); EBITDA by its name.
    """
    columns, derived = dict(statements.columns), dict(statements.derived)
    for whole, part, rest in IDENTITIES:
        implied = {
            whole: statements[part] + statements[rest],
            part: statements[whole] - statements[rest],
            rest: statements[whole] - statements[part],
        }
        for name, values in implied.items():
            taken = np.isnan(statements[name]) & ~np.isnan(values)
            if name in NEVER_NEGATIVE:
                taken &= values >= 0
            columns[name] = np.where(taken, values, statements[name])
            derived[name] = statements.is_derived(name) | taken
    return Statements(columns, _some(derived))


def _some(derived: Mapping[str, Bools]) -> dict[str, Bools]:
    """Return the names with at least one derived figure."""
    return {name: flags for name, flags in derived.items() if flags.any()}


@dataclass(frozen=True, slots=True)
class Imbalance:
    """Unbalanced balance sheets and their gap: (assets − liabilities − equity) / assets; NaN is not computable."""

    found: Bools
    gap: Floats


def imbalance(statements: Statements, tolerance: float) -> Imbalance:
    """Find assets that differ from liabilities + equity by more than a share of the assets, where all three are known.

    Assets that are not above 0 have no share, and balance to the cent or not at all.

    Args:
        tolerance: 0 to 1; rounding explains less than 0.01.

    Raises:
        Impossible: the tolerance is no share.

    Source: IAS 1.54; the tolerance is policy (``[data] balance_tolerance``).
    """
    allowed = checks.share("tolerance", tolerance)
    assets = statements["total_assets"]
    left = assets - statements["total_liabilities"] - statements["equity"]
    return Imbalance(np.abs(left) > allowed * np.maximum(assets, 0.0), divided(left, assets))
