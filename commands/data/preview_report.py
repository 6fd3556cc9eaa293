"""The preview of a file in words: its probable kind, its columns, its first rows, and its oddities."""

from __future__ import annotations

from collections.abc import Iterator

from tabulate import tabulate

from commands.data import doubts
from commands.data.file_words import file_in_words, map_in_words, refusal_in_words, shown
from commands.kit.i18n import Text, _, listed, ngettext
from commands.kit.wording import words
from risk_engine.policy.policy import Policy
from storage.data.files import FileRefused, Preview, written

_DELIMITERS: dict[str, Text] = {
    ",": _("commas"),
    "，": _("commas"),
    ";": _("semicolons"),
    "；": _("semicolons"),
    "\t": _("tabs"),
}
_WIDEST = 24


def summary(found: Preview) -> str:
    """Return the properties of the file as guessed: format, encoding, delimiter, header row and kind."""
    guess = found.guess
    if guess.encoding is None:
        looks = _("{file}: {format} file.").format(file=found.file, format=guess.format)
    else:
        sign = _DELIMITERS.get(guess.delimiter or "", guess.delimiter)
        looks = _("{file}: {format} in {encoding}, columns divided by {sign}.").format(
            file=found.file, format=guess.format, encoding=guess.encoding, sign=sign
        )
    if guess.kind is None:
        seems = _("Its columns fit no kind of file.")
    else:
        seems = _("It seems to hold {kind}.").format(kind=words.heading(guess.kind))
    header = _("Row {row} names the columns.").format(row=guess.header_row)
    return " ".join(map(str, (looks, header, seems)))


def columns(found: Preview) -> Iterator[Text]:
    """Yield our columns with the file's, and the columns that are not used."""
    for ours, theirs in found.guess.columns.items():
        yield _("{ours} from {theirs}").format(ours=ours, theirs=shown(theirs))
    if found.unused:
        yield _("Not used: {columns}.").format(columns=listed(map(shown, found.unused)))


def oddities(found: Preview) -> Iterator[Text]:
    """Yield the oddities of the file: a question about all of it, refused cells, and dates that could be read in two ways."""
    if isinstance(found.trouble, FileRefused):
        yield file_in_words(found.trouble)
    elif found.trouble is not None:
        yield from (map_in_words(problem) for problem in found.trouble.problems)
    if found.guess.ambiguous:
        formats = listed(found.guess.ambiguous)
        yield _("The dates could be written as {formats}; name the right one as formats under dates of the mapping.").format(
            formats=formats
        )
    used = len(set(found.guess.columns.values()))
    if found.rows and len(found.unused) > used:
        yield _("Most columns are not used: {unused} of {all}. Is it really a file of {kind}?").format(
            unused=len(found.unused), all=len(found.unused) + used, kind=words.heading(found.kind or "")
        )
    if found.refused:
        yield ngettext(
            "{n} of the first {checked} rows would be refused:", "{n} of the first {checked} rows would be refused:", found.refused
        ).format(checked=words.count(found.checked))
    yield from (refusal_in_words(refusal) for refusal in found.refusals)


def table(found: Preview) -> str:
    """Return the first rows as they would be loaded."""
    cut = [[cell if len(cell) <= _WIDEST else f"{cell[: _WIDEST - 1]}…" for cell in map(shown, row)] for row in found.rows]
    return tabulate(cut, headers=list(found.headings), disable_numparse=True)


def preview_lines(found: Preview, policy: Policy) -> Iterator[str]:
    """Yield a preview for a terminal, with the mapping to save."""
    yield summary(found)
    if found.kind is not None and found.kind != found.guess.kind:
        yield str(_("It was read as {kind}, as you asked.").format(kind=words.heading(found.kind)))
    yield from ("", str(_("Columns")), *(f"  {line}" for line in columns(found)))
    if mapping := written(found.mapping):
        yield from ("", str(_("Mapping, to be saved in a file and named with --map")), mapping.rstrip())
    if found.rows:
        yield from ("", str(_("First rows as understood")), table(found))
    if odd := [str(line) for line in (*oddities(found), *doubts.in_file(found, policy))]:
        yield from ("", str(_("What looks odd")), *odd)
    yield from ("", str(_("This was a preview: nothing was imported.")))
