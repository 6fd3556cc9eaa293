"""Ratios of a twelve-month statement: liquidity, leverage, coverage, profitability and efficiency, each with its inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from risk_engine.checks import Floats
from risk_engine.measure import Better, Measure, Unit, divided, table

Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]

DAYS = 365.0


class RatioStatus(IntEnum):
    """The reason why a ratio has a figure or none; only ``COMPUTED`` can comply with a covenant."""

    MISSING = 0
    COMPUTED = 1
    NOT_MEANINGFUL = 2
    NOT_APPLICABLE = 3


# --- formulas of more than two figures -----------------------------------------------------------------------------------


def cfads(ebitda: Floats, tax: Floats, capex: Floats, working_capital_change: Floats) -> Floats:
    """Return cash flow available for debt service, EBITDA − tax − capex − ΔWC, in the statement's unit.

    Source: the house's standard for project finance; E. R. Yescombe, Principles of Project Finance, cover ratios.
    """
    return ebitda - tax - capex - working_capital_change


def dscr(
    ebitda: Floats, tax: Floats, capex: Floats, working_capital_change: Floats, principal_repaid: Floats, interest_expense: Floats
) -> Floats:
    """Return the past twelve months' debt service cover, CFADS / (principal + interest); NaN if no debt service was due.

    Source: as :func:`cfads`.
    """
    return divided(cfads(ebitda, tax, capex, working_capital_change), principal_repaid + interest_expense)


def net_debt_to_ebitda(short_term_debt: Floats, long_term_debt: Floats, cash: Floats, ebitda: Floats) -> Floats:
    """Return (Debt − cash) / EBITDA, below 0 for net cash; NaN unless EBITDA is above 0, as no year would repay anything."""
    return divided(short_term_debt + long_term_debt - cash, ebitda)


def ffo_to_debt(ebitda: Floats, interest_expense: Floats, tax: Floats, short_term_debt: Floats, long_term_debt: Floats) -> Floats:
    """Return funds from operations, EBITDA − interest − tax, over debt.

    Source: S&P, Corporate Methodology: Ratios and Adjustments (FFO).
    """
    return divided(ebitda - interest_expense - tax, short_term_debt + long_term_debt)


def payable_days(current_liabilities: Floats, short_term_debt: Floats, cost_of_sales: Floats) -> Floats:
    """Return days of cost of sales in the non-debt current liabilities, an upper limit as it includes accruals.

    Statements have no line for trade payables, and this is the closest figure above them.
    """
    return DAYS * divided(current_liabilities - short_term_debt, cost_of_sales)


def cash_conversion_cycle(
    receivables: Floats, revenue: Floats, inventory: Floats, cost_of_sales: Floats, current_liabilities: Floats, short_term_debt: Floats
) -> Floats:
    """Return receivable days + inventory days − payable days, the days for which sales tie up cash."""
    tied = DAYS * divided(receivables, revenue) + DAYS * divided(inventory, cost_of_sales)
    return tied - payable_days(current_liabilities, short_term_debt, cost_of_sales)


# --- the table -----------------------------------------------------------------------------------------------------------

_CFA = "CFA Institute, Financial Analysis Techniques"
_LOANS = "the usual definition in loan agreements"
_SP = "S&P, Corporate Methodology: Ratios and Adjustments"
_PROJECT = "the house's standard for project finance and covenants"
_DEBT = ("short_term_debt", "long_term_debt")
_FIVE = ("ebitda", "tax", "capex", "working_capital_change", "principal_repaid", "interest_expense")


def _made(name: str, unit: Unit, inputs: tuple[str, ...], compute: Callable[..., Floats], better: Better, source: str) -> Measure:
    return Measure(name, unit, inputs, compute, better, source)


def _over(name: str, top: str, bottom: str, better: Better, source: str, unit: Unit = "ratio") -> Measure:
    return Measure(name, unit, (top, bottom), divided, better, source)


def _days(name: str, top: str, bottom: str, better: Better) -> Measure:
    return Measure(name, "days", (top, bottom), lambda held, turned: DAYS * divided(held, turned), better, _CFA)


LIQUIDITY = (
    _over("current_ratio", "current_assets", "current_liabilities", "high", _CFA),
    _made(
        "quick_ratio",
        "ratio",
        ("current_assets", "inventory", "current_liabilities"),
        lambda current, stock, due: divided(current - stock, due),
        "high",
        _CFA,
    ),
    _over("cash_ratio", "cash", "current_liabilities", "high", _CFA),
)
LEVERAGE = (
    _over("debt_ratio", "total_liabilities", "total_assets", "low", "the house's indicator: total liabilities / total assets", "percent"),
    _made("debt_to_equity", "ratio", (*_DEBT, "equity"), lambda short, long, own: divided(short + long, own), "low", _CFA),
    _made("gearing", "percent", (*_DEBT, "equity"), lambda short, long, own: divided(short + long, short + long + own), "low", _PROJECT),
    _made("net_debt_to_ebitda", "ratio", (*_DEBT, "cash", "ebitda"), net_debt_to_ebitda, "low", _PROJECT),
    _over("equity_ratio", "equity", "total_assets", "high", "equity / total assets", "percent"),
)
COVERAGE = (
    _over("interest_coverage", "ebitda", "interest_expense", "high", _PROJECT),
    _over("ebit_interest_coverage", "ebit", "interest_expense", "high", _CFA),
    _made("dscr", "ratio", _FIVE, dscr, "high", _PROJECT),
    _made("ffo_to_debt", "percent", ("ebitda", "interest_expense", "tax", *_DEBT), ffo_to_debt, "high", _SP),
    _made(
        "ocf_to_debt",
        "percent",
        ("operating_cash_flow", *_DEBT),
        lambda cash, short, long: divided(cash, short + long),
        "high",
        _SP,
    ),
)
PROFITABILITY = (
    _over("roa", "net_income", "total_assets", "high", _CFA, "percent"),
    _over("roe", "net_income", "equity", "high", _CFA, "percent"),
    _made("gross_margin", "percent", ("revenue", "cost_of_sales"), lambda sold, cost: divided(sold - cost, sold), "high", _CFA),
    _over("ebitda_margin", "ebitda", "revenue", "high", _CFA, "percent"),
    _over("net_margin", "net_income", "revenue", "high", _CFA, "percent"),
    _made(
        "roce",
        "percent",
        ("ebit", "total_assets", "current_liabilities"),
        lambda earned, assets, due: divided(earned, assets - due),
        "high",
        _LOANS,
    ),
)
EFFICIENCY = (
    _over("asset_turnover", "revenue", "total_assets", "high", _CFA),
    _days("receivable_days", "receivables", "revenue", "low"),
    _days("inventory_days", "inventory", "cost_of_sales", "low"),
    _made("payable_days", "days", ("current_liabilities", "short_term_debt", "cost_of_sales"), payable_days, "", _CFA),
    _made(
        "cash_conversion_cycle",
        "days",
        ("receivables", "revenue", "inventory", "cost_of_sales", "current_liabilities", "short_term_debt"),
        cash_conversion_cycle,
        "low",
        _CFA,
    ),
)
# percentages are shares, 0.35 for 35 %; balances are at the end of the period
RATIOS = table((*LIQUIDITY, *LEVERAGE, *COVERAGE, *PROFITABILITY, *EFFICIENCY))

# the burdens without which a ratio does not apply
BURDENS: Mapping[str, tuple[str, ...]] = {
    "interest_coverage": ("interest_expense",),
    "ebit_interest_coverage": ("interest_expense",),
    "dscr": ("principal_repaid", "interest_expense"),
    "ffo_to_debt": _DEBT,
    "ocf_to_debt": _DEBT,
}


# --- reasons for a missing figure -----------------------------------------------------------------------------------------


def not_applicable(name: str, columns: Mapping[str, Floats]) -> Bools:
    """Flag customers to whom a ratio does not apply: its burden is known to be 0, not missing."""
    burdens = BURDENS.get(name, ())
    free = np.full(len(columns["total_assets"]), bool(burdens))
    for burden in burdens:
        free &= columns[burden] == 0
    return free


def standing(name: str, columns: Mapping[str, Floats]) -> Codes:
    """Return each customer's :class:`RatioStatus` for one ratio: computed, not applicable, missing or not meaningful."""
    measure = RATIOS[name]
    found, lacking = measure.of(columns), np.zeros(len(columns["total_assets"]), dtype=bool)
    for one in measure.inputs:
        lacking |= np.isnan(columns[one])
    cases = [~np.isnan(found), not_applicable(name, columns), lacking]
    return np.select(cases, [RatioStatus.COMPUTED, RatioStatus.NOT_APPLICABLE, RatioStatus.MISSING], RatioStatus.NOT_MEANINGFUL).astype(
        np.int8
    )
