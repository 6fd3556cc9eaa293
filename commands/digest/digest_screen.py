"""The screen of a digest: its opening sentence, and as many lines of each part as one screen has room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from commands.kit import blocks
from commands.kit.contract import Blocks
from commands.kit.digest_parts import Part
from commands.kit.i18n import Text, _, ngettext

# the lines of the message, one screen; the thread has the rest
ROOM = 18


@dataclass(frozen=True, slots=True)
class Screen:
    """The blocks of one screen, and those of the items that had no room on it."""

    blocks: Blocks
    rest: Blocks


@dataclass(frozen=True, slots=True)
class _Shown:
    """A part, and how many of its lines are on the screen; a part without a line on it is only named."""

    part: Part
    lines: int

    @property
    def height(self) -> int:
        """Return the lines that it takes: heading, items, and the number of the others."""
        return 1 + self.lines + (self.part.new > self.lines)


def opening(parts: Sequence[Part]) -> Text:
    """Return the most important thing of the day in one sentence."""
    leads = [part.lead for part in parts if part.lead and part.new]
    if leads:
        # of equal ones the first section's
        return max(leads, key=lambda lead: lead.urgency).sentence
    if new := [part for part in parts if part.new]:
        return new[0].heading
    if still := [part.standing for part in parts if part.standing]:
        return _("Nothing new. Still open: {first}").format(first=still[0].said)
    return _("Nothing new.")


def arrange(parts: Sequence[Part]) -> Screen:
    """Return the new things of each part, then those still open, within one screen; ``rest`` has the others."""
    new = [part for part in parts if part.new]
    standing = [[str(part.standing)] for part in parts if part.standing]
    shown = _fitted(new, ROOM - (1 + len(standing) if standing else 0))
    body: Blocks = [block for one in shown if one.lines for block in _part(one.part.heading, one.part.lines[: one.lines], one.part.new)]
    if unseen := [str(one.part.heading) for one in shown if not one.lines]:
        body.append(blocks.paragraph(blocks.bold(_("Also")), "  ", " · ".join(unseen)))
    if standing:
        body += [blocks.paragraph(blocks.bold(_("Still open"))), blocks.bullets(standing)]
    rest = [block for one in shown if one.lines < len(one.part.lines) for block in _remaining(one)]
    return Screen(body, rest)


def _fitted(parts: Sequence[Part], room: int) -> list[_Shown]:
    """Return the number of lines of each part: the longest gives way first, then the last ones are only named."""
    shown = [_Shown(part, len(part.lines)) for part in parts]
    while _height(shown) > room:
        most = max((one.lines for one in shown), default=0)
        if most == 0:
            break
        # several longest ones, and parts with one line each, give way from the end
        place = max(place for place, one in enumerate(shown) if one.lines == most)
        shown[place] = _Shown(shown[place].part, most - 1)
    return shown


def _height(shown: Sequence[_Shown]) -> int:
    return sum(one.height for one in shown if one.lines) + any(not one.lines for one in shown)


def _part(heading: Text, lines: Sequence[Sequence[Any]], count: int) -> Blocks:
    more = count - len(lines)
    tail = [[ngettext("+{n} more", "+{n} more", more)]] if more > 0 else []
    return [blocks.paragraph(blocks.bold(heading)), blocks.bullets([*lines, *tail])]


def _remaining(one: _Shown) -> Blocks:
    """Return the lines of a part that are not on the screen."""
    heading = _("{heading}, continued").format(heading=one.part.heading) if one.lines else one.part.heading
    return _part(heading, one.part.lines[one.lines :], one.part.new - one.lines)
