"""Facilities of sample borrowers: limits, drawn amounts and maturities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from storage.data.sample_book.accounts.balances import debt
from storage.data.sample_book.accounts.periods import last_turn
from storage.data.sample_book.accounts.ratios import drawn, healthy
from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.lending import troubled
from storage.data.sample_book.lending.arrears import days_past_due, told
from storage.data.sample_book.lending.troubled import Trouble
from storage.data.sample_book.marks import Marks, marks
from storage.data.sample_book.rates import IN_EURO
from storage.data.sample_book.world import World

COLUMNS = (
    *("id", "customer", "kind", "currency", "limit", "outstanding", "start", "maturity", "rate", "rate_kind", "ccf", "lgd"),
    *("collateral", "collateral_kind", "seniority", "days_past_due", "as_of"),
    *("origination_rating", "forborne", "restructured", "phase", "eir"),
    *troubled.COLUMNS,
)
# half a year each, then renewed; enough borrowers roll over for one to fall due within every week
TENOR, ROLLERS = timedelta(days=182), 26
# and renewals are late, so that there is always a matured facility that is still drawn
_SIGNING = timedelta(days=9)
_KINDS = ("revolver", "guarantee", "letter_of_credit", "acceptance", "bond", "other")
_COLLATERAL = ("real_estate", "receivables", "equipment", "shares", "cash", "guarantee", "other")
# borrowers who earn in their own currency and owe in this one
_FOREIGN = {"mismatch": "USD"}


@dataclass(frozen=True, slots=True)
class _Terms:
    """The terms of a facility, before amounts."""

    number: int
    kind: str
    start: date
    maturity: date
    # whether it replaced a matured facility
    renewed: bool
    # its share of the borrower's lines
    weight: float


@dataclass(frozen=True, slots=True)
class Facility:
    """A facility as recorded; ``usual`` is its drawn amount in good times."""

    id: str
    customer: str
    terms: _Terms
    currency: str
    limit: int
    outstanding: float
    usual: float
    rate: float
    rate_kind: str
    ccf: float
    lgd: float
    collateral: float
    collateral_kind: str
    late: int
    as_of: date
    marks: Marks
    trouble: Trouble

    @property
    def row(self) -> list[object]:
        """Return its line in the file."""
        one, mark = self.terms, self.marks
        ccf, lgd = ("" if name in self.trouble.unknown else value for name, value in (("ccf", self.ccf), ("lgd", self.lgd)))
        drawn_of = [self.id, self.customer, one.kind, self.currency, self.limit, f"{self.outstanding:.2f}", one.start, one.maturity]
        priced = [f"{self.rate:.4f}", self.rate_kind, ccf, lgd, f"{self.collateral:.2f}", self.collateral_kind]
        seniority = "subordinated" if one.kind == "other" else "senior"
        marked = [mark.origination, mark.forborne, mark.restructured, mark.phase, mark.eir(self.rate)]
        return [*drawn_of, *priced, seniority, self.late, self.as_of, *marked, *self.trouble.cells(self.outstanding, self.late)]


def rows(world: World, each: Borrower) -> Iterator[list[object]]:
    """Yield the lines of the file for one borrower."""
    yield from (one.row for one in facilities(world, each))


def facilities(world: World, each: Borrower) -> list[Facility]:
    """Return this borrower's facilities."""
    currency = _FOREIGN.get(each.story, each.currency)
    terms = _terms(world, each)
    share = world.between(0.45, 0.75, each.id, "share") if each.project else world.between(0.15, 0.45, each.id, "share")
    whole = debt(world, each) * share * IN_EURO[each.currency] / IN_EURO[currency]
    limits = [_round_sum(whole * one.weight / sum(other.weight for other in terms)) for one in terms]
    amounts = _drawn(world, each, limits, _utilisation(world, each))
    usual = _drawn(world, each, limits, healthy(world, each, "utilisation"))
    return [_facility(world, each, one, currency, *sums) for one, sums in zip(terms, zip(limits, amounts, usual, strict=True), strict=True)]


def _facility(world: World, each: Borrower, one: _Terms, currency: str, limit: int, outstanding: float, usual: float) -> Facility:
    own, name, as_of = world.chance(each.id, one.number), f"{each.id}-F{one.number}", _as_of(world, each, one)
    trouble = troubled.trouble(name)
    return Facility(
        name,
        each.id,
        one,
        currency,
        limit,
        outstanding,
        usual,
        rate=round(own.uniform(0.025, 0.075), 4),
        rate_kind=own.choice(("floating", "fixed")),
        ccf=own.choice((0.2, 0.5, 0.75)),
        lgd=own.choice((0.25, 0.35, 0.45)),
        collateral=round(limit * own.uniform(0.3, 1.1), 2),
        collateral_kind=_collateral(world, each, one),
        late=days_past_due(world, each) if one.number == 1 else trouble.late(world, as_of),
        as_of=as_of,
        marks=marks(world, each, one.number, one.start, one.maturity),
        trouble=trouble,
    )


def _as_of(world: World, each: Borrower, one: _Terms) -> date:
    if one.number == 1:
        return told(world, each)
    return max(world.newest_month, one.maturity + timedelta(days=1)) if one.maturity < world.known else world.newest_month


def _utilisation(world: World, each: Borrower) -> float:
    """Return the drawn share of all limits at the newest month's end, or the last known one of a silent borrower."""
    back, day = world.reported_months(each)[-1]
    return drawn(world, each, back, day)


def maturities(world: World, each: Borrower) -> list[date]:
    """Return the maturities of this borrower's facilities."""
    return [one.maturity for one in _terms(world, each)]


def _terms(world: World, each: Borrower) -> list[_Terms]:
    own = world.chance(each.id, "terms")
    first = "project_loan" if each.project else "term_loan"
    second = "letter_of_credit" if each.project and own.random() < 0.6 else "guarantee" if each.project else own.choice(_KINDS)
    years = own.randint(12, 20) if each.project else own.randint(4, 8)
    terms = [_Terms(1, first, *_running(world, own.randint(2016, 2024), own.randint(0, 364), years), 0.75 if each.project else 0.55)]
    terms.append(_Terms(2, second, *_running(world, own.randint(2018, 2024), own.randint(0, 364), own.randint(3, 5)), 0.25))
    if each.listed:
        terms.append(_Terms(3, "revolver", *_running(world, own.randint(2020, 2024), own.randint(0, 364), 5), 0.4))
    if each.habit == "rolls over":
        # the last signed facility began when the one before it matured
        start = last_turn(world.known - _SIGNING, every=TENOR.days, phase=each.turn * 7)
        terms.append(_Terms(4, own.choice(("acceptance", "letter_of_credit", "revolver")), start, start + TENOR, True, 0.15))
    return terms


def _running(world: World, year: int, day: int, years: int) -> tuple[date, date, bool]:
    """Return the start and the end of a facility; an ended one was renewed for an equal term."""
    first = date(year, 1, 1) + timedelta(days=day)
    first = start = first.replace(day=min(first.day, 28))
    while start.replace(year=start.year + years) <= world.known:
        start = start.replace(year=start.year + years)
    return start, start.replace(year=start.year + years), start != first


def _drawn(world: World, each: Borrower, limits: Sequence[int], utilisation: float) -> list[float]:
    """Return the drawn amount of each facility; the total matches the observation, and the first line is drawn more."""
    even = [limit * utilisation for limit in limits]
    moved = min(limits[0] - even[0], even[1]) * world.between(0.3, 0.9, each.id, "drawn")
    return [even[0] + round(moved, 2), even[1] - round(moved, 2), *even[2:]]


def _collateral(world: World, each: Borrower, one: _Terms) -> str:
    return "equipment" if each.project and one.number == 1 else world.chance(each.id, one.number, "collateral").choice(_COLLATERAL)


def _round_sum(amount: float) -> int:
    """Return a contractual amount: two digits followed by zeros, at least a hundred thousand."""
    nought: int = max(10 ** (len(str(int(amount))) - 2), 10_000)
    return max(round(amount / nought) * nought, 100_000)
