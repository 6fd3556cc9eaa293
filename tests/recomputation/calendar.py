"""Days, months and years as a calendar counts them."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def days_before(day, days):
    """Return the day so many days earlier."""
    return day - timedelta(days=days)


def months_after(day, months):
    """Return the same day some months later, or the last day of that month."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def years_between(first, last):
    """Return the years between two days, of 365.25 days each."""
    return (last - first).days / 365.25
