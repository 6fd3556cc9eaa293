"""The report of an import, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commands.data.file_words import refusal_in_words, shown
from commands.kit.i18n import Text, _, listed, ngettext
from commands.kit.wording import words
from storage.data.files import Refusal
from storage.data.files.merge import Part, Summed

_NAMED = 5


@dataclass(frozen=True, slots=True)
class ImportReport(Summed):
    """The result of an import or a dry run. ``refused`` counts rows, ``refusals`` holds their first cells."""

    kind: str
    file: str
    seconds: float = 0.0
    rows: int = 0
    parts: tuple[Part, ...] = ()
    merged: int = 0
    passed: int = 0
    unwatched: tuple[str, ...] = ()
    pivots: tuple[int, ...] = ()
    doubts: tuple[Text, ...] = ()
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()
    unknown_columns: tuple[str, ...] = ()
    rejects: Path | None = None
    problems: tuple[Text, ...] = ()
    import_id: int | None = None
    dry_run: bool = False
    loaded: bool = False

    def lines(self) -> list[str]:
        """Return the report in the reader's language, one sentence per line."""
        return [str(text) for text in self._texts()]

    def _texts(self) -> Iterator[Text]:
        yield from self.problems
        if self.problems:
            yield _("Nothing was imported from {file}.").format(file=self.file)
            return
        if self.unknown_columns:
            yield _("Ignored columns: {columns}.").format(columns=listed(map(shown, self.unknown_columns)))
        yield from (refusal_in_words(refusal) for refusal in self.refusals)
        if self.rejects is not None:
            yield ngettext("{n} row was refused; see {path}.", "{n} rows were refused; see {path}.", self.refused).format(path=self.rejects)
        if self.refused and not self.parts:
            yield _("Nothing was imported from {file}: correct these rows, or load the others with --skip-bad.").format(file=self.file)
            return
        yield from self._done()

    def _done(self) -> Iterator[Text]:
        seconds = f"{self.seconds:.1f}"
        yield ngettext("Read {n} row of {file} in {seconds} s.", "Read {n} rows of {file} in {seconds} s.", self.rows).format(
            file=self.file, seconds=seconds
        )
        if self.passed:
            yield ngettext("{n} row was left out, as the mapping says.", "{n} rows were left out, as the mapping says.", self.passed)
        if self.pivots:
            past, ahead = self.pivots
            yield _("Years of two digits were read as {first}–{past}, or up to {ahead} where a date may lie in the future.").format(
                first=past - 99, past=past, ahead=ahead
            )
        if self.merged:
            yield ngettext("{n} repeated entry was merged.", "{n} repeated entries were merged.", self.merged)
        for part in self.parts:
            yield _("{kind}: {added} new, {changed} changed, {unchanged} unchanged.").format(
                kind=words.heading(part.name), added=part.added, changed=part.changed, unchanged=part.unchanged
            )
        if self.unwatched:
            names = listed((*self.unwatched[:_NAMED], *(["…"] if len(self.unwatched) > _NAMED else [])))
            yield ngettext("{n} indicator without a KRI: {names}.", "{n} indicators without a KRI: {names}.", len(self.unwatched)).format(
                names=names
            )
        yield from self.doubts
        if self.dry_run:
            yield _("This was a dry run: nothing was changed.")
