"""What a scoring looks at: tables of columns, each row a thing of one customer; NaN, NaT and -1 are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from risk_engine.coded import Coded

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Texts = NDArray[np.object_]
Dates = NDArray[np.datetime64]
Columns = TypeVar("Columns", bound="Owned | PerCustomer")


@dataclass(frozen=True, slots=True)
class PerCustomer:
    """Columns with one place for each customer."""


@dataclass(frozen=True, slots=True)
class Owned:
    """Columns with any number of places for a customer; ``owner`` is the customer's place."""

    owner: Places


@dataclass(frozen=True, slots=True)
class Customers(PerCustomer):
    """Who is scored, by sorted ids; flags are 1, 0 or NaN."""

    ids: Texts
    kinds: Coded
    sectors: Coded
    currencies: Coded
    watch_list: Floats
    commodity_share: Floats


@dataclass(frozen=True, slots=True)
class Ratings(Owned):
    """Each agency's newest letter."""

    ids: Places
    agencies: Coded
    scales: Coded
    letters: Coded
    as_of: Dates


@dataclass(frozen=True, slots=True)
class Facilities(Owned):
    """Credit lines and loans, amounts in their own currencies; ``overdue`` days also from instalments and payments."""

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
    maturity: Dates
    rate: Floats
    rate_kinds: Coded
    eir: Floats
    origination: Coded
    forborne: Floats
    restructured: Floats
    phases: Coded


@dataclass(frozen=True, slots=True)
class Readings(PerCustomer):
    """One indicator's newest reading of each customer; ``ids`` are 0 where there is none."""

    values: Floats
    ids: Places


@dataclass(frozen=True, slots=True)
class Troubles(Owned):
    """Open breaches (``badness`` is the colour) or open threats (the level), each with its number and date."""

    numbers: Places
    badness: Floats
    values: Floats
    as_of: Dates
