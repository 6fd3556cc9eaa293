"""The head file: what a process last saw of a trail, kept outside of the database, signed, and replaced as a whole."""

from __future__ import annotations

import hmac
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from storage.audit.anchoring.anchors import Anchor
from storage.audit.anchoring.known import Known
from storage.audit.chain import Key


class BadHead(Exception):
    """The file is not as one of the known keys has written it."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


@dataclass(frozen=True, slots=True)
class Kept:
    """What a head file says.

    Attributes:
        known: the end of the trail.
        address: where its database was.
        verified: up to where the trail was found whole; None before the first time.
        whole_at: when it was last verified from its beginning.
    """

    known: Known
    address: str
    verified: Anchor | None = None
    whole_at: datetime | None = None

    def told(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "known": self.known.facts(),
            "address": self.address,
            "verified": str(self.verified) if self.verified else None,
            "whole_at": self.whole_at.isoformat() if self.whole_at else None,
        }


def path_of(anchor_file: str, database: str) -> Path:
    """The head file of a database, beside the anchor file."""
    return Path(f"{anchor_file}.{database}.head")


def read(path: Path, keys: Mapping[str, Key]) -> Kept:
    """Read a head file.

    Raises:
        OSError: it cannot be read; FileNotFoundError: there is none.
        BadHead: it was changed, or is signed with a key that is not known.
    """
    try:
        told = json.loads(path.read_bytes())
        known, mac = Known.read(told["known"]), str(told.pop("mac"))
        key = keys[known.key] if known else None
        if known is None or key is None or not hmac.compare_digest(_signature(key, told).encode(), mac.encode()):
            raise BadHead(path)
        verified, whole_at = told["verified"], told["whole_at"]
        return Kept(
            known,
            told["address"],
            Anchor.parse(verified) if verified else None,
            datetime.fromisoformat(whole_at) if whole_at else None,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadHead(path) from error


def write(path: Path, kept: Kept, key: Key) -> None:
    """Replace a head file as a whole: after a power cut it says the one or the other.

    Raises:
        OSError: it cannot be written.
    """
    told = kept.told()
    text = json.dumps({**told, "mac": _signature(key, told)}, ensure_ascii=False)
    # of this process alone, and readable by nobody else
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(f"{text}\n")
            out.flush()
            os.fsync(out.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    _settle(path.parent)


def at_address(anchor_file: str, address: str, keys: Mapping[str, Key]) -> Iterator[tuple[Path, Kept]]:
    """The head files of databases that were at an address; what cannot be read is none."""
    file = Path(anchor_file)
    for path in sorted(file.parent.glob(f"{file.name}.*.head")):
        try:
            kept = read(path, keys)
        except (OSError, BadHead):
            continue
        if kept.address == address:
            yield path, kept


def retire(path: Path) -> None:
    """Put the head file of a database aside that is not used any more.

    Raises:
        OSError: it cannot be renamed.
    """
    os.replace(path, path.with_suffix(".retired"))
    _settle(path.parent)


def _signature(key: Key, told: Mapping[str, Any]) -> str:
    return key.sign("head file", json.dumps(told, sort_keys=True, ensure_ascii=False))


def _settle(folder: Path) -> None:
    """Make what was renamed in a folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
