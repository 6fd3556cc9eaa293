"""Pictures for answers. They carry figures and dates only: words stand in the message, in the reader's language."""

from commands.pictures.indicators import PANELS, picture

__all__ = ["PANELS", "picture"]
