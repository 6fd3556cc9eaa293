"""The texts of a command line, before any command looks at them."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.settings import SettingsError
from risk_engine.characters import is_blank, refused_in, shown


def check_texts(parsed: argparse.Namespace) -> None:
    """Refuse texts and file names with characters that databases or terminals do not accept.

    Raises:
        SettingsError: names the argument and the character.
    """
    for name, given in vars(parsed).items():
        for text in given if isinstance(given, list) else [given]:
            if isinstance(text, str | Path) and (character := refused_in(str(text)) or next(filter(str(text).count, "\n\r\t"), None)):
                said = character if character.startswith("U+") else f"U+{ord(character):04X}"
                raise SettingsError(f"{name} {shown(str(text))!r} holds a character that cannot be kept, {said}: leave it out")
            if isinstance(text, str) and is_blank(text):
                raise SettingsError(f"{name} is empty: say something, or leave it out")
