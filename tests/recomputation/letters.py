"""The letter that counts and its PD (standards § 3, § 12)."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from tests.recomputation import calendar


def scale_of(policy, agency, scale):
    """Return the PD of each letter on the master scale of an agency; empty without one."""
    for one in policy["scoring"]["master_scale"]:
        if one["scale"] == scale and agency.casefold() in (name.casefold() for name in one["agencies"]):
            return one["pd"]
    return {}


def opinions(book, customer):
    """Return the newest letter of each agency and scale that is on a master scale and not too old."""
    oldest = calendar.days_before(book.day, book.policy["data"]["rating_days"])
    newest = {}
    for row in book.of_customer("ratings", customer):
        key = row["agency"] or "internal", row["scale"]
        if row["as_of"] <= book.day and (key not in newest or newest[key]["as_of"] < row["as_of"]):
            newest[key] = row
    found = []
    for (agency, scale), row in newest.items():
        pd = scale_of(book.policy, agency, scale).get(row["rating"].strip().upper())
        lasting = pd is not None and pd >= 1 and all(other["as_of"] < oldest for other in newest.values())
        if pd is not None and (row["as_of"] >= oldest or lasting):
            found.append({"letter": row["rating"], "agency": agency, "scale": scale, "pd": pd, "as_of": row["as_of"]})
    return found


def counting(book, customer):
    """Return the opinion that counts; None without any. Own ratings come first; of two the worse, of more the worse of the best two."""
    found = opinions(book, customer)
    if defaulted := [one for one in found if one["pd"] >= 1]:
        # a default in the eyes of one agency is a default
        return min(defaulted, key=lambda one: one["as_of"])
    own = [one for one in found if one["agency"] == "internal"]
    found = own if own and book.policy["scoring"]["internal_first"] else found
    if not found:
        return None
    ranked = sorted(found, key=lambda one: one["pd"])
    return ranked[-1] if book.policy["scoring"]["several"] == "worst" or len(ranked) == 1 else ranked[1]


def downgraded(book, customer):
    """Return True if an external letter has fallen by the policy's notches from one that held within its months."""
    start = calendar.months_after(book.day, -book.policy["default"]["downgrade_months"])
    series = defaultdict(list)
    for row in sorted(book.of_customer("ratings", customer), key=lambda one: one["as_of"]):
        if row["as_of"] <= book.day and (row["agency"] or "internal") != "internal" and row["scale"] != "internal":
            series[row["agency"], row["scale"]].append(row)
    falls = [fall for (agency, scale), rows in series.items() for fall in falls_of(scale_of(book.policy, agency, scale), rows, start)]
    return max(falls, default=0) >= book.policy["categories"]["downgrade_notches"]


def falls_of(scale, rows, start):
    """Yield the notches by which the last letter stands below each one before it that was replaced after a day."""
    place = {letter: place for place, letter in enumerate(scale)}
    last = place.get(rows[-1]["rating"].strip().upper())
    for one, following in pairwise(rows):
        then = place.get(one["rating"].strip().upper())
        if following["as_of"] > start and last is not None and then is not None:
            yield last - then
