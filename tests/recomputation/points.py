"""Points of the scorecard and the model's grade, from the figures that the card names (standards § 12)."""

from __future__ import annotations

from bisect import bisect_right

GRADES = ("low", "medium", "high", "critical")


def points(policy, figures):
    """Return the points of a customer, 0 to 100; None without any known figure."""
    total = known = 0.0
    for factor in policy["scoring"]["card"]["factors"]:
        whole = sum(one.get("weight", 1.0) for one in factor["components"])
        for one in factor["components"]:
            value = figures.get(one["measure"])
            if value is not None:
                share = factor["weight"] * one.get("weight", 1.0) / whole
                total += share * one["points"][bisect_right(one["bounds"], value)]
                known += share
    return total / known if known else None


def grade(policy, found, others):
    """Return the model's grade, 1 to 4: the worst that the points, the figures, or the register (``others``) ask for.

    ``found`` has points, pd_letter, days_past_due, material, days_unknown, stage, default and guarantor.
    """
    rules, card = policy["scoring"]["grades"], policy["scoring"]["card"]
    named = {name: place for place, name in enumerate(GRADES, start=1)}
    asked = [others]
    asked.append(named[card["nothing_known"]] if found["points"] is None else 1 + sum(found["points"] < bound for bound in card["grades"]))
    if found["pd_letter"] is not None:
        asked.append(1 + bisect_right(rules["pd"], found["pd_letter"]))
    if found["days_past_due"] is not None:
        # arrears that are too small to matter are no worse than the first days of others
        days = found["days_past_due"] if found["material"] else min(found["days_past_due"], rules["days_past_due"][0])
        asked.append(1 + bisect_right(rules["days_past_due"], days))
    for name, key in (("default", "defaulted"), ("days_unknown", "days_unknown"), ("guarantor", "guarantor_defaulted")):
        asked += [named[rules[key]]] if found[name] else []
    asked += [named[rules["stage"][found["stage"] - 1]]] if (found["stage"] or 0) >= 2 else []
    return max(asked)
