"""Altman's Z-scores: five ratios of a twelve-month statement, and their weighted sums."""

from __future__ import annotations

from collections.abc import Callable

from risk_engine.checks import Floats
from risk_engine.measure import Measure, divided, table


def z(x1: Floats, x2: Floats, x3: Floats, x4_market: Floats, x5: Floats) -> Floats:
    """Altman's Z for listed manufacturers; distress below 1.81, safe above 2.99.

    Source: Altman, Journal of Finance 23 (1968), 589–609, with the coefficients as ratios (Altman 2000).
    """
    return 1.2 * x1 + 1.4 * x2 + 3.3 * x3 + 0.6 * x4_market + 1.0 * x5


def z_prime(x1: Floats, x2: Floats, x3: Floats, x4: Floats, x5: Floats) -> Floats:
    """Altman's Z' for private manufacturers, with book equity; distress below 1.23, safe above 2.90.

    Source: Altman, Corporate Financial Distress (1983); Altman (2000), Z'-score.
    """
    return 0.717 * x1 + 0.847 * x2 + 3.107 * x3 + 0.420 * x4 + 0.998 * x5


def z_double_prime(x1: Floats, x2: Floats, x3: Floats, x4: Floats) -> Floats:
    """Altman's Z'' for firms of any industry, without turnover; distress below 1.10, safe above 2.60.

    Source: Altman, Hartzell and Peck (1995); Altman (2000), Z''-score.
    """
    return 6.56 * x1 + 3.26 * x2 + 6.72 * x3 + 1.05 * x4


def z_double_prime_em(x1: Floats, x2: Floats, x3: Floats, x4: Floats) -> Floats:
    """Z'' in the form for emerging markets: 3.25 higher, so that 0 stands for a bond in default.

    Source: Altman, Hartzell and Peck (1995), Emerging Markets Corporate Bonds: A Scoring System.
    """
    return z_double_prime(x1, x2, x3, x4) + 3.25


# --- tables: the statement figures behind each score ------------------------------------------------------------


def _over(top: str, bottom: str, name: str, source: str) -> Measure:
    return Measure(name, "ratio", (top, bottom), divided, better="high", source=source)


_X1 = Measure(
    "x1",
    "ratio",
    ("current_assets", "current_liabilities", "total_assets"),
    lambda current, due, assets: divided(current - due, assets),
    better="high",
    source="Altman (1968): working capital / total assets",
)
PARTS = table(
    (
        _X1,
        _over("retained_earnings", "total_assets", "x2", "Altman (1968): retained earnings / total assets"),
        _over("ebit", "total_assets", "x3", "Altman (1968): EBIT / total assets"),
        _over("equity", "total_liabilities", "x4", "Altman (1983): book equity / total liabilities"),
        _over("market_equity", "total_liabilities", "x4_market", "Altman (1968): market value of equity / total liabilities"),
        _over("revenue", "total_assets", "x5", "Altman (1968): sales / total assets"),
    )
)


def _scored(name: str, formula: Callable[..., Floats], parts: tuple[str, ...], source: str) -> Measure:
    """Return the measure of a formula over ratios, with the statement's own figures as its inputs."""
    inputs = tuple(dict.fromkeys(one for part in parts for one in PARTS[part].inputs))

    def compute(*columns: Floats) -> Floats:
        figures = dict(zip(inputs, columns, strict=True))
        return formula(*(PARTS[part].of(figures) for part in parts))

    return Measure(name, "score", inputs, compute, better="high", source=source)


SCORES = (
    _scored("z", z, ("x1", "x2", "x3", "x4_market", "x5"), "Altman (1968)"),
    _scored("z_prime", z_prime, ("x1", "x2", "x3", "x4", "x5"), "Altman (1983)"),
    _scored("z_double_prime", z_double_prime, ("x1", "x2", "x3", "x4"), "Altman, Hartzell and Peck (1995)"),
    _scored("z_double_prime_em", z_double_prime_em, ("x1", "x2", "x3", "x4"), "Altman, Hartzell and Peck (1995)"),
)
