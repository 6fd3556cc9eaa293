"""The command reference and the manifest, written from the registry: ``python -m bot.reference``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot import manifest, rooms
from commands.home.help import usage
from commands.kit.contract import Command
from commands.kit.i18n import Reader, reading
from commands.kit.input.fields import arguments
from commands.kit.registry import registry

REFERENCE = Path(__file__).parent.parent / "docs" / "commands.md"


def text() -> str:
    """Return docs/commands.md, made from the registry."""
    with reading(Reader("en_GB", masked=False)):
        return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Commands"
    yield ""
    yield "Generated from the commands by `make reference`; do not edit. If a line leaves out a required argument, a form asks for it."
    for command in registry().commands.values():
        yield from _command(command)
    yield from ["", "## Buttons", "", "| button | effect | changes data |", "|---|---|---|"]
    for action in registry().actions.values():
        yield f"| `{action.name}` | {action.summary} | {'yes' if action.writes else 'no'} |"
    yield from ["", "## Shortcuts", "", "| menu entry | place | opens |", "|---|---|---|"]
    for shortcut in registry().shortcuts.values():
        yield f"| {shortcut.name} | {'menu of a message' if shortcut.prefill else 'global'} | `/risk {shortcut.command}` |"


def _command(command: Command) -> Iterator[str]:
    yield from ["", f"## `{usage(command)}`", "", f"{command.summary}.{' Changes data.' if command.writes else ''}"]
    taken = [argument for argument in arguments(command.args) if not argument.ask.hidden]
    if taken:
        yield from ["", "| argument | meaning | accepted values | required |", "|---|---|---|---|"]
        for argument in taken:
            letter = f" (`{argument.ask.letter}3`)" if argument.ask.letter else ""
            yield f"| `{argument.name}`{letter} | {argument.ask.label} | {argument.accepted} | {'yes' if argument.required else 'no'} |"
    if command.examples:
        yield from ["", "```", *(f"/risk {example}" for example in command.examples), "```"]


if __name__ == "__main__":
    manifest.PATH.write_text(manifest.as_text(), "utf-8")
    REFERENCE.write_text(text(), "utf-8")
    rooms.DOCUMENT.write_text(rooms.placed(rooms.DOCUMENT.read_text("utf-8")), "utf-8")
