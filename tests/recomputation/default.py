"""Who is in default today, since when and for which reasons, by evidence and by what earlier days have found (standards § 11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from tests.recomputation import arrears, calendar, letters

# the bits under which reasons are stored
BITS = {
    "past_due": 1,
    "letter": 2,
    "recorded": 4,
    "bankruptcy": 8,
    "evasion": 16,
    "non_accrual": 32,
    "provision": 64,
    "sale_at_loss": 128,
    "distressed_restructuring": 256,
    "restructured_again": 512,
    "judgement": 1024,
    "probation": 2048,
    "arrears": 4096,
}


@dataclass
class Default:
    """Whether a customer is in default, the reasons (as stored bits), the first day, and the day on which probation will be over."""

    holds: bool
    reasons: int = 0
    since: date | None = None
    ends: date | None = None
    by: set = field(default_factory=set)
    # an approved judgement sets the presumption of days past due aside for stage and expected credit loss
    rebutted: bool = False
    # all reasons so far, and the day since which none holds and all arrears are paid
    entered: set = field(default_factory=set)
    ended: date | None = None


def judged(book, customer, loans, lates):
    """Return a customer's default today, by its evidence and by the default that an earlier day has found."""
    before, voided = book.before.get(customer), last_void(book, customer)
    if before and voided and before.since <= voided:
        before = None
    items = [*of_arrears(book, loans, lates), *of_letters(book, customer), *of_outcomes(book, customer)]
    items += [*of_incidents(book, customer), *of_loans(book, loans), *of_judgements(book, customer)]
    now = [item for item in items if item[2] is None]
    past = [item for item in items if item[2] is not None and not (voided and item[1] <= voided)]
    since = min([*(min(item[1], book.day) for item in (*now, *past)), *([before.since] if before else [])], default=None)
    entered = {item[0] for item in (*now, *past)} | (before.entered if before else set())
    if now:
        by = {item[0] for item in now}
        return Default(True, sum(BITS[reason] for reason in by), since, None, by, rebutted(book, customer, by), entered)
    if not past and not before:
        return Default(False)
    return in_probation(book, customer, loans, lates, past, before, since, entered)


def in_probation(book, customer, loans, lates, past, before, since, entered):
    """Return the state of a customer whose reasons have all gone: in probation from the day when the last one went, or cured."""
    waiting = before is not None and before.ended is None
    known = [item[2] for item in past] + ([before.ended] if before and before.ended else [])
    # the day on which a reason on record has gone is this one, where no date says another
    undated = waiting and before.by - {item[0] for item in past}
    clean = book.day if undated or not known else max(known)
    ends = probation(book, loans, entered, clean)
    if ends <= book.day and not waiting:
        return Default(False)
    if any(one.days is None or one.days > 0 for one in lates):
        return Default(True, BITS["arrears"], since, None, {"arrears"}, rebutted(book, customer, {"arrears"}), entered)
    if ends <= book.day:
        return Default(False)
    return Default(True, BITS["probation"], since, ends, {"probation"}, rebutted(book, customer, {"probation"}), entered, clean)


def of_judgements(book, customer):
    for kind, since, until in book.judgements.get(customer, []):
        if kind == "unlikely_to_pay" and since <= book.day:
            yield "judgement", since, until if until and until < book.day else None


def last_void(book, customer):
    return max((since for kind, since, _until in book.judgements.get(customer, []) if kind == "void"), default=None)


def rebutted(book, customer, by):
    """Return True if an approved rebuttal sets the presumption of days past due aside, and nothing else is the reason."""
    found = [until for kind, since, until in book.judgements.get(customer, []) if kind == "rebuttal" and since <= book.day <= until]
    return bool(found) and by <= {"past_due", "arrears", "probation"}


def probation(book, loans, reasons, clean):
    """Return the day on which the probation that began on a clean day is over: the longest that applies."""
    own, chinese = book.policy["default"]["probation"], book.policy["categories"]["cure"]
    distressed = reasons & {"distressed_restructuring", "restructured_again"}
    name = "restructured_months" if distressed else "months"
    ends = [calendar.months_after(clean, max(own[name], chinese[name]))]
    due = sorted(row["due"] for loan in loans for row in book.of_facility("instalments", loan["id"]) if row["due"] > clean)
    return max([*ends, *due[chinese["instalments"] - 1 : chinese["instalments"]]])


def of_arrears(book, loans, lates):
    days = arrears.material_days(book, loans, lates) if loans else 0
    first = book.policy["default"]["from_days"]
    if days is not None and days >= first:
        yield "past_due", calendar.days_before(arrears.material_since(book, loans, lates), 1 - first), None


def of_letters(book, customer):
    letter = letters.counting(book, customer)
    if letter and letter["pd"] >= 1:
        yield "letter", letter["as_of"], None


def of_outcomes(book, customer):
    """Events on record: each holds until the next cure."""
    rows = book.of_customer("outcomes", customer)
    cures = sorted(row["as_of"] for row in rows if row["event"] == "cure")
    for row in rows:
        if row["event"] != "cure":
            ended = next((day for day in cures if day >= row["as_of"]), None)
            yield "bankruptcy" if row["event"] == "bankruptcy" else "recorded", row["as_of"], ended


def of_incidents(book, customer):
    for row in book.of_customer("incidents", customer):
        if reason := book.policy["default"]["incidents"].get(row["kind"]):
            ended = row["resolved"] if row["resolved"] and row["resolved"] <= book.day else None
            yield reason, row["as_of"], ended


def of_loans(book, loans):
    rules = book.policy["default"]
    for loan in loans:
        when = loan["restructured_on"]
        observed = when is None or calendar.months_after(when, rules["observation_months"]) > book.day
        dated = loan["as_of"] or book.day
        if loan["non_accrual"]:
            yield "non_accrual", dated, None
        if (loan["provision"] or 0) > 0:
            yield "provision", dated, None
        if observed and (loan["restructuring_loss"] or 0) > rules["restructuring_loss"]:
            yield "distressed_restructuring", when or dated, None
        if observed and (loan["restructured"] or 0) >= 2:
            yield "restructured_again", when or dated, None
