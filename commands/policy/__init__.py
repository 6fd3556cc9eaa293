"""Show and change the policy."""

from commands.policy import effect_words, policy_words
from commands.policy.policy_words import accepted, value

__all__ = ["accepted", "effect_words", "policy_words", "value"]
