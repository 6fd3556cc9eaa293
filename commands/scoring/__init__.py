"""Score the book, show and explain a score, and override a grade."""

from commands.scoring import default_words, grade_words, pd_words, score_card, score_groups, score_rows, score_words, scoring, suggesting
from commands.scoring.score_card import Behind

__all__ = [
    "Behind",
    "default_words",
    "grade_words",
    "pd_words",
    "score_card",
    "score_groups",
    "score_rows",
    "score_words",
    "scoring",
    "suggesting",
]
