"""Lines that people type, read in their language, on their date and with the names that they see."""

from __future__ import annotations

from bot.working.desk import Desk
from commands.kit.contract import Person
from commands.kit.input import inline
from commands.kit.input.inline import Asked
from commands.kit.registry import registry


def read(desk: Desk, line: str, who: Person) -> Asked:
    """Parse the text after ``/risk`` as somebody typed it just now.

    Raises:
        Refused: in words.
    """
    today = desk.clock.now().astimezone(who.reader.tzinfo).date()
    return inline.read(registry(), line, today=today, called=desk.people.name_of)
