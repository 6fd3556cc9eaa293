"""Names of a score's figures, each with its unit."""

from __future__ import annotations

from commands.kit.i18n import Text, _, ngettext
from commands.kit.wording import words
from risk_engine.conduct.conduct import CONDUCT, LIMITS
from risk_engine.financials.ratios import RATIOS
from risk_engine.policy.policy import Policy

_NAMES: dict[str, Text | str] = {
    "pd": "PD",
    "lgd": "LGD",
    "days_past_due": _("Days past due"),
    "dscr": _("Debt service cover"),
    "interest_coverage": _("Interest cover"),
    "ebit_interest_coverage": _("Interest cover by EBIT"),
    "current_ratio": _("Current ratio"),
    "quick_ratio": _("Quick ratio"),
    "cash_ratio": _("Cash ratio"),
    "debt_ratio": _("Debt ratio"),
    "debt_to_equity": _("Debt to equity"),
    "gearing": _("Gearing"),
    "equity_ratio": _("Equity ratio"),
    "net_debt_to_ebitda": _("Net debt to EBITDA"),
    "ffo_to_debt": _("Funds from operations to debt"),
    "ocf_to_debt": _("Operating cash flow to debt"),
    "roa": _("Return on assets"),
    "roe": _("Return on equity"),
    "roce": _("Return on capital employed"),
    "gross_margin": _("Gross margin"),
    "ebitda_margin": _("EBITDA margin"),
    "net_margin": _("Net margin"),
    "asset_turnover": _("Asset turnover"),
    "receivable_days": _("Receivable days"),
    "inventory_days": _("Inventory days"),
    "payable_days": _("Payable days"),
    "cash_conversion_cycle": _("Cash conversion cycle"),
    "z": _("Altman Z"),
    "z_prime": _("Altman Z′"),
    "z_double_prime": _("Altman Z″"),
    "ohlson_probability": _("Failure by Ohlson"),
    "zmijewski_probability": _("Failure by Zmijewski"),
    "competitor_price_index": _("Competitors' prices"),
    "order_backlog_months": _("Order backlog"),
    "satisfaction": _("Satisfaction"),
    "utilisation": _("Limit utilisation"),
    "minimum_balance": _("Lowest balance to monthly turnover"),
    "cash_buffer_days": _("Cash buffer"),
    "overdraft_days": _("Days in overdraft"),
    "returned_payments": _("Returned payments"),
    "overdraft_charges": _("Overdraft charges"),
    "inflow_cover": _("Inflow to debt service"),
    "average_days_late": _("Average days late"),
    "average_utilisation": _("Average limit utilisation"),
    "peak_utilisation": _("Peak limit utilisation"),
    "llcr": _("Loan life cover"),
    "plcr": _("Project life cover"),
    "dscr_minimum": _("Lowest projected cover"),
    "secured_share": _("Secured by collateral"),
}
_PERCENT = {"pd", "lgd", "utilisation", "secured_share", "ohlson_probability", "zmijewski_probability"}
_TIMES = {"inflow_cover", "llcr", "plcr", "dscr_minimum"}
# figures combined from several lines of a statement
MADE_OF = {"z": "x1 x2 x3 x4_market x5", "z_prime": "x1 x2 x3 x4 x5", "z_double_prime": "x1 x2 x3 x4"}


def name(measure: str, policy: Policy) -> str:
    """Return the name of a figure; an indicator of the team's own has its KRI's name."""
    known = _NAMES.get(measure) or next((words.named(kri.name) for kri in policy.kri if kri.indicator == measure), None)
    return str(known or words.label_of(measure))


def value(measure: str, figure: float | None, policy: Policy) -> str:
    """Return a figure in its unit; a dash if it is not computable."""
    if figure is None:
        return "–"
    if measure in {"pd", "lgd"}:
        return words.share(figure)
    if measure == "order_backlog_months":
        return str(ngettext("{n} month", "{n} months", 1 if figure == 1 else 2).format(n=words.number(figure, decimals=1)))
    if measure == "satisfaction":
        return str(_("{n} of 5").format(n=words.number(figure, decimals=1)))
    return words.reading(figure, _unit(measure, policy))


def _unit(measure: str, policy: Policy) -> str:
    if (known := RATIOS.get(measure) or CONDUCT.get(measure) or LIMITS.get(measure)) is not None:
        return known.unit
    if measure == "average_days_late":
        return "days"
    if measure in _PERCENT:
        return "percent"
    if measure in _TIMES:
        return "ratio"
    return next((kri.unit for kri in policy.kri if kri.indicator == measure), "number")
