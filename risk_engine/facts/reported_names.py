"""Names of ratios: the name under which each is computed, and the name under which it is reported."""

from __future__ import annotations

from collections.abc import Mapping

# under which name a ratio is reported, where that differs from its own
OBSERVED_AS: Mapping[str, str] = {
    "x1": "working_capital_to_assets",
    "x2": "retained_earnings_to_assets",
    "x3": "ebit_to_assets",
    "x4": "equity_to_liabilities",
    "x5": "sales_to_assets",
    "roa": "return_on_assets",
    "roe": "return_on_equity",
    "roce": "return_on_capital_employed",
    "gross_margin": "gross_profit_margin",
    "net_margin": "net_profit_margin",
    "debt_to_equity": "debt_equity_ratio",
}
_CALLED = {spelled: name for name, spelled in OBSERVED_AS.items()}


def called(indicator: str) -> str:
    """Return the name under which an indicator is computed: ``roa`` for ``return_on_assets``."""
    return _CALLED.get(indicator, indicator)


def spellings(indicator: str) -> tuple[str, ...]:
    """Return every name under which an indicator is reported."""
    name = called(indicator)
    return tuple(dict.fromkeys((name, OBSERVED_AS.get(name, name))))
