"""Blocks for Slack, the only module with Slack's limits and escaping.

Stored text goes into ``plain_text`` and ``rich_text`` elements, where nothing in it can become markup or a mention.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from string import Formatter
from typing import Any

from commands.kit.access.masking import prose
from commands.kit.contract import Block, Blocks
from commands.kit.directory import id_of
from commands.kit.i18n import Marked, Text, _, ngettext

HEADER, SECTION, NOTE, BUTTON, OPTION, TITLE, GIST = 150, 3000, 2000, 75, 75, 24, 3000
# of a table: rows below the headings, columns, text of all cells (Slack refuses 10,001), and of one cell
TABLE_ROWS, TABLE_COLUMNS, TABLE_TEXT, CELL = 100, 20, 9_000, 300
# of a chart
SERIES, CATEGORIES, LABEL, CHART_TITLE = 6, 20, 20, 50
MESSAGE_BLOCKS, VIEW_BLOCKS, OPTIONS, BUTTONS = 50, 100, 100, 25
# documented limits are higher, but messages were refused from about 13,000 characters
MESSAGE_TEXT = 12_000
CODE = 2900


def clean(text: object) -> str:
    """Return stored text on one line, without controls or characters that change the reading direction."""
    kept = "".join(letter if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} else " " for letter in str(text))
    return " ".join(kept.split())


def quoted(text: object) -> str:
    """Return somebody's own words on one line; dots if masked."""
    return prose(clean(text))


def cut(text: str, most: int) -> str:
    """Return at most ``most`` characters, with an ellipsis where it was cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def escape(text: object) -> str:
    """Return text for a message's ``text``, without any markup, mention, link or line break."""
    safe = cut(clean(text), GIST).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # a word joiner keeps * _ ~ ` from pairing up into formatting, and a scheme from becoming a link; between two letters
    # an underscore pairs with nothing, and expected_loss can be copied as it is
    return re.sub(r"([*~`]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))", "\u2060\\1\u2060", re.sub(r"(?i)([a-z])(://)", "\\1\u2060\\2", safe))


def marked(sentence: Text | str) -> str:
    """Return a sentence as mrkdwn: its own backticks and mentions work, its values are escaped."""
    whole = cut(sentence.render(escape) if isinstance(sentence, Text) else sentence, SECTION)
    # drop an entity or a mention that was cut in half
    return whole if len(whole) < SECTION else re.sub(r"(&[a-z]*|<[^<>]*)…$", "…", whole)


# Slack's ids have a digit; names in capitals have none
USER = re.compile(r"[UW](?=[A-Z]*[0-9])[A-Z0-9]{2,}")


def mention(user: str) -> Marked:
    """Return somebody's mention in a sentence."""
    return Marked(f"<@{user}>" if USER.fullmatch(user) else escape(user))


def plain(text: object, most: int = SECTION) -> dict[str, Any]:
    return {"type": "plain_text", "text": cut(str(text), most) or " ", "emoji": True}


def header(text: object) -> Block:
    """Return the first line of a message: the answer."""
    return {"type": "header", "text": plain(clean(text), HEADER)}


def bold(text: object) -> dict[str, Any]:
    return {"type": "text", "text": clean(text) or " ", "style": {"bold": True}}


def code(text: object) -> dict[str, Any]:
    return {"type": "text", "text": clean(text) or " ", "style": {"code": True}}


def person(user: str) -> dict[str, Any]:
    """Return a mention of somebody by id, or by a name that one person alone has; other names become text."""
    id = user if USER.fullmatch(user) else id_of(user)
    return {"type": "user", "user_id": id} if id else {"type": "text", "text": clean(user) or "–"}


def source(where: str | None) -> Any:
    """Return the source of an entry: a message's address as a neutral link, anything else as text."""
    if where and re.fullmatch(r"https?://[^\s<>|]{1,500}", where):
        return {"type": "link", "url": where, "text": str(_("the message"))}
    return prose(where) if where else where


def _elements(pieces: Sequence[Any]) -> list[dict[str, Any]]:
    """Return pieces as rich text; plain text keeps its spaces but not its controls."""
    return [piece if isinstance(piece, dict) else {"type": "text", "text": _visible(str(piece))} for piece in pieces if piece != ""]


def _visible(text: str) -> str:
    lines = ("".join(letter for letter in line if unicodedata.category(letter) not in {"Cc", "Cf", "Cs"}) for line in text.split("\n"))
    return "\n".join(lines) or " "


def paragraph(*pieces: Any) -> Block:
    """Return a paragraph of text, bold pieces and mentions."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": _elements(pieces)}]}


def around(text: Text, **pieces: Any) -> list[Any]:
    """Return a whole sentence with pieces (mentions, bold words, lists of them) in place of its placeholders."""
    found: list[Any] = []
    for literal, name, _spec, _conversion in Formatter().parse(text.template()):
        found += [literal] if literal else []
        if name is not None:
            piece = pieces[name]
            found += piece if isinstance(piece, list) else [piece]
    return found


def sentence(text: Text | str) -> Block:
    """Return a sentence with mentions."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": marked(text)}}


def opening(text: object, button: Block) -> Block:
    """Return a line of text with a button beside it that opens its subject."""
    return {"type": "section", "text": plain(clean(text)), "accessory": button}


def bullets(lines: Sequence[Sequence[Any]]) -> Block:
    """Return a bulleted list; each line is a sequence of pieces."""
    items = [{"type": "rich_text_section", "elements": _elements(line)} for line in lines]
    return {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": items}]}


def headed(heading: object, lines: Sequence[Sequence[Any]]) -> Block:
    """Return a bulleted list close under its heading."""
    items = [{"type": "rich_text_section", "elements": _elements(line)} for line in lines]
    return {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [bold(heading)]},
            {"type": "rich_text_list", "style": "bullet", "elements": items},
        ],
    }


def facts(pairs: Sequence[tuple[Text, Any]]) -> Block:
    """Return ``Label  value`` line by line; None omits a line."""
    elements: list[dict[str, Any]] = []
    for label, value in pairs:
        if value is None:
            continue
        pieces = [value] if isinstance(value, str | Text | dict) else list(value)
        if elements:
            elements.append({"type": "text", "text": "\n"})
        elements += [bold(label), {"type": "text", "text": "  "}, *_elements(pieces)]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements or _elements([" "])}]}


def preformatted(text: str) -> Block:
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": cut(text, CODE) or " "}]}
    return {"type": "rich_text", "elements": [element]}


def note(text: object) -> Block:
    """Return a small grey line under the answer."""
    return {"type": "context", "elements": [plain(clean(text), NOTE)]}


def divider() -> Block:
    return {"type": "divider"}


def button(action: str, label: object, value: str, *, style: str | None = None, confirm: Block | None = None) -> dict[str, Any]:
    """Return a button; ``value`` is an opaque id."""
    element: dict[str, Any] = {"type": "button", "action_id": action, "text": plain(label, BUTTON), "value": value}
    return element | ({"style": style} if style else {}) | ({"confirm": confirm} if confirm else {})


def confirm(title: object, text: object, yes: object) -> dict[str, Any]:
    """Return the question that Slack asks before it sends a press."""
    return {"title": plain(title, 100), "text": plain(clean(text), 300), "confirm": plain(yes, 30), "deny": plain(_("Cancel"), 30)}


def buttons(*elements: dict[str, Any], block_id: str | None = None) -> Block:
    block: Block = {"type": "actions", "elements": list(elements)[:BUTTONS]}
    return block | ({"block_id": block_id} if block_id else {})


def option(label: object, value: str, description: str = "") -> dict[str, Any]:
    found = {"text": plain(clean(label), OPTION), "value": value}
    return {**found, "description": plain(clean(description), OPTION)} if description else found


def fit(blocks: Blocks, *, most: int = MESSAGE_BLOCKS) -> Blocks:
    """Return the blocks within Slack's limits of number and text, with a note about omitted ones."""
    if len(blocks) <= most and sum(map(_letters, blocks)) <= MESSAGE_TEXT and sum(map(_cells, blocks)) <= TABLE_TEXT:
        return blocks
    # buttons stay, even if other blocks are omitted
    pressed = [block for block in blocks if block["type"] == "actions"][-1:]
    kept: Blocks = []
    size, cells = sum(map(_letters, pressed)), 0
    for block in blocks:
        size, cells = size + _letters(block), cells + _cells(block)
        if len(kept) == most - 2 or size > MESSAGE_TEXT or cells > TABLE_TEXT:
            break
        kept.append(block)
    left = [block for block in blocks[len(kept) :] if block not in pressed]
    kept.append(note(ngettext("{n} more section not shown here.", "{n} more sections not shown here.", len(left))))
    return kept + [block for block in pressed if block not in kept]


def _cells(block: Block) -> int:
    """Return the amount of text in a table, which Slack limits over all tables of a message."""
    return _letters(block) if block["type"] == "data_table" else 0


def _letters(value: Any) -> int:
    """Return the amount of text in blocks, as Slack counts it."""
    if isinstance(value, dict):
        return sum(len(entry) if name == "text" and isinstance(entry, str) else _letters(entry) for name, entry in value.items())
    return sum(map(_letters, value)) if isinstance(value, list) else 0
