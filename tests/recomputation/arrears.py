"""Days past due and overdue amounts of each loan, and of the debtor while they are material (standards § 11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from tests.recomputation import calendar


@dataclass
class Late:
    """A loan's days past due (None: not known) and overdue amount in its currency.

    ``history`` gives what was overdue from which day on; without one the ledger of the day ``dated`` says it all.
    """

    days: int | None
    overdue: float
    history: list = field(default_factory=list)
    dated: date | None = None


def late(book, loan):
    """Return a loan's arrears today: the worse of the ledger, rolled forward by the schedule, and of the schedule against payments."""
    schedule = schedule_arrears(book, loan)
    days = ledger_days(book, loan)
    if schedule is None:
        told = loan["overdue"] if loan["overdue"] is not None else loan["outstanding"]
        stale = days is None or is_stale(book, loan)
        return Late(None if stale and loan["outstanding"] else days or 0, 0.0 if not days else told, dated=loan["as_of"])
    rolled = rolled_forward(book, loan, days) if days else Late(0, 0.0)
    return rolled if rolled.days > schedule.days else schedule


def is_stale(book, loan):
    return loan["as_of"] is not None and loan["as_of"] < calendar.days_before(book.day, book.policy["data"]["facility_days"])


def rolled_forward(book, loan, days):
    """Return the ledger's arrears as they stand today, after the instalments due and the payments since its day.

    They are the amount stated, else the instalments due within those days, else all that is owed; the oldest is as old as the ledger says.
    """
    dated = loan["as_of"] or book.day
    begin = calendar.days_before(dated, days)
    rows = [row for row in book.of_facility("instalments", loan["id"]) if fed(book, row)]
    planned = sorted((row["due"], row["principal"] + row["interest"]) for row in rows)
    within = [] if loan["overdue"] is not None else [(due, amount) for due, amount in planned if begin <= due < dated]
    stated = loan["overdue"] if loan["overdue"] is not None else loan["outstanding"]
    owed = [(begin if due == within[0][0] else due, amount) for due, amount in within] or [(begin, stated)]
    owed += [(due, amount) for due, amount in planned if due >= dated]
    paid = sorted((row["paid"], row["amount"]) for row in book.of_facility("payments", loan["id"]) if dated < row["paid"] <= book.day)
    return against(owed, paid, book.day)


def ledger_days(book, loan):
    """Return the ledger's days past due; None for a cell without them."""
    return None if loan["days_past_due"] is None else int(loan["days_past_due"])


def alive(book):
    """Return True while payments are fed: the newest is not older than the policy's days."""
    if "alive" not in book.by:
        newest = max(((row["booked"] or row["paid"]) for row in book.rows["payments"]), default=date.min)
        book.by["alive"] = newest >= calendar.days_before(book.day, book.policy["default"]["payments_days"])
    return book.by["alive"]


def fed(book, row):
    return book.fed is None or row["due"] < book.fed


def schedule_arrears(book, loan):
    """Return the arrears that the schedule proves; None without a schedule, or where payments are not fed."""
    rows = book.of_facility("instalments", loan["id"])
    if not rows or not alive(book):
        return None
    grace = book.policy["arrears"]["grace_days"]
    due = sorted((calendar.days_before(row["due"], -grace), row["principal"] + row["interest"]) for row in rows if fed(book, row))
    paid = sorted((row["paid"], row["amount"]) for row in book.of_facility("payments", loan["id"]) if row["paid"] <= book.day)
    return against(due, paid, book.day)


def against(due, paid, day):
    """Return the arrears of instalments against payments, the oldest settled first."""
    open_ = unpaid(due, sum(amount for _paid, amount in paid), day)
    overdue = sum(amount for _due, amount in open_)
    days = (day - open_[0][0]).days if open_ else 0
    return Late(days, overdue, owed_over_time(due, paid, day))


def unpaid(due, paid, day):
    """Return the instalments before a day that payments, taken in order of the due dates, do not cover, with what is left of each."""
    left = []
    for when, amount in due:
        if when >= day:
            break
        covered = min(paid, amount)
        paid -= covered
        if amount - covered > 0.004999:
            left.append((when, amount - covered))
    return left


def owed_over_time(due, paid, day):
    """Return the days on which the overdue amount changed, each with the amount from then on."""
    moments = sorted({calendar.days_before(when, -1) for when, _amount in due if when < day} | {when for when, _amount in paid})
    return [(moment, overdue_on(due, paid, moment)) for moment in moments]


def overdue_on(due, paid, day):
    owed = sum(amount for when, amount in due if when < day)
    return max(0.0, owed - sum(amount for when, amount in paid if when <= day))


def material_days(book, loans, lates):
    """Return for how many consecutive days, up to today, the debtor's arrears have been above both thresholds."""
    first = first_material(book, loans, lates, lambda one: book.day)
    return first and (book.day - first).days + 1


def material_since(book, loans, lates):
    """Return the first of those days, counting a ledger's days back from its own day."""
    return first_material(book, loans, lates, lambda one: one.dated or book.day)


def first_material(book, loans, lates, counted_on):
    """Return the first day of the debtor's material arrears, if ledgers counted their days on those days; None where there are none."""
    rules = book.policy["arrears"]
    worth = {loan["id"]: book.worth(loan["currency"]) for loan in loans}
    if any(worth[loan["id"]] is None for loan in loans):
        return None
    owed = sum(loan["outstanding"] * worth[loan["id"]] for loan in loans)
    first, day = None, book.day
    while True:
        overdue = sum(overdue_then(one, counted_on(one), day) * worth[loan["id"]] for loan, one in zip(loans, lates, strict=True))
        if not (overdue > rules["absolute"] and overdue > rules["relative"] * owed):
            return first
        first, day = day, calendar.days_before(day, 1)


def overdue_then(one, counted_on, day):
    """Return a loan's overdue amount on an earlier day: from its history, else what is overdue now since it is past due."""
    if not one.days:
        return 0.0
    if one.history:
        then = [amount for moment, amount in one.history if moment <= day]
        return then[-1] if then else 0.0
    return one.overdue if (counted_on - day).days < one.days else 0.0
