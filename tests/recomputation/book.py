"""The book as exported: rows of typed cells, by kind, and the policy as its file says it."""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tests.recomputation import calendar

KINDS = (
    *("customers", "facilities", "ratings", "statements", "rates", "outcomes", "instalments", "payments"),
    *("collateral", "guarantees", "projections", "incidents", "observations"),
)
DATES = {"as_of", "start", "maturity", "due", "paid", "booked", "valued", "until", "resolved", "restructured_on", "period_end", "projected"}
NUMBERS = {
    *("limit", "outstanding", "rate", "ccf", "lgd", "days_past_due", "restructured", "eir", "overdue", "provision", "best_estimate_loss"),
    *("restructuring_loss", "principal", "interest", "amount", "value", "prior", "lien", "months", "revenue", "severity", "ebitda"),
    *("collateral", "cfads", "debt_service"),
}
FLAGS = {"forborne", "watch_list", "non_accrual", "insured", "registered", "group_parent", "audited", "integral"}
TRUTHS = {"yes": True, "True": True, "true": True, "1": True, "no": False, "False": False, "false": False, "0": False}


def cell(name, text):
    """Return the value of a cell; None for an empty one."""
    if text == "":
        return None
    if name in DATES:
        return date.fromisoformat(text)
    if name in NUMBERS:
        return float(text)
    return TRUTHS[text] if name in FLAGS else text.removeprefix("'")


def read(file):
    """Return the rows of an exported file."""
    with Path(file).open(encoding="utf-8-sig", newline="") as lines:
        return [{name: cell(name, text) for name, text in row.items()} for row in csv.DictReader(lines)]


def policy(file):
    """Return the policy as its file says it."""
    return tomllib.loads(Path(file).read_text(encoding="utf-8"))


@dataclass
class Book:
    """All that is known on a day, and the policy."""

    day: date
    policy: dict
    rows: dict
    by: dict = field(default_factory=dict)
    # approved judgements of a customer as (kind, first day, last day), and its default as an earlier day has found it
    judgements: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)
    # the day on which payments were last loaded: whether later instalments are paid is not known yet
    fed: date | None = None

    @classmethod
    def of(cls, folder, day, policy):
        """Read the exported files of a folder."""
        return cls(day, policy, {kind: read(Path(folder) / f"{kind}.csv") for kind in KINDS})

    def of_customer(self, kind, customer):
        """Return a customer's rows of a kind."""
        return self._grouped(kind, "customer").get(customer, [])

    def of_facility(self, kind, facility):
        """Return a facility's rows of a kind."""
        return self._grouped(kind, "facility").get(facility, [])

    def _grouped(self, kind, column):
        if (kind, column) not in self.by:
            groups = self.by[kind, column] = defaultdict(list)
            for row in self.rows[kind]:
                groups[row[column]].append(row)
        return self.by[kind, column]

    def worth(self, currency):
        """Return the value of one unit of a currency in the reporting currency; None without a rate."""
        return self.rate(currency, self.policy["scoring"]["currency"])

    def rate(self, currency, base):
        """Return how many of ``base`` one unit of ``currency`` is, by the newest rate that is not too old; None without one."""
        if currency == base:
            return 1.0
        oldest = calendar.days_before(self.day, self.policy["scoring"]["rate_max_age_days"])
        quoted = [
            (row["as_of"], row["rate"] if row["currency"] == currency else 1 / row["rate"])
            for row in self._rates().get(frozenset((currency, base)), [])
            if oldest <= row["as_of"] <= self.day
        ]
        return max(quoted)[1] if quoted else None

    def _rates(self):
        if "rates" not in self.by:
            pairs = self.by["rates"] = defaultdict(list)
            for row in self.rows["rates"]:
                pairs[frozenset((row["currency"], row["base"]))].append(row)
        return self.by["rates"]
