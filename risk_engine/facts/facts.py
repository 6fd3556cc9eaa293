"""The inputs of scoring: tables of columns, each row belonging to one customer; NaN, NaT and -1 are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from risk_engine.categorical import Coded
from risk_engine.days import NO_DATE
from risk_engine.exchange import Conversion
from risk_engine.facts.statements import Statements

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Texts = NDArray[np.object_]
Dates = NDArray[np.datetime64]

_NOWHERE: Places = np.empty(0, dtype=np.int64)
_NEVER: Dates = np.empty(0, dtype="datetime64[D]")


@dataclass(frozen=True, slots=True)
class PerCustomer:
    """Columns with one place for each customer."""

    def part(self, start: int, stop: int) -> Self:
        """Return the customers from one place up to another."""
        columns: dict[str, Any] = {one.name: getattr(self, one.name)[start:stop] for one in fields(self)}
        return replace(self, **columns)


@dataclass(frozen=True, slots=True)
class Owned:
    """Columns with any number of places for a customer; ``owner`` is the customer's place, and the rows are sorted by it."""

    owner: Places

    def part(self, start: int, stop: int) -> Self:
        """Return the rows of the customers from one place up to another."""
        first, last = np.searchsorted(self.owner, (start, stop))
        rows: dict[str, Any] = {one.name: getattr(self, one.name)[first:last] for one in fields(self) if one.name != "owner"}
        return replace(self, owner=self.owner[first:last] - start, **rows)

    def where(self, kept: NDArray[np.bool_]) -> Self:
        """Return the flagged rows."""
        rows: dict[str, Any] = {one.name: getattr(self, one.name)[kept] for one in fields(self)}
        return replace(self, **rows)

    def by_owner(self) -> Self:
        """Return the rows sorted by owner, in their original order within an owner."""
        if (np.diff(self.owner) >= 0).all():
            return self
        order = np.argsort(self.owner, kind="stable")
        rows: dict[str, Any] = {one.name: getattr(self, one.name)[order] for one in fields(self)}
        return replace(self, **rows)


@dataclass(frozen=True, slots=True)
class Customers(PerCustomer):
    """The scored customers, sorted by id; flags are 1, 0 or NaN. ``override`` is a grade in force, 0 without one.

    ``reached`` is the place of the guarantor whose default reaches it, -1 without one, and ``reached_by`` its id; ``guaranteed`` flags
    those for whom anybody guarantees; all three are found in scoring.
    """

    ids: Texts
    kinds: Coded
    sectors: Coded
    currencies: Coded
    watch_list: Floats
    commodity_share: Floats
    override: NDArray[np.int8]
    override_ids: Places
    reached: Places
    reached_by: Texts
    guaranteed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Groups(PerCustomer):
    """The accounting group of each customer: ``group`` is equal for its members, -1 without one; ``head`` flags its parent.

    ``sales`` are the group's in millions, and ``bound`` flags those that are an upper bound; both are found in scoring.
    """

    group: Places
    head: NDArray[np.bool_]
    sales: Floats
    bound: NDArray[np.bool_]

    @classmethod
    def of(cls, group: Places, head: NDArray[np.bool_]) -> Groups:
        """Return the groups before their sales are found."""
        return cls(group, head, np.full(len(group), np.nan), np.zeros(len(group), dtype=bool))

    @classmethod
    def alone(cls, count: int) -> Groups:
        """Return customers none of which belongs to a group."""
        return cls.of(np.full(count, -1, dtype=np.int64), np.zeros(count, dtype=bool))


@dataclass(frozen=True, slots=True)
class Ratings(Owned):
    """Letters of agencies."""

    ids: Places
    agencies: Coded
    scales: Coded
    letters: Coded
    as_of: Dates

    @classmethod
    def none(cls) -> Ratings:
        """Return a table without rows."""
        nothing = Coded(_NOWHERE.astype(np.int32), ())
        return cls(_NOWHERE, _NOWHERE, nothing, nothing, nothing, _NEVER)


@dataclass(frozen=True, slots=True)
class Downgrades(PerCustomer):
    """The deepest fall of an external letter of each customer within the policy's months: notches, NaN if unknown.

    ``before`` and ``after`` are the numbers of both letters, 0 without a fall.
    """

    notches: Floats
    before: Places
    after: Places


@dataclass(frozen=True, slots=True)
class Facilities(Owned):
    """Credit lines and loans, amounts in their own currencies; flags are 1, 0 or NaN.

    ``as_of`` is the ledger's day, ``dated`` the same, or the day on which an entry without one became known. ``restructured`` counts
    restructurings under observation, and ``restructuring_loss`` is the share of present value lost in the last one.
    """

    ids: Places
    names: Texts
    kinds: Coded
    currencies: Coded
    limits: Floats
    outstanding: Floats
    ccf: Floats
    lgd: Floats
    seniorities: Coded
    days_past_due: Floats
    as_of: Dates
    dated: Dates
    maturity: Dates
    rate: Floats
    rate_kinds: Coded
    eir: Floats
    origination: Coded
    forborne: Floats
    restructured: Floats
    phases: Coded
    overdue: Floats
    non_accrual: Floats
    provision: Floats
    best_estimate_loss: Floats
    restructured_on: Dates
    restructuring_loss: Floats


@dataclass(frozen=True, slots=True)
class OfFacility(Owned):
    """Rows of single facilities: ``facility`` is its place among its owner's own, -1 for all of them."""

    facility: Places


@dataclass(frozen=True, slots=True)
class Collateral(OfFacility):
    """Collateral of facilities; flags are 1, 0 or NaN."""

    ids: Places
    kinds: Coded
    currencies: Coded
    values: Floats
    valued: Dates
    liens: Places
    prior: Floats
    insured: Floats
    registered: Floats


@dataclass(frozen=True, slots=True)
class Instalments(OfFacility):
    """Scheduled instalments, in the facility's currency."""

    due: Dates
    principal: Floats
    interest: Floats


@dataclass(frozen=True, slots=True)
class Payments(OfFacility):
    """Payments received, in the facility's currency."""

    paid: Dates
    booked: Dates
    amount: Floats


@dataclass(frozen=True, slots=True)
class AccountMonths(Owned):
    """Months of accounts with transactions, amounts in the account's own currency; NaN is not known.

    ``account`` is a number of the account, ``month`` the number of the month since January 1900, ``until`` the last day covered;
    ``returned`` and ``charged`` count returned payments and charges of overdraft interest.
    """

    account: Places
    month: Places
    currencies: Coded
    opening: Floats
    lowest: Floats
    mean: Floats
    closing: Floats
    inflow: Floats
    outflow: Floats
    overdraft_days: Floats
    returned: Floats
    charged: Floats
    until: Dates

    @classmethod
    def none(cls) -> AccountMonths:
        """Return a table without rows."""
        nowhere, nothing = np.empty(0, dtype=np.int64), np.empty(0)
        amounts = (nothing,) * 9
        return cls(nowhere, nowhere, nowhere, Coded(np.empty(0, dtype=np.int32), ()), *amounts, np.empty(0, dtype="datetime64[D]"))


@dataclass(frozen=True, slots=True)
class Projections(Owned):
    """The newest projection of each customer, one row per period, with those that have passed.

    ``projected`` is the day on which it was made, ``months`` the stated length of a period, NaN where it follows from the dates.
    """

    ids: Places
    projected: Dates
    months: Floats
    period_end: Dates
    currencies: Coded
    cfads: Floats
    debt_service: Floats


@dataclass(frozen=True, slots=True)
class Incidents(Owned):
    """Operational incidents: kind, severity 1 to 5, start and end."""

    ids: Places
    kinds: Coded
    severity: Places
    as_of: Dates
    resolved: Dates


@dataclass(frozen=True, slots=True)
class CreditEvents(Owned):
    """Recorded credit events other than cures: default, stage3, bankruptcy; ``cured`` is the day of the next cure, NaT without."""

    ids: Places
    events: Coded
    as_of: Dates
    cured: Dates

    @classmethod
    def none(cls) -> CreditEvents:
        """Return a table without rows."""
        return cls(_NOWHERE, _NOWHERE, Coded(_NOWHERE.astype(np.int32), ()), _NEVER, _NEVER)


@dataclass(frozen=True, slots=True)
class Defaults(OfFacility):
    """Each default on record of a customer or of one of its facilities, as last judged before or on the day; see ``probation.States``.

    ``entered`` and ``reasons`` are masks of ``evidence.Reason``.
    """

    ids: Places
    since: Dates
    entered: Places
    reasons: Places
    ended: Dates
    cured: Dates

    @classmethod
    def none(cls) -> Defaults:
        """Return a table without rows."""
        return cls(_NOWHERE, _NOWHERE, _NOWHERE, _NEVER, _NOWHERE, _NOWHERE, _NEVER, _NEVER)


@dataclass(frozen=True, slots=True)
class Judgements(Owned):
    """Approved judgements about default: ``kinds`` are names of ``classification.judgement.JudgementKind``.

    ``since`` is the day from which it holds; ``until`` its last day, NaT until it is ended. Those that are over stay.
    """

    ids: Places
    kinds: Coded
    since: Dates
    until: Dates

    @classmethod
    def none(cls) -> Judgements:
        """Return a table without rows."""
        return cls(_NOWHERE, _NOWHERE, Coded(_NOWHERE.astype(np.int32), ()), _NEVER, _NEVER)


@dataclass(frozen=True, slots=True)
class Guarantees:
    """Guarantees: guarantor and debtor, as places of customers in the whole book."""

    guarantor: Places
    debtor: Places


@dataclass(frozen=True, slots=True)
class Covers(OfFacility):
    """Guarantees by the customer whose debt they cover: ``guarantor`` is a place in the whole book, an amount of NaN is unlimited.

    ``integral`` flags those that are part of the loan's contract: 1, 0 or NaN. ``began`` and ``until`` are the first and the last day, NaT
    if unknown, or without an end. ``pd`` and ``sales`` of the guarantor, and ``eligible``, are found in scoring.
    """

    ids: Places
    guarantor: Places
    currencies: Coded
    amounts: Floats
    integral: Floats
    began: Dates
    until: Dates
    pd: Floats
    sales: Floats
    eligible: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        owner: Places,
        facility: Places,
        guarantor: Places,
        currencies: Coded,
        amounts: Floats,
        integral: Floats,
        *,
        ids: Places | None = None,
        began: Dates | None = None,
        until: Dates | None = None,
    ) -> Covers:
        """Return the guarantees before anything is known of their guarantors."""
        count = len(owner)
        began, until = (np.full(count, NO_DATE, dtype="datetime64[D]") if days is None else days for days in (began, until))
        unknown = np.full(count, np.nan)
        ids = np.zeros(count, dtype=np.int64) if ids is None else ids
        eligible = np.zeros(count, dtype=bool)
        return cls(owner, facility, ids, guarantor, currencies, amounts, integral, began, until, unknown, unknown, eligible)


@dataclass(frozen=True, slots=True)
class Readings(PerCustomer):
    """One indicator's newest reading of each customer with its date; the id is 0 where there is none."""

    values: Floats
    ids: Places
    as_of: Dates

    @classmethod
    def none(cls, count: int) -> Readings:
        """Return readings of which every customer lacks one."""
        return cls(np.full(count, np.nan), np.zeros(count, dtype=np.int64), np.full(count, np.datetime64("NaT", "D")))


@dataclass(frozen=True, slots=True)
class Troubles(Owned):
    """Open breaches (``badness`` is the colour) or open threats (``badness`` is the level), each with its number and date."""

    numbers: Places
    badness: Floats
    values: Floats
    as_of: Dates


@dataclass(frozen=True, slots=True)
class Accounts(PerCustomer):
    """Each customer's twelve months up to its newest statement, and the twelve before; ids are 0 without a statement.

    Amounts are in the statement's own currency; ``twelve`` says how the months were put together (``periods.Way``);
    ``audited`` and ``consolidated`` are the newest statement's flags. ``flows_as_of`` is the end of the statement that the flows begin
    with. ``outdated`` is the end of the newest statement that is too old to count, where none has taken its place.
    """

    ids: Places
    as_of: Dates
    audited: NDArray[np.bool_]
    consolidated: NDArray[np.bool_]
    currencies: Coded
    twelve: NDArray[np.int8]
    flows_as_of: Dates
    outdated: Dates
    now: Statements
    before: Statements

    def part(self, start: int, stop: int) -> Self:
        rows: dict[str, Any] = {one.name: getattr(self, one.name)[start:stop] for one in fields(self) if one.name not in {"now", "before"}}
        return replace(self, now=self.now.part(start, stop), before=self.before.part(start, stop), **rows)


@dataclass(frozen=True, slots=True)
class Facts:
    """All inputs of scoring, dated not after ``as_of``."""

    as_of: np.datetime64
    customers: Customers
    ratings: Ratings
    facilities: Facilities
    collateral: Collateral
    instalments: Instalments
    payments: Payments
    projections: Projections
    incidents: Incidents
    guarantees: Guarantees
    accounts: Accounts
    readings: Mapping[str, Readings]
    breaches: Troubles
    threats: Troubles
    rates: Mapping[str, Conversion]
    # the newest letter of each agency stands in ``ratings``; these are the ones before it that held within the policy's months
    former: Ratings = field(default_factory=Ratings.none)
    # found in scoring
    downgrades: Downgrades | None = None
    credit_events: CreditEvents = field(default_factory=CreditEvents.none)
    defaults: Defaults = field(default_factory=Defaults.none)
    judgements: Judgements = field(default_factory=Judgements.none)
    # the day on which payments were last loaded, for whomever
    fed_until: np.datetime64 = NO_DATE
    covers: Covers | None = None
    # without a table everybody stands alone
    groups: Groups | None = None
    # what is derived of reported prices, by indicator
    moves: Mapping[str, Readings] = field(default_factory=dict)
    account_months: AccountMonths = field(default_factory=AccountMonths.none)
    # mean and peak of the use of limits, by input of ``conduct.LIMITS``
    limits_used: Mapping[str, Readings] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.customers.ids)

    def part(self, start: int, stop: int) -> Facts:
        """Return the facts of the customers from one place up to another, as if there were no others."""
        parts: dict[str, Any] = {name: table.part(start, stop) for name, table in self._tables(PerCustomer | Owned).items()}
        for name in ("readings", "moves", "limits_used"):
            parts[name] = _part(getattr(self, name), start, stop)
        return replace(self, **parts)

    def by_owner(self) -> Facts:
        """Return the facts with every table sorted by owner."""
        return replace(self, **{name: table.by_owner() for name, table in self._tables(Owned).items()})

    def _tables(self, kinds: Any) -> dict[str, Any]:
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: table for name, table in found.items() if isinstance(table, kinds)}


def _part(found: Mapping[str, Readings], start: int, stop: int) -> dict[str, Readings]:
    return {name: reading.part(start, stop) for name, reading in found.items()}
