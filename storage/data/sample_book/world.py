"""The world of the sample book: stories told up to ``today``, shown as they were known on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from random import Random

from storage.data.sample_book.accounts.periods import period_ends
from storage.data.sample_book.borrowers import Borrower
from storage.data.sample_book.chance import Wave, between, chance
from storage.data.sample_book.stories import CORRECTED, STORIES, Story, at, share

QUARTERS, MONTHS = 12, 24
# reports arrive some weeks after the quarter, and some days after the month
QUARTER_LAG, MONTH_LAG = timedelta(days=20), timedelta(days=3)


@dataclass(frozen=True)
class World:
    """A seed, the last day of the stories, and the day of the look (at most that day)."""

    seed: int
    today: date
    known: date

    @cached_property
    def quarters(self) -> list[date]:
        """Return all quarter ends, oldest first, including those reported after the look."""
        return period_ends(self.today - QUARTER_LAG, 3, QUARTERS)

    @cached_property
    def months(self) -> list[date]:
        return period_ends(self.today - MONTH_LAG, 1, MONTHS)

    @cached_property
    def newest_month(self) -> date:
        """Return the last month's end with known figures."""
        return period_ends(self.known - MONTH_LAG, 1, 1)[0]

    def chance(self, *key: object) -> Random:
        return chance(self.seed, *key)

    def between(self, low: float, high: float, *key: object) -> float:
        """Return one random figure, fixed for a thing."""
        return between(low, high, self.seed, *key)

    def wave(self, *key: object) -> Wave:
        """Return the path of one thing."""
        return _wave(self.seed, *key)

    def story(self, each: Borrower) -> Story:
        return STORIES[each.story]

    def reported_quarters(self, each: Borrower) -> list[tuple[int, date]]:
        """Return the borrower's reported quarters, each with the number of later ones, oldest first."""
        silent = self.story(each).silent
        told = [(len(self.quarters) - 1 - place, day) for place, day in enumerate(self.quarters)]
        return [(back, day) for back, day in told if back >= silent and day + QUARTER_LAG <= self.known]

    def reported_months(self, each: Borrower) -> list[tuple[int, date]]:
        """Return the borrower's reported months; a silent quarter means three silent months."""
        silent = 3 * self.story(each).silent
        told = [(len(self.months) - 1 - place, day) for place, day in enumerate(self.months)]
        return [(back, day) for back, day in told if back >= silent and day + MONTH_LAG <= self.known]

    def stress(self, each: Borrower, back: int) -> float:
        """Return the stress a number of quarters before the newest, as known on the day of the look."""
        story = self.story(each)
        uncorrected = story.before and self.known < self.today - CORRECTED[each.turn % len(CORRECTED)]
        return at(story.before if uncorrected else story.stress, back) * share(each.story, each.turn)

    def strained(self, each: Borrower) -> str:
        """Return the ratio in which this borrower's trouble shows."""
        if each.project:
            return "dscr"
        return "current_ratio" if each.maker and not self.story(each).service else "interest_coverage"


@cache
def _wave(seed: int, *key: object) -> Wave:
    return Wave(chance(seed, *key))
