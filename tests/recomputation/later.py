"""A week later: ledgers with other arrears, incidents resolved, letters that rise and fall, and cures, by a seed."""

from __future__ import annotations

import csv
import random
from datetime import timedelta

CHANGED = ("facilities", "incidents", "ratings", "outcomes")


def change(folder, seed, day):
    """Rewrite the changed files of a folder as they stand on a later day."""
    turn = random.Random(seed)
    for kind in CHANGED:
        file = folder / f"sample-{kind}.csv"
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        with file.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, list(rows[0]), restval="")
            writer.writeheader()
            writer.writerows(further for row in rows for further in _STEPS[kind](turn, row, day))


def facilities(turn, row, day):
    """A new ledger for most: arrears paid, grown by a week, or new; nothing is told of the others."""
    if turn.random() < 0.2:
        return [row]
    late = int(row["days_past_due"] or 0)
    days = turn.choice((0, late + 7, late + 7)) if late else turn.choice((0,) * 12 + (5, 95))
    row |= {"days_past_due": str(days), "as_of": (day - timedelta(days=turn.randrange(3))).isoformat()}
    if "overdue" in row:
        row["overdue"] = "" if not days else row["overdue"]
    return [row]


def incidents(turn, row, day):
    # what was resolved stays so, as the days of those that are open may be told
    if not row["resolved"] and turn.random() < 0.5:
        row["resolved"] = (day - timedelta(days=turn.randrange(6))).isoformat()
    return [row]


def ratings(turn, row, day):
    if turn.random() < 0.08:
        later = row | {"rating": turn.choice(("B+", "BB", "CCC", "D")), "as_of": (day - timedelta(days=turn.randrange(6))).isoformat()}
        return [row, later]
    return [row]


def outcomes(turn, row, day):
    return [row, row | {"event": "cure", "as_of": day.isoformat()}] if turn.random() < 0.4 else [row]


_STEPS = {"facilities": facilities, "incidents": incidents, "ratings": ratings, "outcomes": outcomes}
