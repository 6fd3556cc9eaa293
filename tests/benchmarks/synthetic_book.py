"""A book out of a seed, as the engine's tables: so many customers, a facility and a half each, two years of accounts, one letter."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk_engine import days
from risk_engine.categorical import Coded
from risk_engine.exchange import Conversion
from risk_engine.facts import facts
from risk_engine.facts.facts import Facts
from risk_engine.facts.statements import NAMES, Statements
from risk_engine.financials.financial import KINDS
from risk_engine.financials.periods import Way
from risk_engine.policy.policy import Policy
from risk_engine.security.collateral_policy import KINDS as COLLATERAL

Random = np.random.Generator
Floats = NDArray[np.float64]

SEED = 20260930
AS_OF = np.datetime64("2026-09-30")
WORTH = {"EUR": 1.0, "USD": 0.9}
LENT_AS = ("term_loan", "revolver", "project_loan", "bond", "guarantee")
# of everything that a customer may well not have told
UNKNOWN = 0.05


def book(policy: Policy, count: int) -> Facts:
    """The facts of so many customers; the same count gives the same facts."""
    random = np.random.default_rng(SEED)
    lent = _facilities(policy, random, count)
    return Facts(
        as_of=AS_OF,
        customers=_customers(random, count),
        ratings=_ratings(policy, random, count),
        facilities=lent,
        collateral=_collateral(random, np.bincount(lent.owner, minlength=count)),
        instalments=facts.Instalments(*_nothing("i", "i", "D", "f", "f")),
        payments=facts.Payments(*_nothing("i", "i", "D", "D", "f")),
        projections=facts.Projections(
            _none("i"), _none("i"), _none("D"), _none("f"), _none("D"), _words(_none("i"), ()), _none("f"), _none("f")
        ),
        incidents=_incidents(policy, random, count),
        guarantees=facts.Guarantees(*_nothing("i", "i")),
        accounts=_accounts(random, count),
        readings={
            "utilisation": _reading(random, random.uniform(0.2, 1.1, count), 0.4),
            "satisfaction": _reading(random, random.uniform(1.5, 5.0, count), 0.6),
        },
        breaches=_troubles(random, count, 0.10, (1, 2)),
        threats=_troubles(random, count, 0.05, (0, 1, 2, 3, 4)),
        rates={currency: Conversion(worth) for currency, worth in WORTH.items()},
    )


def _none(kind: str) -> NDArray[Any]:
    return np.empty(0, dtype={"i": "int64", "f": "float64", "D": "datetime64[D]"}[kind])


def _nothing(*kinds: str) -> list[NDArray[Any]]:
    return [_none(kind) for kind in kinds]


def _words(codes: NDArray[Any], names: tuple[str, ...]) -> Coded:
    return Coded(codes.astype(np.int32), names)


def _drawn(random: Random, names: tuple[str, ...], shares: list[float], count: int, missing: float = 0.0) -> Coded:
    """Words by their shares, some of them missing."""
    codes = random.choice(len(names), count, p=shares)
    return _words(np.where(random.random(count) < missing, -1, codes), names)


def _known(random: Random, values: Floats, missing: float = UNKNOWN) -> Floats:
    return np.where(random.random(len(values)) < missing, np.nan, values)


def _flag(random: Random, count: int, share: float) -> Floats:
    return _known(random, (random.random(count) < share).astype(np.float64))


def _cents(values: Floats) -> Floats:
    found: Floats = np.rint(values * 100.0) / 100.0
    return found


def _names(letter: str, count: int) -> NDArray[np.object_]:
    return np.array([f"{letter}{place:07}" for place in range(count)], dtype=object)


def _numbers(count: int) -> NDArray[np.int64]:
    return np.arange(1, count + 1)


def _before(random: Random, count: int, days: int) -> NDArray[np.datetime64]:
    return AS_OF - random.integers(1, days, count).astype("timedelta64[D]")


def _customers(random: Random, count: int) -> facts.Customers:
    override = np.where(random.random(count) < 0.01, random.integers(1, 5, count), 0)
    return facts.Customers(
        ids=_names("C", count),
        kinds=_drawn(random, KINDS, [0.4, 0.1, 0.45, 0.05], count, 0.02),
        sectors=_drawn(random, ("energy", "steel", "retail"), [0.4, 0.3, 0.3], count, UNKNOWN),
        currencies=_drawn(random, ("EUR", "USD"), [0.8, 0.2], count),
        watch_list=_flag(random, count, 0.02),
        commodity_share=_known(random, random.uniform(0.0, 0.6, count)),
        override=override.astype(np.int8),
        override_ids=np.where(override > 0, _numbers(count), 0),
        reached=np.full(count, -1, dtype=np.int64),
        reached_by=np.full(count, None, dtype=object),
        guaranteed=np.zeros(count, dtype=bool),
    )


def _letters(policy: Policy, random: Random, count: int) -> Coded:
    """Letters of S&P's global scale, most of them in its middle."""
    (table,) = (one for one in policy.scoring.master_scale if "S&P" in one.agencies and one.scale == "global")
    names = tuple(name for name in table.pd if name not in {"SD", "RD"})
    near = np.exp(-(((np.arange(len(names)) - 10.0) / 5.0) ** 2))
    return _drawn(random, names, list(near / near.sum()), count)


def _ratings(policy: Policy, random: Random, count: int) -> facts.Ratings:
    one = np.zeros(count)
    letters = _letters(policy, random, count)
    return facts.Ratings(
        np.arange(count), _numbers(count), _words(one, ("S&P",)), _words(one, ("global",)), letters, _before(random, count, 400)
    )


def _facilities(policy: Policy, random: Random, customers: int) -> facts.Facilities:
    owner = np.repeat(np.arange(customers), random.choice(4, customers, p=[0.03, 0.52, 0.37, 0.08]))
    count = len(owner)
    kinds = _drawn(random, LENT_AS, [0.45, 0.2, 0.1, 0.1, 0.15], count)
    limits = _cents(np.exp(random.normal(13.5, 1.0, count)))
    then = _letters(policy, random, count)
    late = np.where(random.random(count) < 0.12, random.integers(1, 400, count), 0).astype(np.float64)
    years = np.where(kinds.codes == LENT_AS.index("project_loan"), random.uniform(5, 20, count), random.uniform(0.1, 7, count))
    ends = AS_OF + (years * 365).astype("timedelta64[D]")
    return facts.Facilities(
        owner=owner,
        ids=_numbers(count),
        names=_names("F", count),
        kinds=kinds,
        currencies=_drawn(random, ("EUR", "USD"), [0.8, 0.2], count),
        limits=limits,
        outstanding=_cents(limits * random.uniform(0.05, 1.0, count) * (random.random(count) >= 0.03)),
        ccf=_known(random, random.uniform(0.1, 1.0, count), 0.7),
        lgd=_known(random, random.uniform(0.1, 0.8, count), 0.8),
        seniorities=_drawn(random, ("senior", "subordinated"), [0.9, 0.1], count, UNKNOWN),
        days_past_due=_known(random, late),
        as_of=np.full(count, AS_OF),
        dated=np.full(count, AS_OF),
        maturity=np.where(random.random(count) < UNKNOWN, days.NO_DATE, ends),
        rate=_known(random, random.uniform(0.01, 0.09, count)),
        rate_kinds=_drawn(random, ("fixed", "floating"), [0.4, 0.6], count, UNKNOWN),
        eir=_known(random, random.uniform(0.01, 0.1, count), 0.5),
        origination=_words(np.where(random.random(count) < UNKNOWN, -1, then.codes), then.names),
        forborne=_flag(random, count, 0.02),
        restructured=_known(random, (random.random(count) < 0.03) * random.integers(1, 3, count) * 1.0),
        phases=_drawn(random, ("construction", "operation"), [0.5, 0.5], count, UNKNOWN),
        overdue=np.full(count, np.nan),
        non_accrual=np.full(count, np.nan),
        provision=np.full(count, np.nan),
        best_estimate_loss=np.full(count, np.nan),
        restructured_on=np.full(count, days.NO_DATE),
        restructuring_loss=np.full(count, np.nan),
    )


def _collateral(random: Random, sizes: NDArray[np.int64]) -> facts.Collateral:
    """Something for half of those who owe anything: mostly for one facility, a fifth of it for all of its owner's."""
    owner = np.flatnonzero((sizes > 0) & (random.random(len(sizes)) < 0.5))
    count = len(owner)
    facility = np.where(random.random(count) < 0.2, -1, random.integers(0, sizes[owner]))
    liens = np.where(random.random(count) < 0.1, 2, 1)
    return facts.Collateral(
        owner=owner,
        facility=facility,
        ids=_numbers(count),
        kinds=_drawn(random, COLLATERAL, [0.1, 0.15, 0.35, 0.2, 0.1, 0.05, 0.05], count),
        currencies=_drawn(random, ("EUR", "USD"), [0.8, 0.2], count),
        values=_cents(np.exp(random.normal(12.5, 1.0, count))),
        valued=np.where(random.random(count) < UNKNOWN, days.NO_DATE, _before(random, count, 500)),
        liens=liens,
        prior=np.where(liens == 1, np.nan, _cents(random.uniform(0.0, 1e5, count))),
        insured=_flag(random, count, 0.95),
        registered=_flag(random, count, 0.95),
    )


def _incidents(policy: Policy, random: Random, customers: int) -> facts.Incidents:
    owner = np.flatnonzero(random.random(customers) < 0.10)
    count, names = len(owner), tuple(policy.operational.incident)
    happened = _before(random, count, 700)
    solved = np.minimum(happened + random.integers(1, 300, count).astype("timedelta64[D]"), AS_OF)
    resolved = np.where(random.random(count) < 0.6, solved, days.NO_DATE)
    kinds = _drawn(random, names, [1.0 / len(names)] * len(names), count)
    return facts.Incidents(owner, _numbers(count), kinds, random.integers(1, 6, count), happened, resolved)


def _troubles(random: Random, customers: int, share: float, badness: tuple[int, ...]) -> facts.Troubles:
    owner = np.flatnonzero(random.random(customers) < share)
    count = len(owner)
    levels = random.choice(np.array(badness, dtype=np.float64), count)
    return facts.Troubles(owner, _numbers(count), levels, random.uniform(0.5, 2.0, count), _before(random, count, 90))


def _reading(random: Random, values: Floats, missing: float) -> facts.Readings:
    known = _known(random, values, missing)
    days_read = np.where(np.isnan(known), days.NO_DATE, AS_OF)
    return facts.Readings(known, np.where(np.isnan(known), 0, _numbers(len(known))), days_read)


def _accounts(random: Random, count: int) -> facts.Accounts:
    """Two years of every line for most, and nothing for some."""
    sent = random.random(count) >= UNKNOWN
    assets = np.exp(random.normal(16.5, 1.2, count))
    now, before = _year(random, assets, sent), _year(random, assets * random.uniform(0.8, 1.1, count), sent)
    return facts.Accounts(
        ids=np.where(sent, _numbers(count), 0),
        as_of=np.where(sent, np.datetime64("2025-12-31"), days.NO_DATE),
        audited=sent,
        consolidated=sent,
        currencies=_words(np.where(sent, random.choice(2, count, p=[0.8, 0.2]), -1), ("EUR", "USD")),
        twelve=np.where(sent, Way.YEAR, Way.NONE).astype(np.int8),
        flows_as_of=np.where(sent, np.datetime64("2025-12-31"), days.NO_DATE),
        outdated=np.full(count, days.NO_DATE),
        now=now,
        before=before,
    )


def _year(random: Random, assets: Floats, sent: NDArray[np.bool_]) -> Statements:
    """A year whose lines hang together as those of firms do, each of them missing now and then."""

    def part(whole: Floats, low: float, high: float) -> Floats:
        return whole * random.uniform(low, high, len(whole))

    current, owed, sold = part(assets, 0.2, 0.6), part(assets, 0.3, 1.0), part(assets, 0.4, 1.8)
    ebitda, depreciation, due, long = part(sold, -0.03, 0.3), part(assets, 0.02, 0.06), part(owed, 0.3, 0.6), part(owed, 0.1, 0.4)
    interest = part(long, 0.02, 0.08)
    lines = {
        "total_assets": assets,
        "current_assets": current,
        "cash": part(current, 0.05, 0.4),
        "receivables": part(current, 0.1, 0.35),
        "inventory": part(current, 0.05, 0.25),
        "total_liabilities": owed,
        "current_liabilities": due,
        "short_term_debt": part(due, 0.0, 0.4),
        "long_term_debt": long,
        "equity": assets - owed,
        "market_equity": part(assets, 0.1, 1.5),
        "retained_earnings": part(assets, -0.1, 0.3),
        "revenue": sold,
        "cost_of_sales": part(sold, 0.4, 0.9),
        "ebitda": ebitda,
        "depreciation": depreciation,
        "ebit": ebitda - depreciation,
        "interest_expense": interest,
        "tax": part(sold, 0.0, 0.02),
        "net_income": ebitda - depreciation - interest,
        "operating_cash_flow": part(sold, -0.02, 0.25),
        "capex": part(assets, 0.0, 0.06),
        "working_capital_change": part(assets, -0.03, 0.03),
        "principal_repaid": part(long, 0.0, 0.2),
    }
    # one line in a hundred is not told: a firm with none missing is still the usual one
    return Statements({name: np.where(sent, _known(random, _cents(lines[name]), 0.01), np.nan) for name in NAMES})
