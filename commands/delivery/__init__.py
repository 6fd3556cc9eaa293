"""Record events and tell people about them, interpret Slack's answers to a message, and share answers."""

from commands.delivery import outbox_words, quota, reads, secrecy_words, share
from commands.delivery.recording import record, tell, tell_of
from commands.delivery.share import ExportArgs, unfold
from commands.delivery.stages import Draft

__all__ = ["Draft", "ExportArgs", "outbox_words", "quota", "reads", "record", "secrecy_words", "share", "tell", "tell_of", "unfold"]
