"""The chain of seals as pure functions, all that a verifier needs."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

PLAIN = "plain"
# the bytes of a key, as many as the hash has
LONG_ENOUGH = 32
# the preceding hash of the first link
GENESIS = ""
_SPELL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=repr).encode


class Fact(NamedTuple):
    """An event as stored, with time and payload spelled as in the file; ``payload`` is None once it is erased."""

    id: int
    kind: str
    subject: str
    actor: str
    at: str
    request_key: str | None
    policy_version: int | None
    digest: str
    salt: str
    payload: str | None


class Link(NamedTuple):
    """One seal and its event; None if there is no such event.

    ``previous`` is the preceding hash, present in extracts only, which omit links.
    """

    seq: int
    event_id: int
    key_id: str
    hash: str
    fact: Fact | None
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the number of links, and the last one's hash and key."""

    count: int
    hash: str
    key_id: str


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """A sealing key; ``id`` identifies it without revealing it.

    Attributes:
        secret: None seals with a plain hash, which anybody can compute.
    """

    id: str
    secret: bytes | None

    @classmethod
    def of(cls, secret: str | None) -> Key:
        """Return the key for a secret; without one, the plain hash."""
        if not secret:
            return cls(PLAIN, None)
        key = secret.encode()
        return cls(hmac.digest(key, b"riskbot audit key", "sha256").hex()[:16], key)

    @property
    def is_short(self) -> bool:
        """Return True if the secret is short enough to be guessed."""
        return self.secret is not None and len(self.secret) < LONG_ENOUGH

    def sign(self, purpose: str, *values: object) -> str:
        """Return a signature of these values for a purpose; it never equals the hash of a link."""
        covered = _SPELL([f"riskbot {purpose}", *values, self.id]).encode("utf-8", "surrogatepass")
        return self._hash(covered)

    def seal(self, seq: int, previous: str, fact: Fact) -> str:
        """Return the hash of a link: HMAC-SHA256, or SHA-256 without a secret; salt and payload are covered by the digest."""
        # different texts never have equal bytes, not even if they are broken
        covered = _SPELL([seq, previous, *fact[:8], self.id]).encode("utf-8", "surrogatepass")
        return self._hash(covered)

    def _hash(self, covered: bytes) -> str:
        return hashlib.sha256(covered).hexdigest() if self.secret is None else hmac.digest(self.secret, covered, "sha256").hex()


@dataclass(frozen=True, slots=True)
class Keys:
    """The present sealing key, and earlier ones."""

    present: Key
    older: Sequence[Key] = ()

    @property
    def known(self) -> dict[str, Key]:
        return {key.id: key for key in (self.present, *self.older)}


def sealed(facts: Iterable[Fact], head: Head, key: Key) -> Iterator[Link]:
    """Yield the links that continue from the head over these events in order."""
    seq, previous = head.count, head.hash
    for fact in facts:
        seq += 1
        previous = key.seal(seq, previous, fact)
        yield Link(seq, fact.id, key.id, previous, fact)


def is_whole(fact: Fact) -> bool:
    """Return True if salt and payload match the digest; an erased payload must leave no salt, which could help to guess it."""
    if fact.payload is None:
        return fact.salt == ""
    return hashlib.sha256(f"{fact.salt}\n{fact.payload}".encode("utf-8", "surrogatepass")).hexdigest() == fact.digest
