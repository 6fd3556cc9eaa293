"""Stored text never becomes markup, and whatever is written keeps Slack's limits, for any text at all."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.kit import blocks, tables
from commands.kit.i18n import _
from playground.block_kit.limits import MOST_CHARACTERS, check_message
from tests.commands.texts import hostile

SENTENCE = _("{who} says `/risk show`: {what}")
LIVE = re.compile(r"<[^>]*>")


def lone_ampersands(text: str) -> list[str]:
    return re.findall(r"&(?!amp;|lt;|gt;).{0,6}", text)


def pairing_marks(text: str) -> list[str]:
    """Signs that could pair up into bold, italics, struck or code: those without a word joiner on both sides, or two letters."""
    return re.findall(r"(?<!\u2060)[*_~`]|[*_~`](?!\u2060)", re.sub(r"(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])", " ", text))


# --- escaping --------------------------------------------------------------------------------------------------------


@given(hostile)
def test_nothing_in_stored_text_comes_alive(text):
    safe = blocks.escape(text)

    assert not re.search(r"[<>\n\r]", safe)
    assert lone_ampersands(safe) == []
    assert pairing_marks(safe) == []
    assert not re.search(r"(?i)[a-z]://", safe)


@given(hostile)
def test_the_values_of_a_sentence_are_escaped_and_its_own_marks_work(text):
    written = blocks.marked(SENTENCE.format(who=blocks.mention("U0ANA"), what=text))

    assert written.startswith("<@U0ANA> says `/risk show`: ")
    assert LIVE.findall(written) == ["<@U0ANA>"]
    assert pairing_marks(written.removeprefix("<@U0ANA> says `/risk show`: ")) == []


def test_a_name_with_an_underscore_is_written_as_it_can_be_copied():
    assert blocks.escape("expected_loss, days_past_due") == "expected_loss, days_past_due"
    assert pairing_marks(blocks.escape("_italics_ and a_ b")) == []


@pytest.mark.parametrize("text", ["&" * 4000, "a" + "&" * 4000, "x <@U0ANA> " * 500, "x" * 2990 + " <@U0ANA>"])
def test_a_sentence_that_is_cut_is_not_cut_through_an_entity(text):
    written = blocks.marked(_("{what}").format(what=text))

    assert len(written) <= 3000
    assert lone_ampersands(written) == []


def test_a_mention_that_is_cut_is_left_out():
    written = blocks.marked(_("{what} {who}").format(what="x" * 2995, who=blocks.mention("U0ANA")))

    assert LIVE.findall(written) == []
    assert "<" not in written


def test_sentences_within_sentences_are_escaped_too():
    inner = _("called {name}").format(name="<!channel>")

    assert blocks.marked(_("Nobody is {inner}.").format(inner=inner)) == "Nobody is called &lt;!channel&gt;."


@given(hostile)
def test_only_slacks_own_ids_become_mentions(text):
    slacks = blocks.USER.fullmatch(text) is not None

    assert blocks.mention(text).startswith("<@") == slacks
    assert (blocks.person(text)["type"] == "user") == slacks


@pytest.mark.parametrize(("text", "slacks"), [("U0ANA", True), ("W012A3CDE", True), ("URSULA", False), ("U0ana", False), ("U0ANA>", False)])
def test_a_name_in_capitals_is_no_id(text, slacks):
    assert blocks.mention(text).startswith("<@") == slacks


@given(hostile)
def test_stored_text_in_rich_text_is_text_and_nothing_else(text):
    written = [
        blocks.paragraph(text, blocks.bold(text), blocks.code(text)),
        blocks.bullets([[text], [blocks.bold(text)]]),
        blocks.facts([(_("Name"), text), (_("Left out"), None), (_("Pieces"), [text, blocks.bold(text)])]),
        blocks.preformatted(text),
    ]

    assert kinds(written) <= {"rich_text", "rich_text_section", "rich_text_list", "rich_text_preformatted", "text"}
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "".join(texts(written[:3])))


def kinds(value) -> set[str]:
    if isinstance(value, dict):
        return {value["type"]}.union(*(kinds(entry) for entry in value.values())) if "type" in value else set()
    return set().union(*map(kinds, value)) if isinstance(value, list) else set()


def texts(value) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for entry in value.values() for text in texts(entry)]
    return [text for entry in value for text in texts(entry)] if isinstance(value, list) else []


@given(hostile)
def test_cleaned_text_stands_on_one_line_and_reads_in_one_direction(text):
    clean = blocks.clean(text)

    assert clean == " ".join(clean.split())
    assert clean.isprintable() or not re.search(r"[\x00-\x1f\u202e\u2066-\u2069\u2028\u2029]", clean)


# --- limits ----------------------------------------------------------------------------------------------------------

long = st.builds(lambda text, times: text * times, hostile, st.integers(1, 400))
rows = st.lists(st.lists(long, min_size=2, max_size=2), max_size=60)
any_block = st.one_of(
    long.map(blocks.header),
    long.map(blocks.paragraph),
    long.map(blocks.note),
    long.map(blocks.preformatted),
    st.lists(long, min_size=1, max_size=9).map(lambda lines: blocks.bullets([[line] for line in lines])),
    st.lists(long, min_size=1, max_size=9).map(lambda values: blocks.facts([(_("Name"), value) for value in values])),
    rows.map(lambda cells: tables.table(["A", "B"], cells, caption="A table")),
    st.just(blocks.divider()),
)


@given(st.lists(any_block, min_size=1, max_size=12), st.integers(1, 9))
def test_whatever_is_written_slack_takes_it(some, times):
    fitted = blocks.fit(some * times)

    check_message({"text": "gist", "blocks": fitted}, {})
    assert len(fitted) <= 50


@given(long, long, long)
def test_a_button_keeps_slacks_limits_whatever_it_says(label, title, text):
    sure = blocks.confirm(title, text, label)
    row = blocks.buttons(*(blocks.button(f"noun.verb:{n}", label, "k" * 32, style="primary", confirm=sure) for n in range(30)))

    check_message({"text": "gist", "blocks": [row]}, {})


def test_a_message_that_fits_is_left_as_it_is():
    some = [blocks.header("Acme"), *(blocks.note(str(n)) for n in range(40))]

    assert blocks.fit(some) == some


def test_what_is_left_out_is_counted():
    fitted = blocks.fit([blocks.note(str(n)) for n in range(70)])

    assert fitted[-1]["elements"][0]["text"] == "22 more sections not shown here."


def test_what_can_be_pressed_stays_when_the_rest_is_too_long():
    press = blocks.buttons(blocks.button("reply.share", "Share", "k"))

    fitted = blocks.fit([*(blocks.paragraph("x" * 2000) for _n in range(30)), press])

    assert fitted[-1] == press
    assert sum(len(text) for text in texts(fitted)) < MOST_CHARACTERS


@given(long, st.integers(1, 200))
def test_a_cut_text_says_so(text, most):
    shorter = blocks.cut(text, most)

    assert len(shorter) <= most
    assert shorter == text or shorter.endswith("…")
