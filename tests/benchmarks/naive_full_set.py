"""The floor of a scoring: the full set of figures by the same formulas, written down plainly in NumPy and SciPy.

Whole columns, nothing cut into parts, nothing looked up by letter that a formula can compute, no drivers, references or reasons.
It was written before the engine was made fast, and is left as it is: it is what the engine's time is held against.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from risk_engine.facts.facts import Facts
from risk_engine.facts.statements import Statements
from risk_engine.market.sensitivity_policy import Move
from risk_engine.policy.card_policy import Card
from risk_engine.policy.policy import Policy
from tests.benchmarks.naive_loans import cash_flow, divided, letter_pd, loans, rate_of

Floats = NDArray[np.float64]

MOVED = ("dscr", "dscr_change", "interest_coverage", "interest_coverage_change", "grade")
MOVES = ("rates_up", "currency_down", "commodity_up")
MEASURES = (
    *("pd", "exposure", "ead", "lgd", "secured_share", "expected_loss", "days_past_due", "stage", "ecl", "rwa", "rwa_standard", "category"),
    *("current_ratio", "quick_ratio", "cash_ratio", "debt_ratio", "debt_to_equity", "gearing", "net_debt_to_ebitda", "equity_ratio"),
    *("interest_coverage", "ebit_interest_coverage", "dscr", "ffo_to_debt", "ocf_to_debt", "roa", "roe", "gross_margin", "ebitda_margin"),
    *("net_margin", "roce", "asset_turnover", "receivable_days", "inventory_days", "payable_days", "cash_conversion_cycle"),
    *("x1", "x2", "x3", "x4", "x4_market", "x5", "z", "z_prime", "z_double_prime", "altman_model", "altman_score", "altman_zone"),
    *("ohlson", "ohlson_probability", "zmijewski", "zmijewski_probability"),
    *("due_12_months", "repayment_cover", "repayment_gap", "bullet_share", "repayment_source", "repayment_shortfall"),
    *("floating_share", "foreign_share", *(f"{name}.{move}" for move in MOVES for name in MOVED)),
    *("incident_score", "points", "confidence", "points_lowest", "points_highest", "model_grade", "grade"),
)


def full_set(policy: Policy, facts: Facts) -> dict[str, Floats]:
    """Every measure of :data:`MEASURES`, a customer a place, for a book with one letter of S&P's for each customer."""
    published = letter_pd(policy, facts)
    pd = np.maximum(published[facts.ratings.letters.codes], policy.scoring.pd_floor)
    found = {"pd": pd} | loans(policy, facts, published, pd) | ratios(facts.accounts.now) | scores(policy, facts)
    for move in policy.sensitivity.move:
        found |= moved(move, facts, found)
    found["incident_score"] = incidents(policy, facts)
    found |= card(policy.scoring.card, found, facts)
    floor = floors(policy, facts, found)
    found["model_grade"] = np.maximum(floor, card_grade(policy.scoring.card, found["points"]))
    found["grade"] = np.where(facts.customers.override > 0, facts.customers.override, found["model_grade"])
    for move in policy.sensitivity.move:
        names = {name: found[f"{name}.{move.name}"] for name in ("dscr", "interest_coverage")}
        marks = card(policy.scoring.card, found | names, facts)
        on_the_card = [name for name in names if name in policy.scoring.card.measures]
        unknown = np.any([np.isnan(names[name]) & ~np.isnan(found[name]) for name in on_the_card], axis=0)
        grade = np.maximum(floor, card_grade(policy.scoring.card, marks["points"])).astype(np.float64)
        found[f"grade.{move.name}"] = np.where(unknown, np.nan, grade)
    return {name: found[name] for name in MEASURES}


def ratios(a: Statements) -> dict[str, Floats]:
    debt = a["short_term_debt"] + a["long_term_debt"]
    receivable, inventory = 365 * divided(a["receivables"], a["revenue"]), 365 * divided(a["inventory"], a["cost_of_sales"])
    payable = 365 * divided(a["current_liabilities"] - a["short_term_debt"], a["cost_of_sales"])
    return {
        "current_ratio": divided(a["current_assets"], a["current_liabilities"]),
        "quick_ratio": divided(a["current_assets"] - a["inventory"], a["current_liabilities"]),
        "cash_ratio": divided(a["cash"], a["current_liabilities"]),
        "debt_ratio": divided(a["total_liabilities"], a["total_assets"]),
        "debt_to_equity": divided(debt, a["equity"]),
        "gearing": divided(debt, debt + a["equity"]),
        "net_debt_to_ebitda": divided(debt - a["cash"], a["ebitda"]),
        "equity_ratio": divided(a["equity"], a["total_assets"]),
        "interest_coverage": divided(a["ebitda"], a["interest_expense"]),
        "ebit_interest_coverage": divided(a["ebit"], a["interest_expense"]),
        "dscr": divided(cash_flow(a), a["principal_repaid"] + a["interest_expense"]),
        "ffo_to_debt": divided(a["ebitda"] - a["interest_expense"] - a["tax"], debt),
        "ocf_to_debt": divided(a["operating_cash_flow"], debt),
        "roa": divided(a["net_income"], a["total_assets"]),
        "roe": divided(a["net_income"], a["equity"]),
        "gross_margin": divided(a["revenue"] - a["cost_of_sales"], a["revenue"]),
        "ebitda_margin": divided(a["ebitda"], a["revenue"]),
        "net_margin": divided(a["net_income"], a["revenue"]),
        "roce": divided(a["ebit"], a["total_assets"] - a["current_liabilities"]),
        "asset_turnover": divided(a["revenue"], a["total_assets"]),
        "receivable_days": receivable,
        "inventory_days": inventory,
        "payable_days": payable,
        "cash_conversion_cycle": receivable + inventory - payable,
    }


def scores(policy: Policy, facts: Facts) -> dict[str, Floats]:
    """Altman's Z, Z' and Z'' with the one that judges each customer, Ohlson's O and Zmijewski's."""
    a, before = facts.accounts.now, facts.accounts.before
    assets, owed, earned = a["total_assets"], a["total_liabilities"], a["net_income"]
    x1, x2 = divided(a["current_assets"] - a["current_liabilities"], assets), divided(a["retained_earnings"], assets)
    x3, x4, market, x5 = (
        divided(a["ebit"], assets),
        divided(a["equity"], owed),
        divided(a["market_equity"], owed),
        divided(a["revenue"], assets),
    )
    z = 1.2 * x1 + 1.4 * x2 + 3.3 * x3 + 0.6 * market + 1.0 * x5
    z_prime = 0.717 * x1 + 0.847 * x2 + 3.107 * x3 + 0.420 * x4 + 0.998 * x5
    z_double = 6.56 * x1 + 3.26 * x2 + 6.72 * x3 + 1.05 * x4
    kind = facts.customers.kinds.texts()
    listed = kind == "listed manufacturer"
    cases = [kind == "manufacturer", listed & np.isnan(a["market_equity"]), listed, kind == "project"]
    model = np.select(cases, [2, 2, 1, 0], 3)
    bounds = policy.financial
    zones = [
        np.select([np.isnan(score), score < zone.distress, score > zone.safe], [np.nan, 1, 3], 2)
        for score, zone in ((z, bounds.z), (z_prime, bounds.z_prime), (z_double, bounds.z_double_prime))
    ]
    dollars = rate_of(facts, facts.accounts.currencies.codes, facts.accounts.currencies.names) / facts.rates["USD"].factor
    last = before["net_income"]
    both = np.abs(earned) + np.abs(last)
    ohlson = (
        -1.32
        - 0.407 * np.log(assets * dollars / bounds.price_index)
        + 6.03 * divided(owed, assets)
        - 1.43 * x1
        + 0.0757 * divided(a["current_liabilities"], a["current_assets"])
        - 1.72 * np.where(np.isnan(assets + owed), np.nan, owed > assets)
        - 2.37 * divided(earned, assets)
        - 1.83 * divided(earned + a["depreciation"], owed)
        + 0.285 * np.where(np.isnan(earned + last), np.nan, (earned < 0) & (last < 0))
        - 0.521 * np.where(both == 0, 0.0, divided(earned - last, both))
    )
    zmijewski = -4.336 - 4.513 * divided(earned, assets) + 5.679 * divided(owed, assets)
    zmijewski = zmijewski + 0.004 * divided(a["current_assets"], a["current_liabilities"])
    return {
        "x1": x1,
        "x2": x2,
        "x3": x3,
        "x4": x4,
        "x4_market": market,
        "x5": x5,
        "z": z,
        "z_prime": z_prime,
        "z_double_prime": z_double,
        "altman_model": model.astype(np.float64),
        "altman_score": np.select([model == 1, model == 2, model == 3], [z, z_prime, z_double], np.nan),
        "altman_zone": np.select([model == 1, model == 2, model == 3], zones, np.nan),
        "ohlson": ohlson,
        "ohlson_probability": expit(ohlson),
        "zmijewski": zmijewski,
        "zmijewski_probability": ndtr(zmijewski),
    }


def moved(move: Move, facts: Facts, found: dict[str, Floats]) -> dict[str, Floats]:
    """Debt service and interest cover after a move, and how they change."""
    a = facts.accounts.now
    debt, principal = np.maximum(a["short_term_debt"] + a["long_term_debt"], 0), np.maximum(a["principal_repaid"], 0)
    interest, flow = np.maximum(a["interest_expense"], 0), cash_flow(a)
    dscr, cover = divided(flow, principal + interest), divided(a["ebitda"], interest)
    dearer = 1 + move.home_currency / (1 - move.home_currency) * found["foreign_share"] if move.home_currency else 1.0
    paid = interest * dearer
    if move.rate_bp:
        paid = np.maximum(paid + debt * dearer * found["floating_share"] * move.rate_bp / 1e4, 0)
    # revenue is taken not to follow commodities; whose revenue is not known, of him nothing is known
    net = np.maximum(a["revenue"], 0) * 0.0 - np.maximum(a["cost_of_sales"], 0) * facts.customers.commodity_share
    lost = -net * move.commodity if move.commodity else 0.0
    after, covered = divided(flow - lost, principal * dearer + paid), divided(a["ebitda"] - lost, paid)
    figures = {"dscr": after, "dscr_change": after - dscr, "interest_coverage": covered, "interest_coverage_change": covered - cover}
    return {f"{name}.{move.name}": column for name, column in figures.items()}


def incident_points(policy: Policy, facts: Facts) -> Floats:
    rows, kinds = facts.incidents, list(policy.operational.incident.values())
    code = rows.kinds.among(policy.operational.kinds)
    events = np.array([kind.ages_while_open for kind in kinds])[code]
    since = np.where(events, rows.as_of, np.where(rows.resolved <= facts.as_of, rows.resolved, facts.as_of))
    age = (facts.as_of - since) / np.timedelta64(1, "D")
    half = np.array([kind.half_life_days or np.inf for kind in kinds])[code]
    expires = np.array([kind.expires_days or np.inf for kind in kinds])[code]
    points = np.array([kind.points for kind in kinds])[code] * np.array(policy.operational.severity)[rows.severity - 1]
    return np.round(points * 0.5 ** (age / half) * (age <= expires), 2)


def incidents(policy: Policy, facts: Facts) -> Floats:
    return np.minimum(np.bincount(facts.incidents.owner, incident_points(policy, facts), len(facts)), policy.operational.cap)


def utilisation(facts: Facts) -> Floats:
    """Drawn of the limits, of customers with a revolving facility or of whom it is reported."""
    lent, count = facts.facilities, len(facts)
    rate = rate_of(facts, lent.currencies.codes, lent.currencies.names)
    drawn, limits = (np.bincount(lent.owner, amounts * rate, count) for amounts in (lent.outstanding, lent.limits))
    revolving = np.bincount(lent.owner, lent.kinds.texts() == "revolver", count) > 0
    reported = ~np.isnan(facts.readings["utilisation"].values) if "utilisation" in facts.readings else revolving
    return np.where(revolving | reported, divided(drawn, limits), np.nan)


def card(rules: Card, figures: dict[str, Floats], facts: Facts) -> dict[str, Floats]:
    """The scorecard's points, how much of it is known, and the lowest and highest score that what is missing leaves open."""
    total, known, weights = np.zeros(len(facts)), np.zeros(len(facts)), 0.0
    for factor in rules.factors:
        weights += factor.weight
        whole = sum(one.weight for one in factor.components)
        for one in factor.components:
            column = figures.get(one.measure)
            if column is None:
                column = facts.readings[one.measure].values if one.measure in facts.readings else np.full(len(facts), np.nan)
            if one.measure == "utilisation":
                # the ledger of the day counts before what was reported on it
                own = utilisation(facts)
                column = np.where(np.isnan(own), column, own)
            worth = np.array(one.points)[np.searchsorted(one.bounds, np.nan_to_num(column), side="right")]
            share = np.where(np.isnan(column), 0.0, factor.weight * one.weight / whole)
            total, known = total + share * worth, known + share
    return {
        "points": divided(total, known),
        "confidence": known / weights,
        "points_lowest": total / weights,
        "points_highest": (total + 100 * (weights - known)) / weights,
    }


def card_grade(rules: Card, points: Floats) -> Floats:
    low, medium, high = rules.grades
    unknown = {"medium": 2, "high": 3, "critical": 4}[rules.nothing_known]
    return np.select([np.isnan(points), points < high, points < medium, points < low], [unknown, 4, 3, 2], 1).astype(np.float64)


def floors(policy: Policy, facts: Facts, found: dict[str, Floats]) -> Floats:
    """What a customer is never better than: by letter, days, stage, breaches, threats and incidents."""
    rules, count = policy.scoring.grades, len(facts)
    number = {"low": 1, "medium": 2, "high": 3, "critical": 4}
    late = np.where(np.isnan(found["days_past_due"]), 0, 1 + np.searchsorted(rules.days_past_due, found["days_past_due"], side="right"))
    worst = np.maximum(1.0 + np.searchsorted(rules.pd, found["pd"], side="right"), np.minimum(late, 4))
    stage = np.nan_to_num(found["stage"])
    worst = np.maximum(worst, np.select([stage == 2, stage == 3], [number[rules.stage[1]], number[rules.stage[2]]], 0))
    score = found["incident_score"]
    points, bounds = incident_points(policy, facts), policy.operational.bounds
    counts = np.bincount(facts.incidents.owner, points > 0, count)
    worst = np.maximum(worst, np.where(counts > 0, 1 + np.searchsorted(bounds, score, side="right"), 0))
    rows, kinds = facts.incidents, list(policy.operational.incident.values())
    code = rows.kinds.among(policy.operational.kinds)
    floor = np.array([number[kind.floor] if kind.floor else 0 for kind in kinds])[code]
    least = np.array([kind.floor_from for kind in kinds])[code]
    asks = np.where((points > 0) & ~(rows.resolved <= facts.as_of) & (rows.severity >= least), floor, 0)
    np.maximum.at(worst, rows.owner, asks)
    colours = np.array([0, number[rules.amber_breach], number[rules.red_breach]])
    np.maximum.at(worst, facts.breaches.owner, colours[facts.breaches.badness.astype(int)])
    threats = np.array([number[name] for name in rules.threat])
    np.maximum.at(worst, facts.threats.owner, threats[facts.threats.badness.astype(int)])
    return worst
