"""Sentences as values: what is equal stays equal, and in its place in a set, whoever reads."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.kit import blocks
from commands.kit.i18n import Reader, Text, _, listed, pgettext, reading

WORDS = st.sampled_from(["open", "share", "{n} customer", "{n} customers", "{who} is told."])
VALUES = st.dictionaries(st.sampled_from(["n", "who"]), st.one_of(st.integers(0, 3), WORDS, WORDS.map(Text), st.lists(WORDS)), max_size=2)
SENTENCES = st.builds(Text, WORDS, st.none() | WORDS, st.integers(0, 2), VALUES, context=st.none() | WORDS)
READERS = [Reader(locale, masked=False) for locale in ("en_GB", "zh_Hans_CN")]


def same(one: Text) -> Text:
    """Another object of the same sentence."""
    return Text(*(getattr(one, f"_{name}") for name in ("one", "many", "count")), dict(one._values), context=one._context)


@given(SENTENCES, SENTENCES | WORDS | st.integers())
def test_equal_objects_have_equal_hashes(one: Text, other: Any):
    assert hash(one) == hash(same(one))
    assert one == same(one)
    assert (one == other) == (other == one)
    assert one != other or hash(one) == hash(other)


@given(SENTENCES)
def test_a_sentence_stays_in_its_set_whoever_reads(one: Text):
    for first, second in product(READERS, READERS):
        with reading(first):
            kept = {one}
        with reading(second):
            assert same(one) in kept


def test_a_sentence_is_not_its_text():
    assert _("Cancel") != "Cancel"
    assert Text("open", context="state") != Text("open")


@pytest.mark.parametrize(("reader", "said"), [*zip(READERS, ("ended by <U0ANA>", "由<U0ANA>提前终止"), strict=True)])
def test_a_mention_stands_where_the_language_wants_it(reader: Reader, said: str):
    with reading(reader):
        pieces = blocks.around(_("ended by {who}"), who=blocks.person("U0ANA"))

    assert "".join(piece if isinstance(piece, str) else f"<{piece['user_id']}>" for piece in pieces) == said


@pytest.mark.parametrize(("locale", "expected"), [("en_GB", "red, amber"), ("zh_Hans_CN", "红色、黄色")])
def test_a_list_is_punctuated_as_in_the_readers_language(locale, expected):
    with reading(Reader(locale, masked=False)):
        assert listed([pgettext("colour", "red"), pgettext("colour", "amber")]) == expected
        assert (listed([]), listed(["a"])) == ("", "a")
