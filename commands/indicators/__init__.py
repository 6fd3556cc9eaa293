"""Follow indicators, alert on breaches and answer them."""

from commands.indicators import trends
from commands.indicators.indicators import IndicatorState, concerns, one_a_day, standings
from commands.indicators.monitor import evaluate

__all__ = ["IndicatorState", "concerns", "evaluate", "one_a_day", "standings", "trends"]
