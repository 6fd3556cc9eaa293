"""Follow indicators, alert on breaches and answer them."""

from commands.indicators import trends
from commands.indicators.indicators import IndicatorState, Value, standings
from commands.indicators.monitor import end_unlisted, evaluate, out_of_step

__all__ = ["IndicatorState", "Value", "end_unlisted", "evaluate", "out_of_step", "standings", "trends"]
