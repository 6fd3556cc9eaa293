"""Log risks, propose responses, and name their owners."""

from commands.register.respond import propose, settle
from commands.register.risk_card import answering, risk_card

__all__ = ["answering", "propose", "risk_card", "settle"]
