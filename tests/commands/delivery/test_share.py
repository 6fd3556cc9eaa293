"""The buttons under an answer, where the answer is not there: the refusal says so truthfully."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commands.kit.contract import Refused
from commands.kit.i18n import _
from storage.delivery.answers import Answer, keep
from storage.sight import EVERYTHING
from tests.conftest import MONDAY

BUTTONS = ["reply.again", "reply.share", "reply.export", "reply.reveal"]
LATER = MONDAY + timedelta(days=30)


def stored(book, key: str) -> str:
    with book.database.begin(EVERYTHING, write=True) as tx:
        keep(tx, Answer(key, "list", {}, "U0ANA", MONDAY, LATER))
    return key


@pytest.mark.parametrize("button", BUTTONS)
def test_an_answer_that_another_process_has_not_stored_yet_is_not_called_expired(one_book, button):
    with pytest.raises(Refused) as refused:
        one_book.press(button, key="a" * 32)

    said = str(refused.value.sentence)
    assert said == "This answer is not stored yet, or is older than 30 days. Try again in a moment; if that does not help, ask again."


@pytest.mark.parametrize("button", BUTTONS)
def test_an_answer_past_its_days_has_expired(one_book, button):
    with pytest.raises(Refused, match=r"This answer has expired\. Please ask again\."):
        one_book.press(button, at=LATER, key=stored(one_book, f"{BUTTONS.index(button):032x}"))


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (None, "It is posted in this channel."),
        (_("I am not in it."), "It will be posted here. If I am not in this channel yet, invite me with /invite."),
    ],
)
def test_an_invitation_is_asked_for_only_where_something_is_in_the_way(one_book, trouble, said):
    key = stored(one_book, f"{1 if trouble else 2:032x}")

    assert one_book.press("reply.share", "U0ANA", key=key, channel_trouble=lambda channel: trouble).text == said
