"""Sentences that are translated when they are read, for the reader's language and time zone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import KW_ONLY, dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parent.parent / "locale"


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader: a Babel locale with a catalogue, and a time zone."""

    locale: str = "en_GB"
    zone: str = "UTC"
    # several people in different time zones read it: times name their zone
    many: bool = False
    _: KW_ONLY
    # the policy allows no names, figures and free text where it is read
    masked: bool

    @property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


# outside Slack, as in the log, nothing is masked
NOBODY = Reader(masked=False)
_reader: ContextVar[Reader] = ContextVar("reader", default=NOBODY)


def reader() -> Reader:
    """Return the reader of the present text."""
    return _reader.get()


def listed(items: Iterable[object]) -> str:
    """Return a list in the reader's language: with commas, in Chinese with enumeration commas."""
    return in_script(", ", "、").join(map(str, items))


def clauses(items: Iterable[object]) -> str:
    """Return parts that may have commas of their own, with semicolons between them."""
    return in_script("; ", "；").join(map(str, items))


def sentences(*said: object) -> str:
    """Return whole sentences one after the other; in Chinese without spaces between them."""
    return in_script(" ", "").join(map(str, said))


def labelled(label: object, text: object) -> str:
    """Return ``label: text``, with the colon of the reader's language."""
    return f"{label}{in_script(': ', '：')}{text}"


def noted(text: object, note: object) -> str:
    """Return ``text (note)``, with the brackets of the reader's language."""
    return f"{text}（{note}）" if reader().locale.startswith("zh") else f"{text} ({note})"


def in_script(latin: str, chinese: str) -> str:
    """Return the first in English, the second in Chinese: for punctuation, which is no sentence to translate."""
    return chinese if reader().locale.startswith("zh") else latin


@contextmanager
def reading(who: Reader) -> Iterator[None]:
    """Write for this reader inside the block."""
    token = _reader.set(who)
    try:
        yield
    finally:
        _reader.reset(token)


def supported_locale(tag: str | None) -> str:
    """Return a supported locale for Slack's (``zh-CN``); English without a better one."""
    language, _, region = (tag or "en-GB").replace("_", "-").partition("-")
    if language == "zh":
        return "zh_Hans_CN"
    return "en_US" if (language, region) == ("en", "US") else "en_GB"


@cache
def _catalogue(language: str, subject: str = "") -> Mapping[tuple[str | None, str, int], str]:
    """The translations by context, sentence and form."""
    path = CATALOGUES / f"{subject}{language}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    texts: dict[tuple[str | None, str, int], str] = {}
    for message in catalogue:
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        texts |= {(message.context, ids[0], form): text for form, text in enumerate(strings) if ids[0] and text}
    return texts


def _language() -> str:
    return reader().locale.rsplit("_", 1)[0]


def of_policy(sentence: str) -> str:
    """Return a comment of the packaged policy in the reader's language; it has a catalogue of its own."""
    return _catalogue(_language(), "policy.").get((None, sentence, 0), sentence)


class Marked(str):
    """A value that is already markup, such as a mention, and must not be escaped."""


def _written(value: Any, write: Callable[[Any], Any]) -> Any:
    if isinstance(value, Text):
        return value.render(write)
    # numbers keep their type, so that templates can format them
    return value if type(value) in (int, float) else write(value)


class Text:
    """A sentence with its figures, which ``str()`` translates for the present reader.

    Args:
        context: tells one meaning of a word from another, as ``open`` of a state from ``open`` on a button.
    """

    __slots__ = ("_context", "_count", "_many", "_one", "_values")

    def __init__(
        self,
        one: str,
        many: str | None = None,
        count: int = 1,
        values: Mapping[str, Any] | None = None,
        *,
        context: str | None = None,
    ) -> None:
        self._one, self._many, self._count, self._values, self._context = one, many, count, values or {}, context

    def format(self, **values: Any) -> Text:
        """Return the sentence with these values, filled in when it is read."""
        return Text(self._one, self._many, self._count, {**self._values, **values}, context=self._context)

    def template(self) -> str:
        """The sentence in the reader's language, with its placeholders."""
        language = _language()
        # Chinese has one form, English two
        form = 0 if language == "zh_Hans" or self._count == 1 else 1
        found = _catalogue(language).get((self._context, self._one, form))
        return found or (self._many if self._many and self._count != 1 else self._one)

    def render(self, write: Callable[[Any], Any] = str) -> str:
        """Return the sentence in the reader's language; ``write`` formats values, except :class:`Marked` ones."""
        template = self.template()
        if not self._values and not self._many:
            return template
        whole = template.format(
            **{name: value if isinstance(value, Marked) else _written(value, write) for name, value in self._values.items()}
        )
        # a name that ends in a full stop, such as "Vltava Kov a.s.", also ends the sentence
        return whole[:-1] if whole.endswith("..") and not whole.endswith("...") and template.endswith("}.") else whole

    def __str__(self) -> str:
        return self.render()

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __repr__(self) -> str:
        return f"Text({self._one!r})"

    def __eq__(self, other: object) -> bool:
        return self._same == other._same if isinstance(other, Text) else NotImplemented

    def __hash__(self) -> int:
        # values may be lists
        return hash(self._same[:-1])

    @property
    def _same(self) -> tuple[Any, ...]:
        """Return the sentence with its values, untranslated, so that equality and hash do not depend on the reader."""
        return self._context, self._one, self._many, self._count, self._values


def _(sentence: str) -> Text:
    """Mark a sentence for translation; it is looked up when read."""
    return Text(sentence)


def pgettext(context: str, word: str) -> Text:
    """Mark a word for translation that has several meanings; the context names its meaning here."""
    return Text(word, context=context)


def ngettext(one: str, many: str, count: int) -> Text:
    """Return the singular or plural sentence for a count; both may contain ``{n}``."""
    return Text(one, many, count, {"n": count})
