"""The encoding of a text file, read from its bytes: a byte order mark decides, and bytes may contradict a mapping.

Only decisive evidence refuses: valid UTF-8 beyond ASCII, zero bytes, and pairs of bytes that one encoding has in every word and the
other in none. Languages are not guessed.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from storage.data.files.refusals import FileRefused

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_SAMPLE = 1 << 20
_BLOCK = 1 << 20
# nearly every letter of a text must fit its encoding; a rare name may not
_NEARLY_ALL = 0.9
_HIGH = re.compile(rb"[\x80-\xff]+")
# letters of windows-1250 whose bytes are signs, or nothing, in windows-1252
_CENTRAL = frozenset(b"\xb3\xb9\xbf\xa3\xaf\x8f\x8d\x9d\xbe\xbc")
# umlauts and accents of DOS, and of old Macintosh programs
_DOS, _MAC = frozenset(b"\x81\x82\x84\x85\x87\x88\x94\xe1"), frozenset(b"\x80\x85\x86\x8a\x8e\x8f\x9a\x9f")


def encoding_of(path: Path, declared: str | None) -> str:
    """Return the encoding to decode a file with.

    Raises:
        FileRefused: the bytes contradict the declared encoding; the refusal names the one that they seem to have.
    """
    sample = _start(path)
    if mark := next((encoding for mark, encoding in _MARKS if sample.startswith(mark)), None):
        return mark
    if (wide := _wide(sample)) is not None:
        if declared != "utf-16":
            raise FileRefused("other_encoding", declared=declared or "utf-8", seems="utf-16")
        return wide
    if declared in (None, "utf-8"):
        return "utf-8"
    seems = "utf-8" if declared == "utf-16" or _is_utf_8(path) else _contradiction(sample, declared or "")
    if seems is not None:
        raise FileRefused("other_encoding", declared=declared, seems=seems)
    return declared or "utf-8"


def seems_to_be(sample: bytes) -> str | None:
    """Return the encoding that the bytes of a text seem to have; None if they do not say."""
    if not _HIGH.search(sample):
        return None
    if _decodes(sample, "utf-8"):
        return "utf-8"
    if _share(sample, "gb18030", "gb2312") >= _NEARLY_ALL:
        return "gb18030"
    for encoding, common in (("big5", "big5"), ("shift_jis", "shift_jis")):
        if _in_runs(sample) >= _NEARLY_ALL and _share(sample, encoding, common) >= _NEARLY_ALL:
            return encoding
    high = b"".join(_HIGH.findall(sample))
    if _in_runs(sample) >= _NEARLY_ALL:
        return "windows-1251" if sum(byte >= 0xC0 for byte in high) >= _NEARLY_ALL * len(high) else None
    if all(0x80 <= byte < 0xA0 or byte == 0xE1 for byte in high):
        return "mac-roman" if sum(byte in _MAC for byte in high) > sum(byte in _DOS for byte in high) else "cp850"
    return "windows-1250" if any(byte in _CENTRAL for byte in high) else "windows-1252"


def _start(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_SAMPLE)


def _wide(sample: bytes) -> str | None:
    """Return the order of bytes of UTF-16 without a mark, where every other byte of ASCII is zero."""
    even, odd = sample[:2000:2], sample[1:2000:2]
    if len(odd) < 2 or even.count(0) + odd.count(0) < len(odd) // 2:
        return None
    return "utf-16-le" if odd.count(0) > even.count(0) else "utf-16-be"


def _is_utf_8(path: Path) -> bool:
    """Return True if the whole file is UTF-8 and has letters beyond ASCII."""
    decoder, beyond = codecs.getincrementaldecoder("utf-8")(), False
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                decoder.decode(block)
                beyond = beyond or not block.isascii()
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return beyond


def _contradiction(sample: bytes, declared: str) -> str | None:
    """Return the encoding that a sample decisively has instead of the declared one."""
    seems = seems_to_be(sample)
    families = ({"gb18030"}, {"big5"}, {"shift_jis"}, {"windows-1251"}, {"windows-1250", "windows-1252", "cp850", "mac-roman"})
    own = next((family for family in families if declared in family), {declared})
    return seems if seems is not None and seems not in own else None


def _decodes(sample: bytes, encoding: str) -> str | None:
    """Return a sample's text, whose last letter may be cut; None if it is not in this encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return None


def _share(sample: bytes, encoding: str, common: str) -> float:
    """Return the share of the letters beyond ASCII that are common in an encoding; 0 if the sample is not in it."""
    text = _decodes(sample, encoding)
    letters = [letter for letter in text or "" if not letter.isascii()]
    known = sum(_is_common(letter, common) for letter in letters)
    return known / len(letters) if letters else 0.0


def _is_common(letter: str, encoding: str) -> bool:
    try:
        written = letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    # the frequent characters of Big5 stand first in it
    return encoding != "big5" or written[0] < 0xC7


def _in_runs(sample: bytes) -> float:
    """Return the share of the bytes beyond ASCII that stand beside one another, as letters of more than one byte do."""
    runs = [len(run) for run in _HIGH.findall(sample)]
    return sum(length for length in runs if length > 1) / sum(runs)
