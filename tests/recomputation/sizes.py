"""The sales by which the size of a firm is judged: those of its accounting group (standards § 12)."""

from __future__ import annotations

from tests.recomputation import calendar


def of_groups(book):
    """Return every customer's sales in whole units of the rule's currency; None where none are known."""
    currency = book.policy["capital"]["irb"]["size"].get("currency", "EUR")
    customers = book.rows["customers"]
    own = {one["id"]: sales(book, one["id"], currency) for one in customers}
    groups = {}
    for one in customers:
        groups.setdefault(one["group"], []).append(one)
    return {one["id"]: own[one["id"]] if one["group"] is None else together(book, groups[one["group"]], own) for one in customers}


def that_count(book, sales):
    """Return the sales by which firms are judged small or not: a financial firm has none."""
    if "sizes" not in book.by:
        book.by["sizes"] = {id: None if financial(book, id) else amount for id, amount in sales.items()}
    return book.by["sizes"]


def financial(book, customer):
    if "financial" not in book.by:
        listed = {name.lower() for name in book.policy["capital"]["irb"]["financial_sectors"]}
        firms = (one for one in book.rows["customers"] if one["kind"] == "financial" or (one["sector"] or "").strip().lower() in listed)
        book.by["financial"] = {one["id"] for one in firms}
    return customer in book.by["financial"]


def together(book, members, own):
    """Return the sales of the parent's consolidated statement, else the sum of the members known."""
    heads = [one["id"] for one in members if one["group_parent"] and consolidated(book, one["id"]) and own[one["id"]] is not None]
    if len(heads) == 1:
        return own[heads[0]]
    known = [own[one["id"]] for one in members if own[one["id"]] is not None]
    return sum(known) if known else None


def statements(book, customer):
    """Return a customer's statements by end month and months covered: consolidated ones, where there are any that count."""
    found = {}
    for row in book.of_customer("statements", customer):
        if row["period_end"] <= book.day:
            when = calendar.days_before(row["period_end"], 7)
            key = when.year * 12 + when.month, int(row["months"] or 12)
            if key not in found or (row["basis"] or "consolidated") == "consolidated":
                found[key] = row
    return found


def newest(book, customer):
    """Return the month and length of the newest statement that is not too old; None without one."""
    found = statements(book, customer)
    oldest = calendar.days_before(book.day, book.policy["data"]["statement_days"])
    ends = [key for key, row in found.items() if row["period_end"] >= oldest]
    return max(ends) if ends else None


def consolidated(book, customer):
    key = newest(book, customer)
    return key is not None and (statements(book, customer)[key]["basis"] or "consolidated") == "consolidated"


def sales(book, customer, currency):
    """Return the sales of the twelve months that end with the newest statement, in the rule's currency; None if not known."""
    found, key = statements(book, customer), newest(book, customer)
    if key is None:
        return None
    parts = twelve_months(found, *key)
    row = found[key]
    factor = book.worth(row["currency"])
    into = book.worth(currency)
    if parts is None or None in (factor, into) or any(one["revenue"] is None for one, _sign in parts):
        return None
    return max(sum(sign * one["revenue"] for one, sign in parts) * factor, 0.0) / into


def twelve_months(found, month, months):
    """Return the statements that add up to twelve months, with their signs; None if there are none."""
    ways = [
        [((month, 12), 1)] if months == 12 else None,
        [((month, months), 1), ((month - months, 12), 1), ((month - 12, months), -1)],
        [((month - 3 * back, 3), 1) for back in range(4)],
        [((month - 6 * back, 6), 1) for back in range(2)],
        [((max((end for end, length in found if length == 12 and month - 12 < end <= month), default=0), 12), 1)],
    ]
    for way in ways:
        if way and all(key in found for key, _sign in way):
            return [(found[key], sign) for key, sign in way]
    return None
