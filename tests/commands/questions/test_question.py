"""Answers to questions in plain words: the filters that they lack, and the choice between several readings."""

from __future__ import annotations

import pytest

from commands.kit.contract import Refused, Reply, Request
from commands.kit.registry import registry
from storage.sight import EVERYTHING
from tests.commands.conftest import Book, text_of


def answered(book: Book, asks, text: str) -> Reply:
    question = registry().asked("find.ask")
    assert question is not None
    assert question.stands_for is not None
    with book.database.begin(EVERYTHING) as tx:
        request: Request = asks("U0ANA", policy=book.policy)
        command, args, request = question.stands_for(question.args(text=text), request, tx)
        return command.run(args, request, tx)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("list risks in Germany", "Not narrowed by “Germany”: this answer cannot be filtered by country. 1 risk: R-1 Acme Steel"),
        ("show me German breaches", "Not narrowed by “German”: this answer cannot be filtered by country. "),
        ("red risks", "Not narrowed by “red”: this answer cannot be filtered by colour. 1 risk"),
        ("list risks in Energy", "No risk in the register matches."),
    ],
)
def test_a_filter_that_cannot_be_applied_is_said_first_in_the_words_typed(one_book, asks, text, first):
    one_book.ask('log ACME credit L4 S3 X2 "lost its main buyer"')
    reply = answered(one_book, asks, text)

    assert reply.text.startswith(first)
    assert text_of(reply.blocks).startswith(first.split(". ")[0])
    assert "not understood" not in text_of(reply.blocks)


def test_several_customers_are_offered_by_name_and_help_comes_last(one_book, asks):
    one_book.load("customers", "id,name\nVK-01,Vltava Kov\nVK-02,Vltava Voda\n")
    reply = answered(one_book, asks, "how is Vltava doing?")
    labels = [str(label) for label, _args in reply.pages]

    assert sorted(labels[:-1]) == ["Vltava Kov · VK-01", "Vltava Voda · VK-02"]
    assert labels[-1] == "What you can ask"
    assert not [block for block in reply.blocks if block["type"] == "actions"]
    assert answered(one_book, asks, reply.pages[-1][1].text).text == "Riskbot: what you can ask"


def test_a_negation_that_no_filter_expresses_is_refused_in_the_words_typed(one_book, asks):
    with pytest.raises(Refused) as refused:
        answered(one_book, asks, "which responses are not overdue?")
    assert "no list that says the opposite" in str(refused.value)

    with pytest.raises(Refused) as refused:
        answered(one_book, asks, "没有抵押的客户")
    assert "“没有”" in str(refused.value)


def test_a_condition_that_cannot_be_applied_is_named_before_anything_is_shown(one_book, asks):
    reply = answered(one_book, asks, "breaches since Monday")

    assert reply.text == "I cannot apply “Monday” here. Without that condition I can show you this:"
    assert str(reply.pages[0][0]) == "/risk breaches"
