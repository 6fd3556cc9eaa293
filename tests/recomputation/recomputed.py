"""Every customer's figures, worked out one after another."""

from __future__ import annotations

from datetime import date
from functools import partial, reduce
from operator import or_

from tests.recomputation import arrears, categories, default, letters, losses, provisions, sizes, stages, weights
from tests.recomputation import points as marks
from tests.recomputation import promises as promised
from tests.recomputation.curves import Curves, by_points

EPOCH = date(1970, 1, 1)
ORIGINS = {None: 0, "letter": 1, "points": 2, "default": 3}


# what the card takes from the loans and the letters, which are worked out anew; all else it takes from accounts and readings
OWN = {"pd", "days_past_due", "lgd"}


def figures(book, measures):
    """Return the figures of every customer by name; ``measures`` are the stored figures of accounts, readings and the register."""
    sales, curves = sizes.of_groups(book), Curves(book.policy)
    defaulted = defaults(book).keys()
    return {one["id"]: of_customer(book, one, measures[one["id"]], sales, curves, defaulted) for one in book.rows["customers"]}


def defaults(book):
    """Return the customers in default, as the next day has to know them."""
    found = {one["id"]: default_of(book, one["id"]) for one in book.rows["customers"]}
    return {customer: who for customer, who in found.items() if who.holds}


def default_of(book, customer):
    loans = book.of_customer("facilities", customer)
    return default.judged(book, customer, loans, [arrears.late(book, loan) for loan in loans])


def of_customer(book, customer, measures, sales, curves, defaulted):
    """Return the figures of one customer; None is not computable."""
    loans = sorted(book.of_customer("facilities", customer["id"]), key=lambda loan: loan["id"])
    lates = [arrears.late(book, loan) for loan in loans]
    who = default.judged(book, customer["id"], loans, lates)
    letter = letters.counting(book, customer["id"])
    floor = book.policy["scoring"]["pd_floor"]
    card = {name: value for name, value in measures.items() if name not in OWN}
    card["pd"] = 1.0 if who.holds else max(letter["pd"], floor) if letter else None
    card["days_past_due"] = max((one.days for one in lates if one.days is not None), default=None)
    card["lgd"] = on_the_bound(lgd_of(book, loans), measures["lgd"])
    points = marks.points(book.policy, card)
    pd, origin = pd_of(book, who, letter, points)
    claims = [
        of_loan(book, customer, loan, late, who, letter, pd, points, sales, curves, loans, defaulted)
        for loan, late in zip(loans, lates, strict=True)
    ]
    found = summed(book, loans, lates, claims, who, sales[customer["id"]]) | {"pd": pd, "pd_origin": ORIGINS[origin]}
    found |= {"points": points, "days_past_due": card["days_past_due"]}
    seen = found | {
        "pd_letter": None if letter is None else max(letter["pd"], floor),
        "material": bool(loans) and arrears.material_days(book, loans, lates) is not None,
        "days_unknown": any(late.days is None and loan["outstanding"] for loan, late in zip(loans, lates, strict=True)),
        "default": who.holds,
        "guarantor": any(
            row["guarantor"] in defaulted and not (row["until"] and row["until"] < book.day)
            for row in book.of_customer("guarantees", customer["id"])
        ),
    }
    return found | {"model_grade": marks.grade(book.policy, seen, measures["register_grade"])}


def on_the_bound(own, stored):
    """Return the stored figure where both are equal but for a rounding: the last bit decides on which side of a band's bound it is."""
    return stored if None not in (own, stored) and abs(own - stored) <= 1e-12 else own


def lgd_of(book, loans):
    """Return the mean LGD of a customer's loans by exposure."""
    eads = {one["id"]: losses.ead(book, one) for one in loans}
    items = losses.securities(book, loans)
    return losses.weighted([losses.lgd(book, loan, items[loan["id"]], loans, eads) for loan in loans], [eads[loan["id"]] for loan in loans])


def pd_of(book, who, letter, points):
    """Return a customer's PD, not below the floor, and where it is from."""
    floor = book.policy["scoring"]["pd_floor"]
    if who.holds:
        return 1.0, "default"
    if letter:
        return max(letter["pd"], floor), "letter"
    found = by_points(book.policy, points)
    return (None, None) if found is None else (max(found, floor), "points")


def hazards(book, letter, points, curves):
    """Return the conditional PDs by year behind provisions; they have no regulatory floor."""
    if letter:
        return curves.of(letter["agency"], letter["scale"], letter["pd"], ECL_FLOOR)
    pd = by_points(book.policy, points)
    return None if pd is None else curves.of("internal", "internal", pd, ECL_FLOOR)


# accounting has no regulatory floor (standards § 12)
ECL_FLOOR = 0.0


def of_loan(book, customer, loan, late, who, letter, pd, points, sales, curves, loans, defaulted):
    """Return the figures of one loan."""
    eads = {one["id"]: losses.ead(book, one) for one in loans}
    items, ead = losses.securities(book, loans)[loan["id"]], eads[loan["id"]]
    lgd = losses.lgd(book, loan, items, loans, eads)
    why = stages.reasons(book, customer, loan, late, who, letter)
    stage = stages.stage(late, why)
    accounting = losses.lgd(book, loan, items, loans, eads, floors=False)
    floor = book.policy["scoring"]["pd_floor"]
    promises = promised.of_loan(book, loan, loans, eads, defaulted, sizes.that_count(book, sales))
    left = partial(promised.unrecovered, promises, ead)
    ecl = provisions.ecl(book, loan, stage, accounting, [1.0] if who.holds else hazards(book, letter, points, curves), left)
    best = best_estimate(book, loan, lgd, ead)
    parts = promised.covered(promised.substituting(promises, ead), ead, pd, floor) if ead and pd and not who.holds else []
    mixed = None if pd is None else pd - sum(part * (pd - max(one.pd, floor)) for part, one in parts)
    expected = best if who.holds else None if None in (pd, lgd, ead) else mixed * lgd * ead
    own_sales = sizes.that_count(book, sales)[customer["id"]]
    turnover = None if own_sales is None else own_sales / 1e6
    floored = losses.floored(book, loan, lgd, items, loans, eads)
    drawn = losses.drawn(book, loan)
    return {
        "ead": ead,
        "lgd": lgd,
        "stage": stage,
        "ecl": ecl,
        "expected_loss": expected,
        "rwa": weights.irb_covered(book, loan, parts, floored, ead, weights.irb(book, loan, who, pd, floored, ead, turnover, best), floor),
        "rwa_standard": weights.standard_covered(book, parts, ead, weights.standard(book, loan, who, pd, ead, turnover), floor),
        "stage_reasons": why,
        "own_reasons": categories.own_reasons(book, customer, loan, late, stage, ecl, drawn, ead, who),
        "exposure": drawn,
    }


def best_estimate(book, loan, lgd, ead):
    if loan["best_estimate_loss"] is not None:
        worth = book.worth(loan["currency"])
        return None if worth is None else loan["best_estimate_loss"] * worth
    return None if None in (lgd, ead) else lgd * ead


def summed(book, loans, lates, claims, who, sales):
    """Return the sums and worsts over a customer's loans."""
    amounts = {
        name: losses.total([claim[name] for claim in claims]) for name in ("ead", "ecl", "expected_loss", "rwa", "rwa_standard", "exposure")
    }
    why = categories.with_the_others(book, [claim["own_reasons"] for claim in claims], [claim["exposure"] for claim in claims])
    found = [
        categories.category(reasons, late, claim["stage"], claim["ecl"], claim["exposure"], who)
        for reasons, late, claim in zip(why, lates, claims, strict=True)
    ]
    return amounts | {
        "stage_reasons": reduce(or_, (claim["stage_reasons"] for claim in claims), 0),
        "category_reasons": reduce(or_, why, 0),
        "lgd": losses.weighted([claim["lgd"] for claim in claims], [claim["ead"] for claim in claims]),
        "stage": max((claim["stage"] for claim in claims if claim["stage"]), default=None),
        "category": worst_category(found),
        "default_reasons": who.reasons,
        "default_since": (who.since - EPOCH).days if who.holds else None,
        "default_ends": (who.ends - EPOCH).days if who.holds and who.ends else None,
        "defaulted_share": 1.0 if who.holds else 0.0,
        "overdue_amount": overdue(book, loans, lates),
        "group_sales": sales,
    }


def worst_category(found):
    known = [one for one in found if one is not None]
    return None if not known or (None in found and max(known) < 5) else max(known)


def overdue(book, loans, lates):
    """Return the customer's overdue amount in the reporting currency."""
    worths = [book.worth(loan["currency"]) for loan in loans]
    parts = [one.overdue * worth if one.days else 0.0 for one, worth in zip(lates, worths, strict=True) if worth is not None]
    return None if not loans or None in worths else sum(parts)
