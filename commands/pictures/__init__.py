"""Pictures of charts, for workspaces in which Slack draws none: figures and dates only, with the words in the message beside them."""

from commands.pictures.chart import picture

__all__ = ["picture"]
