"""Log risks, propose responses, and name their owners."""

from commands.register.respond import propose
from commands.register.risk_card import risk_card

__all__ = ["propose", "risk_card"]
