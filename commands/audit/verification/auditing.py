"""Verification of the audit trail, from the database or from an export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from commands.audit.verification.verification_report import Proof
from commands.kit.i18n import Text, _
from commands.kit.progress import bar
from storage.audit import extract, history, rows
from storage.audit.anchoring import anchors as anchored
from storage.audit.anchoring import guarding
from storage.audit.anchoring.anchors import Anchor, BadAnchor, TrailAnchored, read
from storage.audit.anchoring.known import Identity, identity
from storage.audit.chain import Fact, Keys, Link
from storage.audit.erased import TrailErased
from storage.audit.extract import NoExtract
from storage.audit.findings import Broken, Fault, Verified
from storage.audit.verifying import Verifier
from storage.database import Tx

_PORTION = 1_000


class AuditRefused(Exception):
    """A refusal before anything was done; the text gives the reason."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(str(sentence))


# --- anchors --------------------------------------------------------------------------------------------------------------


def anchors(texts: Iterable[str], files: Iterable[Path]) -> list[Anchor]:
    """Return the anchors typed, and those in files.

    Raises:
        AuditRefused: a text is no anchor, or a file cannot be read.
    """
    try:
        return [*map(Anchor.parse, texts), *(anchor for file in files for anchor in _of_file(file))]
    except BadAnchor as error:
        raise AuditRefused(
            _("{text} is not an anchor; expected COUNT:HASH as in 1234:9f86d081…, the hash in full: 64 digits of 0-9 and a-f.").format(
                text=f"“{error.text}”"
            )
        ) from None


def _of_file(file: Path) -> list[Anchor]:
    try:
        return read(file)
    except BadAnchor as error:
        raise AuditRefused(
            _("{file}, line {line}: {text} is not an anchor; expected a moment, COUNT:HASH and the name of a key.").format(
                file=file, line=error.line, text=f"“{error.text}”"
            )
        ) from None
    except OSError as error:
        raise AuditRefused(_("{file} cannot be read: {problem}.").format(file=file, problem=error.strerror or str(error))) from None


# --- verifying ------------------------------------------------------------------------------------------------------------


def verify(tx: Tx, keys: Keys, asked: Sequence[Anchor], *, progress: bool | None = None) -> Proof:
    """Verify every link of the chain in the database, at one moment."""
    with bar(progress, _("Verifying"), rows.count(tx), "") as done:
        whose = anchored.whose(tx, keys.known)
        verifier = _fed(rows.links(tx), Verifier(keys.known, {anchor.count for anchor in asked}, whose), done)
    verified = verifier.result(rows.unsealed(tx, kind=TrailErased.kind))
    return Proof(_named(tx, verified, whose), keys, asked, rows.count_unsealed(tx), database=whose.database)


def _named(tx: Tx, verified: Verified, whose: Identity) -> Verified:
    """Return the result with the broken link's subject, after comparing the database's identity with its anchors."""
    broken = verified.broken
    if broken is None and identity(tx).database != whose.database:
        return replace(verified, broken=Broken(Fault.IDENTITY, 1, None, whose.database))
    if broken and broken.event_id is not None and broken.subject is None:
        return replace(verified, broken=replace(broken, subject=history.subject_of(tx, broken.event_id)))
    return verified


def check(tx: Tx, keys: Keys, after: Anchor | None, *, breathe: Callable[[int], object]) -> Verified:
    """Verify every link, or those after a trusted one, which must be unchanged.

    Args:
        breathe: called after each portion, to let others work.
    """
    whose = anchored.whose(tx, keys.known)
    if after is not None and guarding.hash_at(tx, after.count) != after.hash:
        # the trusted link is gone: verify from the beginning to name the first broken link
        after = None
    verifier = _fed(rows.links(tx, after=after.count if after else None), Verifier(keys.known, (), whose, after), breathe)
    return _named(tx, verifier.result(rows.unsealed(tx, kind=TrailErased.kind)), whose)


def verify_export(path: Path, keys: Keys, asked: Sequence[Anchor], *, progress: bool | None = None) -> Proof:
    """Verify every link of an export, without the database.

    Raises:
        AuditRefused: the file is not an export.
    """
    try:
        taken = extract.read(path)
    except NoExtract as error:
        raise AuditRefused(
            _("{file} is not an export of the trail as JSON: {problem}.").format(file=path, problem=str(error).rstrip("."))
        ) from None
    places = {anchor.count for anchor in [*asked, *([taken.head] if taken.head else [])]}
    with bar(progress, _("Verifying"), len(taken.links), "") as done:
        verifier = _fed(
            iter(taken.links),
            Verifier(keys.known, places, _whose(taken, keys), extract=not taken.whole),
            done,
        )
    if taken.whole and taken.head is not None and verifier.head != taken.head:
        asked = [*asked, taken.head]
    verified = verifier.result(fact for fact in taken.unsealed if fact.kind == TrailErased.kind)
    database = taken.whose.database if taken.whose else None
    return Proof(_with_subject(verified, taken.links), keys, asked, len(taken.unsealed), not taken.whole, database)


def _whose(taken: extract.Extract, keys: Keys) -> Identity | None:
    """Return the identity of an export's trail; None for one from before erasures were signed."""
    signed = anchored.first_signed((link.fact for link in taken.links if link.fact and link.fact.kind == TrailAnchored.kind), keys.known)
    return signed or taken.whose


def _with_subject(verified: Verified, links: Sequence[Link]) -> Verified:
    broken = verified.broken
    if broken is None or broken.subject is not None:
        return verified
    facts: Iterator[Fact] = (link.fact for link in links if link.fact is not None)
    subject = next((fact.subject for fact in facts if fact.id == broken.event_id), None)
    return replace(verified, broken=replace(broken, subject=subject))


def _fed(links: Iterator[Link], verifier: Verifier, done: Callable[[int], object]) -> Verifier:
    while portion := list(islice(links, _PORTION)):
        verifier.take(portion)
        done(len(portion))
    return verifier
