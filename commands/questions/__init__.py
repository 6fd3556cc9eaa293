"""Questions in plain words, in English and Chinese: the command that they mean, and its answer."""

from commands.questions.entities import mentioned
from commands.questions.understanding import Understood, understand

__all__ = ["Understood", "mentioned", "understand"]
