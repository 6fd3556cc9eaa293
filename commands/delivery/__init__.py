"""Share, page, export and reveal answers."""

from commands.delivery import outbox_words, secrecy_words
from commands.delivery.share import ExportArgs, unfold

__all__ = ["ExportArgs", "outbox_words", "secrecy_words", "unfold"]
