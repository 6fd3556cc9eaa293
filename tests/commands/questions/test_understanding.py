"""Questions in plain words: a list of phrasings, each with the command line that it means, and what is done with unclear ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from commands.kit.input import inline
from commands.kit.registry import registry
from commands.questions import Understood, mentioned, understand
from storage.database import Database
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, opened
from tests.databases import Masters

LINES = [line.split(" => ") for line in Path(__file__).with_name("phrasings.txt").read_text("utf-8").splitlines() if " => " in line]
MONDAY = date(2026, 11, 30)
BOOK = """id,name,group,sector,country,department,manager,aliases
VK-01,Vltava Kov a.s.,Vltava,Metals,CZ,Corporate North,Eva Novak,
NH-01,Nordhafen Holding AG,Nordhafen,Shipping,DE,Corporate North,Jonas Brekke,诺德港控股
NH-02,Nordhafen Terminal 2 GmbH,Nordhafen,Ports,DE,Corporate North,Jonas Brekke,NT2
QL-01,Qinglan Water Group,Qinglan,Water,CN,Corporate Asia,Lin Mei,青岚水务集团; Qinglan Shuiwu
QL-03,Qinglan Pipes Co,Qinglan,Machinery,CN,Corporate Asia,Lin Mei,青岚管业
BV-01,Brennavik Sjømat AS,Brennavik,Food,NO,Corporate North,Jonas Brekke,Brennavik Seafood
BV-03,Brennavik Shipping AS,Brennavik,Shipping,NO,Corporate North,Jonas Brekke,
NP-01,Nova Power,,Energy,ES,Project Finance,Inés Pardo,
CV-01,Cormorán Vías S.A.,Cormorán,Transport,ES,Corporate South,Inés Pardo,Cormoran Vias
JH-01,江河重工,,Machinery,CN,Corporate Asia,Lin Mei,Jianghe Heavy
RE-01,Albion Property Holdings plc,,Real estate,GB,Corporate North,Ana Duarte,
HO-01,Costa Azul Hoteles S.A.,,Hospitality,ES,Corporate South,Inés Pardo,
"""


def stocked(database: Database) -> None:
    opened(database).load("customers", BOOK)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory, masters: Masters) -> Iterator[Book]:
    database = Database(masters.sqlite(stocked, tmp_path_factory.mktemp("asked") / "riskbot.db"))
    yield opened(database)
    database.close()


CONDITIONS = [line.split(" => ") for line in Path(__file__).with_name("conditions.txt").read_text("utf-8").splitlines() if " => " in line]


def meant(book: Book, text: str) -> Understood:
    with book.database.begin(EVERYTHING) as tx:
        return understand(text, tx, MONDAY)


def same(line: str) -> tuple[str, dict]:
    asked = inline.read(registry(), line.removeprefix("/risk "), today=MONDAY)
    return asked.command.name, dict(asked.values)


@pytest.mark.parametrize(("text", "line"), LINES, ids=[text for text, _line in LINES])
def test_a_phrasing_means_its_line(asked: Book, text: str, line: str):
    found = meant(asked, text)
    offered = [same(one) for one in found.lines[:3]]

    assert same(line.removeprefix("? ")) in offered, found
    if line.startswith("? "):
        assert not found.sure or registry().commands[offered[0][0]].writes
    else:
        assert (found.sure, len(found.lines)) == (True, 1), found


@pytest.mark.parametrize(("text", "expected"), CONDITIONS, ids=[text for text, _expected in CONDITIONS])
def test_a_condition_is_expressed_or_named_and_a_negation_never_gives_the_opposite(asked: Book, text: str, expected: str):
    found = meant(asked, text)

    if expected == "!":
        assert (list(found.lines), found.sure) == ([], False)
        assert found.left
    elif expected.startswith("? "):
        line, words = expected.removeprefix("? ").split(" | ")
        assert same(found.lines[0]) == same(line)
        assert (found.sure, [one.words for one in found.left]) == (False, words.split("; "))
    else:
        assert [same(line) for line in found.lines] == [same(expected)], found
        assert (found.sure, list(found.left), list(found.unused)) == (True, [], [])


def test_at_least_sixty_questions_with_conditions_are_tried_in_both_languages():
    assert len(CONDITIONS) >= 60
    assert len([text for text, _expected in CONDITIONS if not text.isascii()]) >= 15


def test_the_list_is_long_enough_and_in_both_languages():
    texts = {text for text, _line in LINES}

    assert len(texts) >= 150
    assert len([text for text in texts if not text.isascii()]) >= 40


@pytest.mark.parametrize("text", ["hello?", "thanks!", "你好", "lorem ipsum dolor", "42", "?", "can you please", "xyzzy"])
def test_a_text_without_a_question_means_nothing(asked: Book, text: str):
    assert not meant(asked, text).lines


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("VK-01 lost its buyer, says @mei", ["VK-01"]),
        ("Heard at the fair: Nova Power cannot pay its fitters", ["NP-01"]),
        ("heard that Vltava Kov a.s. is late", ["VK-01"]),
        ("Vltava is late again", ["VK-01"]),
        ("江河重工失去了主要买家", ["JH-01"]),
        ("Nova Power and VK-01 share a supplier", ["NP-01", "VK-01"]),
        ("Brennavik has lost a ship", ["BV-01", "BV-03"]),
        ("the energy market is weak today", []),
        ("please call me", []),
    ],
)
def test_a_message_is_about_the_customers_that_it_names(asked: Book, text: str, ids: list[str]):
    with asked.database.begin(EVERYTHING) as tx:
        assert sorted(id for id, _name in mentioned(tx, text)) == sorted(ids)


def test_several_customers_in_a_message_are_asked_about_in_the_form(asked: Book):
    named = registry().shortcuts["log_message"].named
    with asked.database.begin(EVERYTHING) as tx:
        assert named("VK-01 is late", tx) == {"customer": "VK-01"}
        assert named("Nova Power and VK-01", tx) == {"customer": "Nova Power (NP-01), Vltava Kov a.s. (VK-01)"}
        assert named("nobody in particular", tx) == {}
