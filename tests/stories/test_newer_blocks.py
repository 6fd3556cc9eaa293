"""Slack's own tables and charts: sent where the workspace takes them, in their older form where it does not, and never lost or doubled."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.delivering.block_forms import BlockForms
from playground.hosting import Playground
from storage.delivery import unknown_blocks
from storage.sight import NOTHING
from tests.stories.desk import Desk, Json, ask, labels, press, words
from tests.stories.test_pictures_and_exports import readings

TABLE, CHART = "data_table", "data_visualization"


@pytest.fixture
def older(desk: Desk) -> Iterator[Playground]:
    """A workspace that does not have the newer blocks yet, and a bot that has not learned it."""
    forget(desk)
    desk.workspace.core.weather.change({"older": True})
    yield desk.workspace
    desk.workspace.core.weather.change({"older": False})
    forget(desk)


def forget(desk: Desk) -> None:
    with desk.database.begin(NOTHING, write=True) as tx:
        unknown_blocks.remember(tx, {TABLE, CHART}, at=datetime(2000, 1, 1, tzinfo=UTC))


def kinds(message: Json) -> list[str]:
    return [block["type"] for block in message.get("blocks", [])]


def code(message: Json) -> str:
    """The text of a message's code blocks."""
    found = [piece for block in message["blocks"] if block["type"] == "rich_text" for piece in block["elements"]]
    return "\n".join(words(piece) for piece in found if piece["type"] == "rich_text_preformatted")


def sent_with(workspace: Playground, kind: str, method: str = "response_url") -> int:
    """How many calls of the bot held a block of this type."""
    return sum(f'"type": "{kind}"' in json.dumps(entry.sent) for entry in workspace.wire.calls(method))


def test_an_answer_has_a_table_that_sorts_by_value_and_no_code_block(desk: Desk):
    answer = ask(desk.person("ana"), "/risk list")
    (table,) = (block for block in answer["blocks"] if block["type"] == TABLE)

    assert table["rows"][0][0]["text"] == "Customer"
    assert {"Acme Steel", "Nova Power"} <= {row[0]["text"] for row in table["rows"]}
    assert code(answer) == ""


def test_a_workspace_without_tables_gets_the_code_block_in_the_same_answer_and_is_remembered(desk: Desk, older: Playground):
    ana = desk.person("ana")
    before = len(ana.messages("general"))
    refused = sent_with(older, TABLE)

    first, second = ask(ana, "/risk list"), ask(ana, "/risk find Nova")

    assert "Acme Steel" in code(first)
    assert "Nova Power" in code(second)
    # two lines typed are not messages; each has one answer
    assert len(ana.messages("general")) - before == 2
    assert sent_with(older, TABLE) - refused == 1, "only the first answer tries the table"


def test_another_replica_knows_it_too_and_after_some_days_it_is_tried_again(desk: Desk, older: Playground):
    ask(desk.person("ana"), "/risk list")
    courier = desk.application.courier
    replica = BlockForms(desk.database, courier.client, courier.clock)
    with desk.database.begin(NOTHING) as tx:
        later = unknown_blocks.standing(tx, now=datetime.now(UTC) + unknown_blocks.KEPT + timedelta(minutes=1))

    assert replica.lacking() == {TABLE}
    assert later == frozenset()


def test_a_shared_answer_is_posted_once_with_its_table_in_the_older_form(desk: Desk, older: Playground):
    ana, omar = desk.person("ana"), desk.person("omar")
    older.core.weather.change({"older": False})
    answer = ask(ana, "/risk list")
    older.core.weather.change({"older": True})
    before = len(omar.messages("general"))

    press(ana, answer, "reply.share")
    posted = omar.wait_message("general", "Shared by")

    assert "Acme Steel" in code(posted)
    assert len(omar.messages("general")) - before == 1


def test_blocks_that_slack_refuses_for_another_reason_are_logged_as_a_fault_and_the_answer_comes_all_the_same(
    desk: Desk, caplog: pytest.LogCaptureFixture
):
    ana = desk.person("ana")
    desk.workspace.faults.add("response_url", "error:invalid_blocks")
    desk.workspace.faults.add("chat.postEphemeral", "error:invalid_blocks")
    before = len(ana.messages("general"))

    with caplog.at_level(logging.ERROR):
        answer = ask(ana, "/risk list")

    assert "Slack refuses the blocks of a message" in caplog.text
    assert "5 customers" in words(answer)
    assert len(ana.messages("general")) - before == 1
    assert desk.application.courier.forms.lacking() == frozenset(), "what is not about a type is not remembered"


def test_a_trend_is_a_chart_with_its_readings_as_a_table_behind(desk: Desk):
    desk.load("observations", readings())
    ana = desk.person("ana")
    trend = ask(ana, "/risk show ACME of=dscr")
    (chart,) = (block["chart"] for block in trend["blocks"] if block["type"] == CHART)
    (table,) = (block for block in trend["blocks"] if block["type"] == TABLE)

    assert "Debt service cover of Acme Steel: 1.10×" in words(trend)
    assert [point["value"] for point in chart["series"][0]["data"]] == pytest.approx([1.4, 1.3, 1.2, 1.1])
    assert [one["name"][:1] for one in chart["series"][1:]] == ["🔶", "🔴"]
    assert [row[1]["text"] for row in table["rows"][1:]] == ["1.10×", "1.20×", "1.30×", "1.40×"]
    assert "◀ Back" in labels(trend)


def test_where_there_are_no_charts_the_trend_is_a_picture_and_a_code_block(desk: Desk, older: Playground):
    desk.load("observations", readings())
    trend = ask(desk.person("ana"), "/risk show ACME of=dscr")
    image = next(block for block in trend["blocks"] if block["type"] == "image")
    file = older.core.files[image["slack_file"]["id"]]

    assert (file["mimetype"], file["shares"]) == ("image/png", {})
    assert "Debt service cover" in image["alt_text"]
    assert "1.40×" in code(trend)


def test_a_figure_without_a_history_is_refused_with_what_there_is(desk: Desk):
    desk.load("observations", readings())
    said = words(ask(desk.person("ana"), "/risk show ACME of=weather"))

    assert "“weather” is not on record for Acme Steel over time. Try one of these: dscr" in said
