"""The plain formulas of loans: whole columns of NumPy and SciPy, as somebody writes them down who has the standards before them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from risk_engine.facts.facts import Facts
from risk_engine.facts.statements import Statements
from risk_engine.policy.policy import Policy
from risk_engine.security.collateral_policy import KINDS

Floats = NDArray[np.float64]


def looked_up(codes: NDArray[np.integer], names: tuple[str, ...], table: Mapping[str, float], otherwise: float) -> Floats:
    """A figure for each word, the last one for a word that is missing."""
    return np.array([*(table.get(name, otherwise) for name in names), otherwise])[codes]


def rate_of(facts: Facts, codes: NDArray[np.integer], names: tuple[str, ...]) -> Floats:
    return looked_up(codes, names, {name: way.factor for name, way in facts.rates.items()}, np.nan)


def divided(top: Floats, bottom: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(bottom > 0, top / bottom, np.nan)


def loans(policy: Policy, facts: Facts, pd_of_letter: Floats, pd: Floats) -> dict[str, Floats]:
    """Exposure, loss, stage, expected credit loss, capital and category of every facility, added up by customer."""
    lent, owner, count = facts.facilities, facts.facilities.owner, len(facts)
    rate = rate_of(facts, lent.currencies.codes, lent.currencies.names)
    ccf = np.where(
        np.isnan(lent.ccf), looked_up(lent.kinds.codes, lent.kinds.names, policy.scoring.ccf, policy.scoring.ccf["other"]), lent.ccf
    )
    undrawn = np.maximum(lent.limits - lent.outstanding, 0) * rate
    drawn = lent.outstanding * rate
    ead = drawn + ccf * undrawn
    years, eir = remaining_years(policy, facts), np.where(np.isnan(lent.eir), lent.rate, lent.eir)
    lgd, unfloored, floored, secured = loss_given_default(policy, facts, ead)
    stage = stages(policy, facts, pd, pd_of_letter)
    ecl = credit_loss(policy, facts, stage, (drawn, undrawn * ccf), unfloored, eir, years)
    size = facts.accounts.now["revenue"] * rate_of(facts, facts.accounts.currencies.codes, facts.accounts.currencies.names) / 1e6
    rwa = internal_ratings(policy, pd[owner], floored, ead, years, np.maximum(size, 0)[owner])
    standard = standardised(policy, facts, pd[owner], stage, np.maximum(size, 0)[owner]) * ead
    amounts = {"exposure": drawn, "ead": ead, "expected_loss": pd[owner] * lgd * ead, "ecl": ecl, "rwa": rwa, "rwa_standard": standard}
    none = np.bincount(owner, minlength=count) == 0
    found = {name: np.where(none, np.nan, np.bincount(owner, amount, count)) for name, amount in amounts.items()}
    worst, late = np.full(count, -np.inf), np.full(count, -np.inf)
    np.maximum.at(worst, owner, stage)
    # of nothing owed nothing is late
    np.fmax.at(late, owner, np.where(np.isnan(lent.days_past_due) & (lent.outstanding == 0), 0.0, lent.days_past_due))
    found |= {
        "lgd": divided(np.bincount(owner, lgd * ead, count), found["ead"]),
        "secured_share": divided(np.bincount(owner, secured, count), found["ead"]),
        "stage": np.where(none, np.nan, worst),
        "days_past_due": np.where(np.isinf(late), np.nan, late),
        "category": categories(policy, facts, stage, ecl, drawn),
    }
    return found | exposed_shares(facts, drawn) | repayment(policy, facts, drawn, np.bincount(owner, secured, count), eir)


def remaining_years(policy: Policy, facts: Facts) -> Floats:
    lent = facts.facilities
    behavioural = looked_up(lent.kinds.codes, lent.kinds.names, policy.impairment.behavioural_years, np.nan)
    return np.maximum(np.where(np.isnat(lent.maturity), behavioural, years_until(facts, lent.maturity)), policy.impairment.shortest_years)


def years_until(facts: Facts, day: NDArray[np.datetime64]) -> Floats:
    """Whole years to the day, and of the last one the share of its days."""
    month = facts.as_of.astype("datetime64[M]")
    same_day = (month + 12 * np.arange(101)).astype("datetime64[D]") + (facts.as_of - month.astype("datetime64[D]"))
    whole = np.clip(np.searchsorted(same_day, day, side="right") - 1, 0, 99)
    return np.where(np.isnat(day), np.nan, whole + (day - same_day[whole]) / (same_day[whole + 1] - same_day[whole]))


def loss_given_default(policy: Policy, facts: Facts, ead: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """LGD* = Σ secured · LGD of the kind + unsecured · LGD, with and without floors; and what of each exposure is secured."""
    lent, held, rules, count = facts.facilities, facts.collateral, policy.collateral, len(facts.facilities.owner)
    usual = policy.scoring.lgd.model_dump()
    bare = looked_up(lent.seniorities.codes, lent.seniorities.names, usual, usual["unknown"])
    # an item secures the facility it names, or all of its owner's
    sizes = np.bincount(lent.owner, minlength=len(facts))
    first = np.cumsum(sizes) - sizes
    many = np.where(held.facility < 0, sizes[held.owner], 1)
    item = np.repeat(np.arange(len(held.owner)), many)
    turn = np.arange(len(item)) - np.repeat(np.cumsum(many) - many, many)
    facility = first[held.owner[item]] + np.where(held.facility[item] < 0, turn, held.facility[item])
    kind = held.kinds.among(KINDS)
    age = np.where(np.isnat(held.valued), np.nan, (facts.as_of - held.valued) / np.timedelta64(1, "D"))
    off = rules.haircuts[kind] + np.where(age > rules.valid_days[kind], rules.stale_haircuts[kind], 0.0)
    unproven = np.zeros(len(kind), dtype=bool)
    for record, flag in (("insured", held.insured), ("registered", held.registered)):
        unproven |= np.isnan(flag) & np.array([record in rules.kind[name].needs for name in KINDS])[kind]
    off = off + np.where(unproven, rules.unknown_haircut, 0.0)
    off = np.where(np.isnan(age) & np.isfinite(rules.valid_days[kind]), np.nan, np.minimum(off, 1.0))
    off = np.where((held.insured == 0) | (held.registered == 0), 1.0, off)
    foreign = held.currencies.among(lent.currencies.names)[item] != lent.currencies.codes[facility]
    off = np.minimum(off[item] + np.where(foreign, rules.currency_haircut, 0.0), 1.0)
    worth = rate_of(facts, held.currencies.codes, held.currencies.names)
    prior = np.where((held.liens == 1) & np.isnan(held.prior), 0.0, held.prior * worth)
    left = np.where(off == 1.0, 0.0, np.maximum((held.values * worth)[item] * (1.0 - off) - prior[item], 0.0))
    left = left * np.nan_to_num(divided(ead[facility], np.bincount(item, ead[facility], len(held.owner))[item]))
    rest, loss, floor = ead.copy(), np.zeros(count), np.zeros(count)
    for code in sorted(range(len(KINDS)), key=lambda code: (rules.kind[KINDS[code]].lgd, rules.kind[KINDS[code]].floor, code)):
        of_kind = kind[item] == code
        used = np.minimum(rest, np.bincount(facility[of_kind], left[of_kind], count))
        rest = rest - used
        loss, floor = loss + used * np.minimum(rules.kind[KINDS[code]].lgd, bare), floor + used * rules.kind[KINDS[code]].floor
    both = (np.maximum(loss + rest * bare, floor + rest * rules.unsecured_floor), loss + rest * bare)
    after = (divided(one, ead) for one in both)
    lgd, unfloored = (np.where(np.isnan(lent.lgd), np.where(np.isnan(one), bare, one), lent.lgd) for one in after)
    least = divided(floor + rest * rules.unsecured_floor, ead)
    least = np.where(np.isnan(least), rules.unsecured_floor, least)
    floored = np.where(np.isnan(lent.lgd), lgd, np.maximum(lent.lgd, least))
    return lgd, unfloored, floored, np.where(np.isnan(rest), 0.0, ead - rest)


def stages(policy: Policy, facts: Facts, pd: Floats, pd_of_letter: Floats) -> Floats:
    """Stage 3 in default, stage 2 when late or much worse than at origination, with the debtor's other claims following."""
    lent, rules, count = facts.facilities, policy.impairment.staging, len(facts)
    owner, days = lent.owner, np.nan_to_num(lent.days_past_due)
    letters = [*facts.ratings.letters.names]
    steps = np.append(0, np.cumsum((np.diff(pd_of_letter) > 0) | (pd_of_letter[1:] == 0)))
    then = np.array([*(letters.index(name) for name in lent.origination.names), -1])[lent.origination.codes]
    now = facts.ratings.letters.codes[owner]
    known = then >= 0
    drop = np.where(known, steps[now] - steps[then], np.nan)
    before = np.where(known, np.maximum(pd_of_letter, policy.scoring.pd_floor)[then], np.nan)
    pd_now = pd[owner]
    grown = np.round(pd_now - before, 12)
    worse = (drop >= rules.notches) | ((pd_now >= rules.pd_ratio * before) & (grown >= rules.pd_ratio_from)) | (grown >= rules.pd_increase)
    worse &= ~(pd_now <= rules.low_credit_risk)
    second = (
        (days > rules.more_than_days) | worse | (facts.customers.watch_list[owner] == 1) | (lent.forborne == 1) | (lent.restructured >= 1)
    )
    third = (days >= rules.impaired_from_days) | (pd_now >= 1)
    others = np.bincount(owner, third, count)[owner] - third > 0
    share = divided(np.bincount(owner, third * lent.outstanding, count), np.bincount(owner, lent.outstanding, count))
    third |= others & ~(share[owner] <= rules.contagion)
    return np.where(third, 3.0, np.where(second, 2.0, 1.0))


def hazards(policy: Policy, pd_of_letter: Floats) -> Floats:
    """The conditional PD of each letter year by year: mixtures of the states of the published transitions."""
    table = next(one for one in policy.migration.table if ("S&P", "global") in {tuple(pair) for pair in one.serves})
    percent = np.array(table.percent)
    rows = percent[:, :-1] / (100 - percent[:, -1:])
    rows = rows / rows.sum(axis=1, keepdims=True)
    chain = np.vstack([rows, np.eye(len(rows) + 1)[-1]])
    gone = np.array([np.linalg.matrix_power(chain, year)[:, -1] for year in range(1, policy.migration.years + 1)]).T
    wanted = pd_of_letter
    high = np.clip(np.searchsorted(gone[:, 0], wanted), 1, len(gone) - 1)
    weight = np.maximum((wanted - gone[high - 1, 0]) / (gone[high, 0] - gone[high - 1, 0]), 0)[:, None]
    mixed = (1 - weight) * gone[high - 1] + weight * gone[high]
    alive = 1 - np.hstack([np.zeros((len(mixed), 1)), mixed[:, :-1]])
    found = np.where(alive > 0, np.diff(mixed, prepend=0) / np.where(alive > 0, alive, 1), 1.0)
    found[:, 0] = wanted
    return np.clip(found, 0, 1)


def credit_loss(
    policy: Policy, facts: Facts, stage: Floats, amounts: tuple[Floats, Floats], lgd: Floats, eir: Floats, years: Floats
) -> Floats:
    """Σ PD(t) · LGD · EAD(t) / (1 + EIR)^t over a year in stage 1, over the lifetime in stage 2; LGD · EAD in stage 3."""
    lent, (drawn, standby) = facts.facilities, amounts
    curves = hazards(policy, letter_pd(policy, facts))
    letter = facts.ratings.letters.codes[lent.owner]
    plans = policy.impairment.plans
    plan = np.array([*({"bullet": 0, "straight_line": 1, "annuity": 2}[plans[name]] for name in lent.kinds.names), -1])[lent.kinds.codes]
    alive, lifetime = np.ones(len(letter)), np.where(np.isnan(years + eir), np.nan, 0.0)
    first = lifetime
    for year in range(int(np.ceil(np.nanmax(years, initial=0)))):
        share = np.clip(years - year, 0, 1)
        pd = curves[letter, min(year, curves.shape[1] - 1)] * share
        ead = drawn * still_owed(plan, year, years, eir) + standby
        discount = (1 + eir) ** -np.minimum(year + 1, years)
        lifetime = lifetime + np.where(share > 0, alive * pd * lgd * ead * discount, 0)
        alive = alive * (1 - pd)
        if year == 0:
            first = lifetime
    return np.select([stage == 1, stage == 2], [first, lifetime], lgd * (drawn + standby))


def still_owed(plan: NDArray[np.integer], gone: float, years: Floats, rate: Floats) -> Floats:
    """The share of today's balance that is owed when so many years are gone."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        straight = 1 - gone / years
        level = np.where(rate == 0, straight, (1 - (1 + rate) ** -(years - gone)) / (1 - (1 + rate) ** -years))
    return np.select([plan == 0, plan == 1, plan == 2], [1.0, straight, level], np.nan)


def letter_pd(policy: Policy, facts: Facts) -> Floats:
    """The published PD of each letter of the ratings."""
    table = next(one for one in policy.scoring.master_scale if "S&P" in one.agencies and one.scale == "global")
    return np.array([table.pd[letter] for letter in facts.ratings.letters.names])


def internal_ratings(policy: Policy, pd: Floats, lgd: Floats, ead: Floats, years: Floats, size: Floats) -> Floats:
    """RWA = 12.5 · K · EAD with R and b of every facility."""
    rules = policy.capital.irb
    weight = (1 - np.exp(-50 * pd)) / (1 - np.exp(-50))
    small = size <= rules.size.highest
    held = np.clip(size, rules.size.lowest, rules.size.highest)
    off = rules.size.reduction * (1 - (held - rules.size.lowest) / (rules.size.highest - rules.size.lowest))
    correlation = 0.12 * weight + 0.24 * (1 - weight) - np.where(small, off, 0)
    b = (0.11852 - 0.05478 * np.log(pd)) ** 2
    maturity = np.clip(years, rules.maturity.shortest, rules.maturity.longest)
    stressed = ndtr((ndtri(pd) + np.sqrt(correlation) * ndtri(rules.confidence)) / np.sqrt(1 - correlation))
    k = (lgd * stressed - pd * lgd) * (1 + (maturity - 2.5) * b) / (1 - 1.5 * b)
    return 12.5 * rules.scaling * np.where(pd == 1, 0.0, k) * ead


def standardised(policy: Policy, facts: Facts, pd: Floats, stage: Floats, size: Floats) -> Floats:
    lent, rules = facts.facilities, policy.capital.standardised
    project = lent.kinds.among(("project_loan",)) == 0
    operating = lent.phases.among(("operation",)) == 0
    cases = [
        (pd >= 1) | (stage == 3),
        project & operating,
        project,
        pd <= rules.investment_grade_pd,
        size <= policy.capital.irb.size.highest,
    ]
    weights = [rules.defaulted, rules.project_in_operation, rules.project_before_operation, rules.investment_grade, rules.sme]
    return np.select(cases, weights, rules.corporate)


def categories(policy: Policy, facts: Facts, stage: Floats, ecl: Floats, drawn: Floats) -> Floats:
    """The worst of the five categories of each customer's facilities; NaN where what is missing could make it worse."""
    lent, rules, count = facts.facilities, policy.categories, len(facts)
    owner, days = lent.owner, lent.days_past_due
    rows = facts.incidents
    unsolved = ~(rows.resolved <= facts.as_of)

    def happened(kind: str) -> NDArray[np.bool_]:
        return (np.bincount(rows.owner, (rows.kinds.among((kind,)) == 0) & unsolved, count) > 0)[owner]

    bankrupt = happened("bankruptcy")
    lost = np.where(stage == 3, divided(ecl, drawn), 0.0)
    fifth = (days > rules.loss_days) | bankrupt | (lost >= rules.loss_ecl)
    fourth = (days > rules.doubtful_days) | happened("debt_evasion") | (lost >= rules.doubtful_ecl)
    third = (days > rules.substandard_days) | (stage == 3) | (lent.restructured > 1)
    second = (days > 0) | happened("fund_diversion") | happened("refinanced_to_repay") | (lent.restructured >= 1) | (lent.forborne == 1)
    found = np.select([fifth, fourth, third, second], [5, 4, 3, 2], 1)
    bad = found >= 3
    others = np.bincount(owner, bad, count)[owner] - bad > 0
    share = divided(np.bincount(owner, bad * drawn, count), np.bincount(owner, drawn, count))[owner]
    found = np.maximum(found, np.where(others, np.where(share > rules.contagion, 3, 2), 1))
    unsure = np.bincount(owner, np.isnan(days) & (found < 5), count) > 0
    worst = np.zeros(count)
    np.maximum.at(worst, owner, found)
    # a claim without a category says nothing, unless another one is lost whole
    return np.where((worst == 0) | (unsure & (worst < 5)), np.nan, worst)


def exposed_shares(facts: Facts, drawn: Floats) -> dict[str, Floats]:
    lent, count = facts.facilities, len(facts)
    whole = np.bincount(lent.owner, drawn, count)
    floating = looked_up(lent.rate_kinds.codes, lent.rate_kinds.names, dict.fromkeys(lent.rate_kinds.names, 1.0) | {"fixed": 0.0}, np.nan)
    home = facts.accounts.currencies.among(lent.currencies.names)[lent.owner]
    foreign = np.where(home < 0, np.nan, lent.currencies.codes != home)
    parts = {"floating_share": floating, "foreign_share": foreign}
    return {name: np.clip(divided(np.bincount(lent.owner, drawn * part, count), whole), 0, 1) for name, part in parts.items()}


def repayment(policy: Policy, facts: Facts, drawn: Floats, secured: Floats, eir: Floats) -> dict[str, Floats]:
    """What is due within the year, here and elsewhere, and whether cash flow, cash and collateral pay for it."""
    lent, owner, count, now = facts.facilities, facts.facilities.owner, len(facts), facts.accounts.now
    years, plans = np.maximum(years_until(facts, lent.maturity), 1 / 365), policy.impairment.plans
    plan = np.array([*({"bullet": 0, "straight_line": 1, "annuity": 2}[plans[name]] for name in lent.kinds.names), -1])[lent.kinds.codes]
    owes = drawn != 0
    # without an amount on record all of a debt in arrears may be due
    late = lent.days_past_due
    arrears = np.where(
        late > 0,
        np.where(np.isnan(lent.overdue), drawn, lent.overdue * rate_of(facts, lent.currencies.codes, lent.currencies.names)),
        0.0 * late,
    )
    overdue, rest = np.bincount(owner, np.where(owes, arrears, 0), count), np.maximum(drawn - np.nan_to_num(arrears), 0)
    whole = years <= 1
    part = np.where(np.isnan(years), np.nan, rest * (1 - still_owed(plan, 1.0, np.maximum(years, 1), np.maximum(eir, 0))))
    bullets = np.bincount(owner, np.where(owes, np.where(np.isnan(years), np.nan, np.where(whole, rest, 0)), 0), count)
    parts = np.bincount(owner, np.where(owes, np.where(whole, 0, part), 0), count)
    interest = np.bincount(owner, np.where(owes, rest * np.maximum(eir, 0) * np.minimum(years, 1), 0), count)
    rate = rate_of(facts, facts.accounts.currencies.codes, facts.accounts.currencies.names)
    elsewhere = np.maximum(now["short_term_debt"] * rate - parts - bullets, 0) + np.maximum(now["interest_expense"] * rate - interest, 0)
    due = overdue + bullets + parts + interest + elsewhere
    flow = cash_flow(now) * rate
    gap = np.where(due > 0, np.maximum(due - flow, 0), due)
    cash = np.maximum(now["cash"] * rate, 0)
    after_cash = np.where(gap < 0.005, 0, np.maximum(gap - cash, 0))
    left = np.maximum(after_cash - secured, 0)
    # a source that is not known pays nothing, and without it nobody is found unable
    known_left = np.maximum(np.maximum(gap - np.nan_to_num(cash), 0) - secured, 0)
    cases = [due < 0.005, np.isnan(gap), gap < 0.005, after_cash < 0.005, known_left < 0.005, np.isnan(cash)]
    none = np.bincount(owner, minlength=count) == 0
    found = {
        "due_12_months": due,
        "repayment_cover": divided(flow, due),
        "repayment_gap": gap,
        "bullet_share": divided(bullets, due),
        "repayment_source": np.select(cases, [1, 0, 2, 3, 5, 0], 7),
        "repayment_shortfall": left,
    }
    always = {"repayment_cover", "bullet_share"}
    return {name: column if name in always else np.where(none, np.nan, column) for name, column in found.items()}


def cash_flow(year: Statements) -> Floats:
    return year["ebitda"] - year["tax"] - year["capex"] - year["working_capital_change"]
