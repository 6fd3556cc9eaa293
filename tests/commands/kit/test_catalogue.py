"""Every sentence of the code has its Chinese, with the same placeholders, and what Slack limits is short enough in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from commands.kit.blocks import BUTTON, TITLE
from commands.kit.i18n import CATALOGUES, Reader, _, ngettext, pgettext, reading
from commands.kit.registry import registry
from commands.kit.wording import words
from commands.validation.validating_tables import SHARE
from risk_engine.register.response import Strategy

HOUSE = CATALOGUES.parent.parent
SPEAKING = ("commands", "bot")
ENGLISH, CHINESE = Reader(masked=False), Reader("zh_Hans_CN", "Asia/Shanghai", masked=False)
HANZI = r"[\u4e00-\u9fff]"
CODE = re.compile(r"`[^`]*`")
# what one types or reads as it is, outside of code as well
SPELLED = re.compile(r"[A-Za-z0-9]+[:,][A-Za-z0-9]+|\[a, b\]")
# what is the same in both languages
NAMES = {
    "{id} · {ledger}",
    "{first}; {others}",
    "{customer}: {measured}",
    "{files}: {rows}",
    "Riskbot",
    "{kind}, {bound}",
    "{person}: {roles}",
}


# a context, and a sentence or its two forms
Id = tuple[str | None, str | tuple[str, ...]]
# as ``make catalogue`` has it
KEYWORDS: dict[str, Any] = {"_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
# words that are a verb and a noun, a preposition and a heading: without a context nobody can translate them
TWO_MEANINGS = {
    *("approach", "by", "close", "for", "from", "in", "limit", "list", "log", "may", "none", "of", "on", "open", "order", "out of"),
    *("rate", "report", "request", "return", "share", "step", "to", "via", "with"),
}


@cache
def sentences() -> dict[Id, str]:
    """What Babel finds in the code, and where."""
    found: dict[Id, str] = {}
    for package in SPEAKING:
        for file, line, sentence, _comments, context in extract_from_dir(HOUSE / package, [("**.py", "python")], keywords=KEYWORDS):
            found.setdefault((context, sentence), f"{package}/{file}:{line}")
    return found


def known(catalogue: Catalog) -> set[Id]:
    return {(message.context, message.id) for message in catalogue if message.id}


@cache
def catalogue() -> Catalog:
    with (CATALOGUES / "zh_Hans.po").open("rb") as file:
        return read_po(file, locale="zh_Hans", abort_invalid=True)


def entries() -> list[Message]:
    return [message for message in catalogue() if message.id]


def forms(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for package in SPEAKING:
        for file in sorted((HOUSE / package).rglob("*.py")):
            yield file.relative_to(HOUSE), ast.parse(file.read_text("utf-8"))


def marks(tree: ast.AST) -> Iterator[ast.Call]:
    """Every ``_("…")``, ``ngettext("…", …)`` and ``pgettext("…", "…")``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            yield node


def placeholders(sentence: str) -> list[str]:
    return sorted(name for _literal, name, _spec, _conversion in Formatter().parse(sentence) if name is not None)


def button_labels() -> set[tuple[str, ...]]:
    """The sentences that stand on buttons."""
    calls = [
        node
        for _file, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "button"
    ]
    return {tuple(map(ast.literal_eval, mark.args[:2])) for call in calls for argument in call.args for mark in marks(argument)}


# --- nothing forgotten, nothing left over ----------------------------------------------------------------------------


def test_no_sentence_of_the_code_is_forgotten():
    there = known(catalogue())

    assert {sentence: place for sentence, place in sentences().items() if sentence not in there} == {}


def test_no_sentence_of_the_catalogue_is_stale():
    assert known(catalogue()) - sentences().keys() == set()
    assert list(catalogue().obsolete) == []


def test_the_template_has_the_same_sentences():
    with (CATALOGUES / "messages.pot").open("rb") as file:
        template = known(read_po(file))

    assert template ^ sentences().keys() == set()


def test_no_sentence_hides_in_an_f_string_where_babel_does_not_look():
    hidden = [
        f"{file}:{mark.lineno}"
        for file, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for mark in marks(node)
    ]

    assert hidden == []


def test_a_sentence_is_written_out_where_it_is_marked():
    computed = [f"{file}:{mark.lineno}" for file, tree in modules() for mark in marks(tree) if not isinstance(mark.args[0], ast.Constant)]

    assert computed == []


def test_a_sentence_is_whole():
    """A sentence that begins or ends with a blank, or is followed by one, is glued to a name: in Chinese the name may stand elsewhere."""
    pieces = [
        f"{file}:{left.lineno}"
        for file, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call | ast.List | ast.Tuple)
        for left, right in pairwise(node.args if isinstance(node, ast.Call) else node.elts)
        if isinstance(left, ast.Call) and left in [*marks(left)] and isinstance(right, ast.Constant) and right.value == " "
    ]

    assert pieces == []
    assert [one for _context, ids in sentences() for one in ([ids] if isinstance(ids, str) else ids) if one != one.strip()] == []


def test_a_word_with_two_meanings_says_which_one_it_has():
    assert {place for (context, ids), place in sentences().items() if context is None and str(ids).lower() in TWO_MEANINGS} == set()


def test_a_word_is_translated_by_its_context():
    with reading(CHINESE):
        assert words.label(Strategy.SHARE) == "分担"
        assert str(SHARE) == "占比"
        assert str(pgettext("a context that no translator has seen", "share")) == "share"


# --- every translation is fit to be shown ----------------------------------------------------------------------------


def test_every_sentence_is_translated_and_none_is_a_guess():
    assert [message.id for message in entries() if not all(forms(message)) or message.fuzzy] == []


def test_a_translation_is_chinese():
    assert {message.id for message in entries() if not all(re.search(HANZI, form) for form in forms(message))} == NAMES


def test_a_translation_has_exactly_the_placeholders_of_its_sentence():
    wrong = []
    for message in entries():
        # one may be said without its number, many not
        wanted = placeholders(message.id[-1] if isinstance(message.id, tuple) else message.id)
        wrong += [(message.id, form) for form in forms(message) if placeholders(form) != wanted]

    assert wrong == []


def test_a_translation_names_the_same_commands():
    command = re.compile(r"`[^`]*`|/risk(?: [a-z]+)?|--[a-z-]+")
    wrong = [
        (message.id, message.string)
        for message in entries()
        if isinstance(message.id, str) and set(command.findall(message.id)) ^ set(command.findall(message.string))
    ]

    assert wrong == []


def test_a_translation_begins_and_ends_with_the_spaces_of_its_sentence():
    def edges(text: str) -> tuple[bool, bool]:
        return text[:1].isspace(), text[-1:].isspace()

    assert [m.id for m in entries() if isinstance(m.id, str) and edges(m.id) != edges(m.string)] == []


def test_chinese_has_its_own_punctuation():
    slips = [
        form
        for message in entries()
        for form in forms(message)
        if re.search(HANZI, form) and re.search(r"[,;:!?()]", SPELLED.sub("", CODE.sub("", form)))
    ]

    assert slips == []


def test_code_stands_apart():
    """Slack makes code of `…` only where a space or the edge of the text is on both sides."""
    joined = [
        form
        for message in entries()
        for form in forms(message)
        for found in CODE.finditer(form)
        if {form[: found.start()][-1:], form[found.end() :][:1]} - {"", " "}
    ]

    assert joined == []


@pytest.mark.parametrize("who", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_titles_of_forms_fit(who):
    asked = [*registry().commands.values(), *registry().actions.values()]
    with reading(who):
        shown = {str(text) for command in asked for text in (command.title, command.submit) if text is not None}

        assert shown
        assert [text for text in shown if len(text) > TITLE] == []
        assert [
            text for sentence in (_("Riskbot"), _("Send"), _("Cancel"), pgettext("form", "Close")) if len(text := str(sentence)) > TITLE
        ] == []


@pytest.mark.parametrize("who", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_labels_of_buttons_fit(who):
    with reading(who):
        shown = {str(pgettext(*label) if len(label) == 2 else _(*label)) for label in button_labels()}

    assert shown
    assert [text for text in shown if len(text) > BUTTON] == []


# --- and a Chinese reader sees it -------------------------------------------------------------------------------------


def test_a_sentence_is_read_in_the_language_of_its_reader():
    sentence = _("This answer has expired. Please ask again.")
    with reading(CHINESE):
        chinese = str(sentence)

    assert chinese == "该答复已过期，请重新查询。"
    assert str(sentence) == "This answer has expired. Please ask again."


def test_values_are_filled_into_the_translation():
    with reading(CHINESE):
        assert str(_("Risk digest: {gist}").format(gist=_("Nothing new."))) == "风险简报：无新增事项。"


@pytest.mark.parametrize("count", [0, 1, 2, 1000])
def test_chinese_has_one_form_for_any_count(count):
    with reading(CHINESE):
        assert str(ngettext("{n} customer", "{n} customers", count)) == f"{count}个客户"
