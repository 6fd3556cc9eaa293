"""Follow indicators, alert on breaches and answer them."""

from commands.indicators import trends
from commands.indicators.indicators import IndicatorState, Value, standings
from commands.indicators.monitor import Tell, anything_untold, end_unlisted, evaluate, out_of_step, tell_untold

__all__ = [
    "IndicatorState",
    "Tell",
    "Value",
    "anything_untold",
    "end_unlisted",
    "evaluate",
    "out_of_step",
    "standings",
    "tell_untold",
    "trends",
]
