"""Buttons under an answer: only those that the asker may press, and never in place of the answer itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from commands.delivery.share import furnish
from commands.kit.contract import Authority, Reply
from commands.kit.registry import registry
from risk_engine.people.roles import Reach, Right, Role
from tests.commands.conftest import text_of

LIST = registry().commands["list"]


@pytest.mark.parametrize(
    ("rights", "buttons"),
    [
        ({Right.READ}, set()),
        ({Right.READ, Right.SHARE}, {"reply.share"}),
        ({Right.READ, Right.EXPORT}, {"reply.export"}),
        ({Right.READ, Right.SHARE, Right.EXPORT}, {"reply.share", "reply.export"}),
    ],
)
def test_share_and_export_are_offered_to_those_who_may(asks, rights, buttons):
    asked = replace(asks(), authority=Authority(frozenset({Role.VIEWER}), frozenset(rights), Reach.ALL))
    reply, _kept = furnish(Reply("5 customers", [{"type": "divider"}], shareable=True), LIST, LIST.args(), asked)
    actions = {element["action_id"] for block in reply.blocks if block["type"] == "actions" for element in block["elements"]}

    assert actions == buttons


def test_a_sentence_with_a_button_stands_on_the_screen_too(asks):
    reply, _kept = furnish(Reply("Nothing is missing.", pages=[("◀ Back", LIST.args())]), LIST, LIST.args(), asks())

    assert text_of(reply.blocks).startswith("Nothing is missing.")
