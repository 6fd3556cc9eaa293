"""A preview of a file: its probable kind, its first rows as an import would read them, and its oddities. Nothing is loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from storage.data.files.guessing import Guess, guess
from storage.data.files.kinds import KINDS
from storage.data.files.kinds.incidents import INCIDENTS
from storage.data.files.mapping.mapping import Mapping
from storage.data.files.refusals import FileRefused, MapRefused, Refusal
from storage.data.files.stage import stage
from storage.data.files.staging import Extremes, StagedFile

_ROWS, _CHECKED, _ODD = 10, 1_000, 10


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview of a file as a kind.

    Attributes:
        kind: the kind as which it was read; None if none was asked for and none seems likely.
        mapping: the mapping with which it was read, given or guessed.
        headings, rows: the first facts, as they would be loaded, in our columns.
        checked: the number of rows that were looked at; ``refused`` of them, the first with their ``refusals``.
        named: the ids of customers and facilities, which have to be on record, of the rows that were looked at.
        incidents: the kinds of incidents in them.
        extremes: the lowest and highest values of indicators in them.
        trouble: the reason why the file cannot be read in this way.
    """

    file: str
    kind: str | None
    guess: Guess
    mapping: Mapping
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    checked: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()
    unused: tuple[str, ...] = ()
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    incidents: tuple[str, ...] = ()
    extremes: tuple[Extremes, ...] = ()
    trouble: FileRefused | MapRefused | None = None


def preview(path: Path, kind: str | None = None, mapping: Mapping | None = None, *, today: date) -> Preview:
    """Read the first thousand rows of a file as a kind, by a mapping or by a guessed one.

    Raises:
        FileRefused: it is no table at all.
    """
    guessed = guess(path, kind)
    read_as, used = kind or guessed.kind, mapping or guessed.mapping
    if read_as is None:
        return Preview(path.name, None, guessed, used, unused=guessed.unused)
    try:
        with stage(read_as, path, used, today=today, most=_CHECKED) as staged:
            return _of(staged, path, read_as, guessed, used)
    except (FileRefused, MapRefused) as trouble:
        return Preview(path.name, read_as, guessed, used, unused=guessed.unused, trouble=trouble)


def _of(staged: StagedFile, path: Path, kind: str, guessed: Guess, used: Mapping) -> Preview:
    fields = {field.target: field for field in KINDS[kind].stored if field.target in staged.plan.columns}
    filled = [target for target in fields if target not in staged.plan.absent]
    facts = (fact[2:] for chunk in staged.chunks({target: f'"{target}"' for target in filled}) for fact in chunk)
    rows = tuple(
        tuple("" if value is None else fields[target].show(value) for target, value in zip(filled, fact, strict=True))
        for fact in islice(facts, _ROWS)
    )
    return Preview(
        path.name,
        kind,
        guessed,
        used,
        tuple(fields[target].name for target in filled),
        rows,
        staged.rows,
        staged.refused_rows,
        tuple(staged.refusals(_ODD)),
        staged.plan.unknown,
        named=_named(staged),
        incidents=tuple(staged.words("kind")) if kind == INCIDENTS.name else (),
        extremes=tuple(staged.extremes()),
    )


def _named(staged: StagedFile) -> dict[str, tuple[str, ...]]:
    """Return the ids in the fields that refer to facts on record, by the kind of these facts."""
    found: dict[str, dict[str, None]] = {}
    for one in staged.kind.fields:
        if one.refers is not None:
            found.setdefault(one.refers, {}).update((id, None) for chunk in staged.named(one) for id in chunk)
    return {refers: tuple(ids) for refers, ids in found.items()}
