"""Show and judge whether a customer is in default."""

from commands.classification.default import judgement_named, show_judgement

__all__ = ["judgement_named", "show_judgement"]
