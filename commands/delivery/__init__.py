"""Record what happened, tell the people concerned, and share, page, export and reveal answers."""

from commands.delivery import outbox_words, quota, reads, secrecy_words
from commands.delivery.recording import record
from commands.delivery.share import ExportArgs, unfold

__all__ = ["ExportArgs", "outbox_words", "quota", "reads", "record", "secrecy_words", "unfold"]
