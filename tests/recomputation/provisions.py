"""Expected credit losses: by year over the schedule on record, else the plan of the kind (standards §§ 3, 12)."""

from __future__ import annotations

from math import ceil, floor

from tests.recomputation import calendar, losses


def years_until(day, then):
    """Return whole years to a day, and of the last one the share of its days."""
    whole = then.year - day.year
    if calendar.months_after(day, 12 * whole) > then:
        whole -= 1
    last, following = calendar.months_after(day, 12 * whole), calendar.months_after(day, 12 * (whole + 1))
    return whole + (then - last).days / (following - last).days


def to_come(book, loan):
    return sorted(
        (row["due"], row["principal"], row["interest"]) for row in book.of_facility("instalments", loan["id"]) if row["due"] > book.day
    )


def remaining(book, loan):
    """Return a loan's years of life; None if it has neither a maturity, nor a schedule, nor usual years of its kind."""
    rules = book.policy["impairment"]
    ends = [due for due, _principal, _interest in to_come(book, loan)] + ([loan["maturity"]] if loan["maturity"] else [])
    years = years_until(book.day, max(ends)) if ends else rules["behavioural_years"].get(loan["kind"])
    return None if years is None else max(years, rules["shortest_years"])


def interest(loan):
    return loan["eir"] if loan["eir"] is not None else loan["rate"]


def balance(book, loan, year, years, rate):
    """Return the debt at the beginning of a year, counted from 0, in the loan's currency; None without a schedule or plan."""
    schedule = to_come(book, loan)
    if schedule:
        due = sum(principal for when, principal, _interest in schedule if years_until(book.day, when) > year)
        whole = sum(principal for _when, principal, _interest in schedule)
        return min(loan["outstanding"], due + max(loan["outstanding"] - whole, 0.0))
    plan = book.policy["impairment"]["plans"].get(loan["kind"])
    if plan is None:
        return None
    return loan["outstanding"] * {"bullet": bullet, "straight_line": straight, "annuity": annuity}[plan](year, years, rate)


def bullet(_year, _years, _rate):
    return 1.0


def straight(year, years, _rate):
    return 1 - year / years


def annuity(year, years, rate):
    if abs(rate) < 1e-12:
        return straight(year, years, rate)
    return (1 - (1 + rate) ** (year - years)) / (1 - (1 + rate) ** -years)


def ecl(book, loan, stage, lgd, hazards, unrecovered):
    """Return a loan's expected credit loss in the reporting currency, weighted over the scenarios; None if an input is missing.

    ``unrecovered`` gives the share of a loss that guarantees leave between two moments, in years, and without them that of today.
    """
    if stage is None or lgd is None:
        return None
    scenarios = book.policy["impairment"]["scenario"]
    worth = book.worth(loan["currency"])
    if stage == 3:
        ead = losses.ead(book, loan)
        return None if ead is None else sum(one["weight"] * min(lgd * unrecovered() * one.get("lgd", 1.0), 1.0) for one in scenarios) * ead
    years, rate = remaining(book, loan), interest(loan)
    if None in (years, rate, hazards, worth):
        return None
    parts = [in_scenario(book, loan, stage, lgd, hazards, one, years, rate, unrecovered) for one in scenarios]
    return None if None in parts else sum(parts) * worth


def in_scenario(book, loan, stage, lgd, hazards, scenario, years, rate, unrecovered):
    multipliers, lost = scenario.get("pd", [1.0]), min(lgd * scenario.get("lgd", 1.0), 1.0)
    standby = losses.ccf(book, loan) * losses.undrawn(loan) if losses.undrawn(loan) else 0.0
    alive, found = 1.0, 0.0
    for year in range(1 if stage == 1 else ceil(years)):
        share = min(years - year, 1.0)
        pd = min(hazards[min(year, len(hazards) - 1)] * multipliers[min(year, len(multipliers) - 1)], 1.0) * share
        owed = balance(book, loan, year, years, rate)
        if owed is None:
            return None
        time = year + 1 if share == 1 else floor(years) + share
        found += alive * pd * lost * unrecovered(year, year + share) * (owed + standby) / (1 + rate) ** time
        alive *= 1 - pd
    return scenario["weight"] * found
