"""Labels of indicators in English and Chinese, which a file may have in place of the names."""

from __future__ import annotations

import re
from functools import lru_cache

from risk_engine.indicators import derived
from storage.data.files.cells import Cell, Formats, Reader
from storage.data.files.mapping.headings import loose
from storage.data.files.refusals import BadCell

_NAME = re.compile(r"[a-z][a-z0-9_.]{0,59}", re.ASCII)
# held equal to the words of the screens by a test
LABELS: dict[str, tuple[str, ...]] = {
    "days_past_due": (
        "Days past due",
        "逾期天数",
    ),
    "dscr": (
        "Debt service cover",
        "偿债备付率",
    ),
    "interest_coverage": (
        "Interest cover",
        "利息保障倍数",
    ),
    "ebit_interest_coverage": (
        "Interest cover by EBIT",
        "EBIT 利息保障倍数",
    ),
    "current_ratio": (
        "Current ratio",
        "流动比率",
    ),
    "quick_ratio": (
        "Quick ratio",
        "速动比率",
    ),
    "cash_ratio": (
        "Cash ratio",
        "现金比率",
    ),
    "debt_ratio": (
        "Debt ratio",
        "资产负债率",
    ),
    "debt_to_equity": (
        "Debt to equity",
        "债务权益比",
    ),
    "gearing": (
        "Gearing",
        "资本负债率",
    ),
    "equity_ratio": (
        "Equity ratio",
        "权益比率",
    ),
    "net_debt_to_ebitda": (
        "Net debt to EBITDA",
        "净债务与 EBITDA 比",
    ),
    "ffo_to_debt": (
        "Funds from operations to debt",
        "FFO/债务",
    ),
    "ocf_to_debt": (
        "Operating cash flow to debt",
        "经营现金流与债务比",
    ),
    "roa": (
        "Return on assets",
        "总资产收益率",
    ),
    "roe": (
        "Return on equity",
        "净资产收益率",
    ),
    "roce": (
        "Return on capital employed",
        "已用资本收益率",
    ),
    "gross_margin": (
        "Gross margin",
        "毛利率",
    ),
    "ebitda_margin": (
        "EBITDA margin",
        "EBITDA 利润率",
    ),
    "net_margin": (
        "Net margin",
        "净利率",
    ),
    "asset_turnover": (
        "Asset turnover",
        "总资产周转率",
    ),
    "receivable_days": (
        "Receivable days",
        "应收账款周转天数",
    ),
    "inventory_days": (
        "Inventory days",
        "存货周转天数",
    ),
    "payable_days": (
        "Payable days",
        "应付账款周转天数",
    ),
    "cash_conversion_cycle": (
        "Cash conversion cycle",
        "现金循环周期",
    ),
    "z": (
        "Altman Z",
        "Altman Z 值",
    ),
    "z_prime": (
        "Altman Z′",
        "Altman Z′ 值",
    ),
    "z_double_prime": (
        "Altman Z″",
        "Altman Z″ 值",
    ),
    "ohlson_probability": (
        "Failure by Ohlson",
        "Ohlson 破产概率",
    ),
    "zmijewski_probability": (
        "Failure by Zmijewski",
        "Zmijewski 破产概率",
    ),
    "competitor_price_index": (
        "Competitors' prices",
        "竞争对手价格",
    ),
    "order_backlog_months": (
        "Order backlog",
        "在手订单",
    ),
    "satisfaction": (
        "Satisfaction",
        "满意度",
    ),
    "utilisation": (
        "Limit utilisation",
        "额度使用率",
    ),
    "minimum_balance": (
        "Lowest balance to monthly turnover",
        "最低余额与月流水比",
    ),
    "cash_buffer_days": (
        "Cash buffer",
        "现金缓冲",
    ),
    "overdraft_days": (
        "Days in overdraft",
        "透支天数",
    ),
    "returned_payments": (
        "Returned payments",
        "退回付款次数",
    ),
    "overdraft_charges": (
        "Overdraft charges",
        "透支计息次数",
    ),
    "inflow_cover": (
        "Inflow to debt service",
        "流入与应还债务比",
    ),
    "average_days_late": (
        "Average days late",
        "平均逾期天数",
    ),
    "average_utilisation": (
        "Average limit utilisation",
        "平均额度使用率",
    ),
    "peak_utilisation": (
        "Peak limit utilisation",
        "最高额度使用率",
    ),
    "llcr": (
        "Loan life cover",
        "贷款期覆盖率",
    ),
    "plcr": (
        "Project life cover",
        "项目期覆盖率",
    ),
    "dscr_minimum": (
        "Lowest projected cover",
        "未来最低偿债备付率",
    ),
    "secured_share": (
        "Secured by collateral",
        "抵质押覆盖比例",
    ),
}
_NAMES = {loose(label): name for name, labels in LABELS.items() for label in labels}
_PRICES = frozenset(name for measure in derived.PRICES.values() for name in measure.inputs)


def indicator(_formats: Formats) -> Reader:
    """Read an indicator by its name, or by its label in either language; another word is refused."""
    return _read


@lru_cache(4096)
def _read(cell: str) -> Cell:
    word = cell.strip()
    if not word or _NAME.fullmatch(word):
        return word or None
    key = loose(word)
    if found := _NAMES.get(key):
        return found
    if derived.computed(derived.called(key)) or key in _PRICES:
        return key
    raise BadCell("indicator")
