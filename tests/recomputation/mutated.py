"""Mutated books: rows of the sample's files with other amounts, days, letters and dates, and with cells left empty."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta

LETTERS = ("AAA", "AA-", "A", "BBB+", "BBB-", "BB", "BB-", "B+", "B", "B-", "CCC", "C", "D", "NR", "bb+")
CURRENCIES = ("EUR", "USD", "GBP", "CNY", "JPY")
KINDS = ("term_loan", "revolver", "project_loan", "guarantee", "letter_of_credit", "acceptance", "bond", "other")
SECURITIES = ("cash", "receivables", "real_estate", "equipment", "shares", "guarantee", "other")
INCIDENTS = (
    "bankruptcy",
    "debt_evasion",
    "non_accrual",
    "specific_provision",
    "sale_at_loss",
    "distressed_restructuring",
    "fund_diversion",
)


def mutate(folder, seed, day, share=0.25):
    """Change a share of the rows of the files in a folder, by a seed."""
    turn = random.Random(seed)
    for kind, change in CHANGES.items():
        file = folder / f"sample-{kind}.csv"
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        rows = [changed for row in rows for changed in ([row] if turn.random() > share else change(turn, dict(row), day))]
        if kind == "incidents":
            rows += further_incidents(turn, folder, day)
        names = list(dict.fromkeys(name for row in rows for name in row))
        with file.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, names, restval="")
            writer.writeheader()
            writer.writerows(rows)


def customers(turn, row, _day):
    for name in turn.sample(("group", "watch_list", "currency", "kind", "sector"), 1):
        row[name] = {"group": "", "watch_list": "yes", "currency": "EUR", "kind": "financial", "sector": "Banking"}[name]
    return [row]


def facilities(turn, row, day):
    back = lambda days: (day - timedelta(days=turn.randrange(days))).isoformat()  # noqa: E731
    drawn = float(row["outstanding"])
    choices = {
        "days_past_due": lambda: turn.choice(("", "0", "1", "8", "30", "31", "89", "90", "91", "112", "270", "271", "360", "361", "900")),
        "overdue": lambda: f"{drawn * turn.choice((0.0, 0.001, 0.0099, 0.011, 0.3, 1)):.2f}",
        "outstanding": lambda: f"{drawn * turn.choice((0, 0.1, 0.5, 1.2)):.2f}",
        "limit": lambda: str(round(float(row["limit"]) * turn.choice((1, 1.5, 0.8)))),
        "ccf": lambda: turn.choice(("", "0", "0.2", "1")),
        "lgd": lambda: turn.choice(("", "", "0", "0.1", "0.6")),
        "eir": lambda: turn.choice(("", "0", "0.11")),
        "maturity": lambda: (day + timedelta(days=turn.randrange(-400, 4000))).isoformat() if turn.random() < 0.8 else "",
        "seniority": lambda: turn.choice(("", "subordinated")),
        "kind": lambda: turn.choice(KINDS),
        "phase": lambda: turn.choice(("", "construction", "operation")),
        "currency": lambda: turn.choice(CURRENCIES),
        "as_of": lambda: back(90),
        "origination_rating": lambda: turn.choice(("", *LETTERS)),
        "forborne": lambda: turn.choice(("yes", "")),
        "restructured": lambda: turn.choice(("", "1", "2", "3")),
        "restructured_on": lambda: back(800),
        "restructuring_loss": lambda: turn.choice(("0", "0.01", "0.02", "0.4")),
        "non_accrual": lambda: turn.choice(("yes", "no", "no")),
        "provision": lambda: turn.choice(("0", "0", "50000")),
        "best_estimate_loss": lambda: f"{drawn * turn.choice((0.1, 0.9)):.2f}",
        "collateral": lambda: turn.choice(("", f"{drawn / 2:.2f}")),
        "collateral_kind": lambda: turn.choice(SECURITIES),
    }
    quiet = ("ccf", "lgd", "eir", "maturity", "seniority", "phase", "currency", "origination_rating", "limit", "collateral", "outstanding")
    names = turn.sample(quiet, 3) + (turn.sample(list(choices), 2) if turn.random() < 0.5 else [])
    for name in names:
        row[name] = choices[name]()
    return [row]


def ratings(turn, row, day):
    if turn.random() < 0.3:
        return []
    if turn.random() < 0.5:
        row["rating"] = turn.choice(LETTERS if turn.random() < 0.3 else LETTERS[:10])
    else:
        row["as_of"] = (date.fromisoformat(row["as_of"]) - timedelta(days=turn.randrange(500))).isoformat()
    return [row]


def statements(turn, row, _day):
    row["revenue"] = turn.choice(("", str(round(float(row["revenue"]) * turn.choice((0.01, 0.1, 3))))))
    return [row]


def payments(turn, row, day):
    if turn.random() < 0.05:
        return []
    if turn.random() < 0.1:
        row["amount"] = f"{float(row['amount']) * turn.choice((0.999, 0.5, 1.5)):.2f}"
    return [row]


def instalments(turn, row, _day):
    if turn.random() < 0.02:
        row["principal"] = f"{float(row['principal']) * turn.choice((0.5, 2)):.2f}"
    return [row]


def collateral(turn, row, day):
    choices = {
        "facility": "",
        "value": f"{float(row['value']) * turn.choice((0.1, 4)):.2f}",
        "kind": turn.choice(SECURITIES),
        "currency": turn.choice(CURRENCIES),
        "valued": turn.choice(("", (day - timedelta(days=turn.randrange(1500))).isoformat())),
        "insured": turn.choice(("", "yes", "no")),
        "registered": turn.choice(("", "yes", "no")),
        "lien": "2",
        "prior": f"{float(row['value']) * 0.2:.2f}",
    }
    for name in turn.sample(list(choices), 3):
        row[name] = choices[name]
    return [] if turn.random() < 0.1 else [row]


def guarantees(turn, row, day):
    choices = {
        "amount": turn.choice(("", "100000", "5000000")),
        "currency": turn.choice(CURRENCIES),
        "until": (day + timedelta(days=turn.randrange(-10, 2000))).isoformat(),
        "start": (day - timedelta(days=turn.randrange(700))).isoformat(),
        "integral": turn.choice(("", "yes", "no")),
    }
    for name in turn.sample(list(choices), 3):
        row[name] = choices[name]
    return [row]


def outcomes(turn, row, day):
    row["event"] = turn.choice(("default", "bankruptcy", "cure", "stage3"))
    row["as_of"] = (day - timedelta(days=turn.randrange(500))).isoformat()
    return [row]


def incidents(turn, row, day):
    return [row | {"kind": turn.choice(INCIDENTS), "resolved": turn.choice(("", row["as_of"], day.isoformat()))}]


def further_incidents(turn, folder, day):
    """Yield evidence of default, open or resolved, about some customers."""
    with (folder / "sample-customers.csv").open(encoding="utf-8", newline="") as lines:
        ids = [row["id"] for row in csv.DictReader(lines)]
    for customer in turn.sample(ids, 20):
        days = turn.randrange(20, 500)
        resolved = (day - timedelta(days=turn.randrange(days))).isoformat() if turn.random() < 0.6 else ""
        started = (day - timedelta(days=days)).isoformat()
        yield {
            "customer": customer,
            "kind": turn.choice(INCIDENTS),
            "as_of": started,
            "severity": "3",
            "resolved": resolved,
            "facility": "",
        }


CHANGES = {
    "customers": customers,
    "facilities": facilities,
    "ratings": ratings,
    "statements": statements,
    "payments": payments,
    "instalments": instalments,
    "collateral": collateral,
    "guarantees": guarantees,
    "outcomes": outcomes,
    "incidents": incidents,
}
