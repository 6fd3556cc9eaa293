"""Exposure at default, loss given default and expected loss (standards §§ 1, 3, 12)."""

from __future__ import annotations

from tests.recomputation import sizes


def undrawn(loan):
    return max(loan["limit"] - loan["outstanding"], 0.0)


def ccf(book, loan):
    """Return a loan's own conversion factor, else the policy's of its kind."""
    return loan["ccf"] if loan["ccf"] is not None else book.policy["scoring"]["ccf"].get(loan["kind"])


def ead(book, loan):
    """Return drawn + CCF · undrawn in the reporting currency; None without a rate."""
    worth, factor = book.worth(loan["currency"]), ccf(book, loan)
    if worth is None or (factor is None and undrawn(loan) > 0):
        return None
    return (loan["outstanding"] + (factor or 0.0) * undrawn(loan)) * worth


def drawn(book, loan):
    worth = book.worth(loan["currency"])
    return None if worth is None else loan["outstanding"] * worth


def securities(book, loans):
    """Return the items that secure each loan: those that name it, whoever gave them, and its owner's that name none.

    The amount and kind in the file of facilities count where no item secures a loan, as of the ledger's day.
    """
    found = {loan["id"]: [] for loan in loans}
    for loan in loans:
        items = [row for row in book.of_customer("collateral", loan["customer"]) if row["facility"] is None]
        items += book.of_facility("collateral", loan["id"])
        if not items and (loan["collateral"] or 0) > 0:
            items = [of_the_ledger(book, loan)]
        found[loan["id"]] = sorted(items, key=lambda item: item["id"])
    return found


def of_the_ledger(book, loan):
    """Return the security that the file of facilities states, as an item."""
    stated = {"id": "", "kind": loan["collateral_kind"] or "other", "value": loan["collateral"], "currency": loan["currency"]}
    unknown = {"prior": None, "insured": None, "registered": None, "lien": 1, "facility": loan["id"]}
    return stated | unknown | {"valued": loan["as_of"] or book.day}


def haircut(book, item):
    """Return the share of an item's value that does not count, before any mismatch of currencies; None if its age is not known."""
    rules = book.policy["collateral"]
    one = rules["kind"][item["kind"]]
    if item["insured"] is False or item["registered"] is False:
        return 1.0
    age = (book.day - item["valued"]).days if item["valued"] and item["valued"] <= book.day else None
    if age is None and "valid_days" in one:
        return None
    if age is not None and age > one.get("longest_days", age):
        return 1.0
    stale = one["stale_haircut"] if age is not None and age > one.get("valid_days", age) else 0.0
    unproven = rules["unknown_haircut"] if any(item[need] is None for need in one.get("needs", [])) else 0.0
    return min(one["haircut"] + stale + unproven, 1.0)


def secured_value(book, item, currency):
    """Return what an item is worth to a loan of this currency after haircuts and prior claims; None if that is not known."""
    cut = haircut(book, item)
    if cut is None:
        return None
    if item["currency"] != currency:
        cut = min(cut + book.policy["collateral"]["currency_haircut"], 1.0)
    if cut == 1.0:
        return 0.0
    worth = book.worth(item["currency"])
    prior = 0.0 if item["prior"] is None and item["lien"] == 1 else item["prior"]
    if worth is None or item["value"] is None or prior is None:
        return None
    return max(item["value"] * worth * (1 - cut) - prior * worth, 0.0)


def shares(book, loan, item, loans, eads):
    """Return the part of an item that secures a loan: by exposure, where it secures several."""
    if item["facility"] is not None:
        return 1.0 if eads[loan["id"]] else 0.0
    whole = [eads[one["id"]] for one in loans if one["customer"] == loan["customer"]]
    if None in whole:
        return None
    return eads[loan["id"]] / sum(whole) if sum(whole) > 0 else 0.0


def lgd(book, loan, items, loans, eads, *, floors=True):
    """Return a loan's own LGD, else that of its secured and unsecured parts; the kinds with the smallest LGD are used first.

    Without ``floors`` it is the accounting LGD, which has none of the regulator's minimums.
    """
    if loan["lgd"] is not None:
        return loan["lgd"]
    bare, ead = unsecured(book, loan) if floors else usual(book, loan), eads[loan["id"]]
    rules = book.policy["collateral"]
    amounts = secured_amounts(book, loan, items, loans, eads)
    if ead is None or amounts is None:
        return bare
    if ead == 0:
        return max(bare, rules["unsecured_floor"]) if floors else bare
    open_, loss, floor = ead, 0.0, 0.0
    for kind, rule in sorted(rules["kind"].items(), key=lambda entry: entry[1]["lgd"]):
        used = min(open_, amounts.get(kind, 0.0))
        open_ -= used
        loss += used * min(rule["lgd"], bare)
        floor += used * rule["floor"]
    loss, floor = loss + open_ * bare, floor + open_ * rules["unsecured_floor"]
    return max(loss, floor if floors else 0.0) / ead


def floored(book, loan, lgd, items, loans, eads):
    """Return the LGD of risk weights: an own one is at least the input floor of its secured and unsecured parts (CRE32)."""
    if loan["lgd"] is None:
        return lgd
    rules, ead = book.policy["collateral"], eads[loan["id"]]
    amounts = secured_amounts(book, loan, items, loans, eads)
    if not ead or amounts is None:
        return max(lgd, rules["unsecured_floor"])
    open_, floor = ead, 0.0
    for kind, rule in sorted(rules["kind"].items(), key=lambda entry: entry[1]["lgd"]):
        used = min(open_, amounts.get(kind, 0.0))
        open_ -= used
        floor += used * rule["floor"]
    return max(lgd, (floor + open_ * rules["unsecured_floor"]) / ead)


def usual(book, loan):
    """Return the bank's usual LGD of an unsecured loan."""
    return book.policy["scoring"]["lgd"][loan["seniority"] or "unknown"]


def unsecured(book, loan):
    """Return the LGD of an unsecured loan in the foundation approach; that of a loan of unknown seniority is the bank's usual one."""
    financial = loan["seniority"] == "senior" and sizes.financial(book, loan["customer"])
    rules = book.policy["capital"]["irb"]["lgd"]
    return rules["senior_financial" if financial else loan["seniority"]] if loan["seniority"] else usual(book, loan)


def secured_amounts(book, loan, items, loans, eads):
    """Return what secures a loan, by kind; None if a part of that is not known."""
    found = {}
    for item in items:
        value, share = secured_value(book, item, loan["currency"]), shares(book, loan, item, loans, eads)
        if value is None or share is None:
            return None
        amount = int(value * share * 100 + 1e-4) / 100
        found[item["kind"]] = found.get(item["kind"], 0.0) + amount
    return found


def total(amounts):
    """Return a sum of amounts in whole cents; None if there is nothing to add, or if a part is not known."""
    return None if not amounts or None in amounts else sum(round(amount * 100) for amount in amounts) / 100


def weighted(values, weights):
    """Return the mean weighted by exposure; None if a part is not known or nothing is exposed."""
    if not values or None in values or None in weights or sum(weights) == 0:
        return None
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)
