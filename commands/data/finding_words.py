"""Findings about the data as sentences."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from commands.kit.i18n import Text, _
from commands.kit.wording import words
from risk_engine.policy.policy import Policy
from storage.data.quality import Check, Finding

_SENTENCES: dict[Check, Text] = {
    Check.NO_ATTRIBUTE: _("no {about}"),
    Check.NO_FACILITY: _("no facility"),
    Check.NO_RATING: _("no rating"),
    Check.NO_STATEMENT: _("no statement"),
    Check.NO_READING: _("no reading of {about}"),
    Check.NO_RATE: _("no rate of {about}"),
    Check.NO_COLLATERAL_KIND: _("collateral of {about}: kind not stated"),
    Check.NO_VALUATION: _("no date of valuation of {about}"),
    Check.OLD_RATING: _("rating {about} out of date"),
    Check.OLD_STATEMENT: _("newest statement out of date"),
    Check.OLD_READING: _("{about} {value} out of date"),
    Check.OLD_FACILITY: _("facility {about} out of date"),
    Check.OLD_RATE: _("rate of {about} out of date"),
    Check.OLD_VALUATION: _("valuation of {about} out of date"),
    Check.OLD_PROJECTION: _("newest projection out of date"),
    Check.BALANCE: _("assets {value}, liabilities and equity {against}"),
    Check.PART_OVER_WHOLE: _("{about} {value} of {against} in total"),
    Check.SOURCES_DISAGREE: _("{about}: sources say {value} and {against}"),
    Check.DRAWN_OVER_LIMIT: _("{about}: {value} drawn of {against}"),
    Check.ARREARS_DISAGREE: _("{value} days past due in the ledger, {against} reported"),
    Check.VALUES_DISAGREE: _("{about}: {value} derived, {against} reported"),
    Check.CURRENCIES_DISAGREE: _("customer in {about}, statement in {unit}"),
    Check.SCHEDULE: _("{about}: {value} to repay, {against} outstanding"),
    Check.ACCOUNT_GAPS: _("account {about}: {value} gaps between balances; transactions are missing, or amounts lack their sign"),
    Check.ACCOUNT_MOVED: _("account {about}: month begins at {value}, the month before ended at {against}"),
    Check.ANOTHERS_FACILITY: _("facility {about} belongs to another customer"),
    Check.UNKNOWN_FACILITY: _("facility {about} is not on record"),
    Check.IDS_ALIKE: _("id differs from {about} in case or width only: one customer?"),
    Check.FACILITIES_ALIKE: _("a facility's id differs from {about} in case or width only: one facility?"),
    Check.ONE_NAME: _("one name or id with {about}: one customer?"),
    Check.MONTHS_IN_YEAR: _("statements of one year cover {value} months"),
    Check.RATE_OUT_OF_BOUNDS: _("{about}: interest rate {value}, expected up to {against}: a percentage?"),
    Check.SMALL_SHARE: _("{about}: loss given default or conversion factor {value}: a percentage divided twice?"),
    Check.NEGATIVE: _("{about} {value} is negative"),
    Check.OUT_OF_BOUNDS: _("{about} {value} exceeds {against}"),
    Check.UNIT_SLIP: _("assets {value} after {against}: wrong unit?"),
    Check.MATURED: _("{about} has matured, {value} drawn"),
    Check.FUTURE: _("{about} is dated in the future"),
}
_COLUMNS: dict[str, Text] = {
    "group": _("group"),
    "sector": _("sector"),
    "country": _("country"),
    "department": _("department"),
    "manager": _("manager"),
    "currency": _("currency"),
    "kind": _("kind"),
    "cash": _("cash"),
    "current_assets": _("current assets"),
    "total_assets": _("total assets"),
    "revenue": _("revenue"),
    "observation": _("observation"),
    "rating": _("rating"),
    "statement": _("statement"),
    "facility": _("facility"),
}


def sentence(finding: Finding, policy: Policy) -> str:
    """Return the problem, with its figures in their units."""
    write = _figures(finding, policy)
    return str(
        _SENTENCES[finding.check].format(
            about=_about(finding, policy), value=write(finding.value), against=write(finding.against), unit=finding.unit or "–"
        )
    )


def _about(finding: Finding, policy: Policy) -> str:
    about = finding.about or "–"
    if about in _COLUMNS:
        return str(_COLUMNS[about])
    named = next((kri.name for kri in policy.kri if kri.indicator == about), about)
    return words.named(named)


def _figures(finding: Finding, policy: Policy) -> Callable[[float | None], str]:
    if finding.unit is not None:
        return lambda value: "–" if value is None else words.money(Decimal(str(value)), finding.unit or "")
    unit = next((kri.unit for kri in policy.kri if finding.about in (kri.name, kri.indicator)), "number")
    return lambda value: words.reading(value, unit)
