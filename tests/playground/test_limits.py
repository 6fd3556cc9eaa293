"""What Slack refuses in messages and views, in Slack's own words."""

from __future__ import annotations

import pytest

PNG = "https://example.com/a.png"


def plain(text):
    return {"type": "plain_text", "text": text}


def section(text="x", **more):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(action_id="a", **more):
    return {"type": "button", "action_id": action_id, "text": plain("Go"), **more}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def options(count, **more):
    return [{"text": plain(str(n)), "value": str(n), **more} for n in range(count)]


def select(**more):
    return {"type": "static_select", "action_id": "s", **more}


def field(element=None, **more):
    return {"type": "input", "label": plain("L"), "element": element or {"type": "plain_text_input", "action_id": "v"}, **more}


def rows(count, width=1, text="x"):
    return [[{"type": "raw_text", "text": text} for _ in range(width)] for _ in range(count)]


def number(value):
    return {"type": "raw_number", "value": value, "text": "twelve"}


RICH = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}


def data_table(cells, **more):
    return {"type": "data_table", "caption": "A table", "rows": cells, **more}


def plot(series=((1, 2),), kind="line", title="A chart", name="series"):
    longest = max(map(len, series))
    drawn = [
        {"name": f"{name} {place}" if place else name, "data": [{"label": str(at), "value": value} for at, value in enumerate(values)]}
        for place, values in enumerate(series)
    ]
    return {
        "type": "data_visualization",
        "title": title,
        "chart": {"type": kind, "series": drawn, "axis_config": {"categories": list(map(str, range(longest)))}},
    }


def pie(*values):
    segments = [{"label": f"slice {place}", "value": value} for place, value in enumerate(values)]
    return {"type": "data_visualization", "title": "A pie", "chart": {"type": "pie", "segments": segments}}


REFUSED_IN_MESSAGES = [
    ([section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "section"}], "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    ([section(fields=[plain("x")] * 11)], "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    ([section(fields=[plain("x" * 2001)])], "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"),
    ([section(colour="red")], "invalid additional property: colour [json-pointer:/blocks/0]"),
    ([section(block_id="x" * 256)], "must be less than 256 characters [json-pointer:/blocks/0/block_id]"),
    ([{"type": "header", "text": plain("x" * 151)}], "must be less than 151 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"),
    ([{"type": "header"}], "missing required field: text [json-pointer:/blocks/0]"),
    ([{"type": "carousel"}], "unsupported type: carousel [json-pointer:/blocks/0/type]"),
    ([data_table(rows(1))], "no less than 2 items required [json-pointer:/blocks/0/rows]"),
    ([data_table(rows(102))], "no more than 101 items allowed [json-pointer:/blocks/0/rows]"),
    ([data_table(rows(2, 21))], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    ([data_table([*rows(1, 2), *rows(1, 3)])], "must have 2 cells [json-pointer:/blocks/0/rows/1]"),
    ([data_table(rows(2, text=""))], "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]"),
    ([data_table(rows(2), caption=None)], "missing required field: caption [json-pointer:/blocks/0]"),
    ([data_table(rows(2), page_size=101)], "must be less than 101 [json-pointer:/blocks/0/page_size]"),
    ([data_table(rows(2), column_settings=[])], "invalid additional property: column_settings [json-pointer:/blocks/0]"),
    ([data_table([[RICH], [RICH]])], "unsupported type: rich_text [json-pointer:/blocks/0/rows/0/0/type]"),
    ([data_table([*rows(1), [number("12")]])], "must provide a number [json-pointer:/blocks/0/rows/1/0/value]"),
    ([data_table([*rows(1), [number(12) | {"unit": "EUR"}]])], "invalid additional property: unit [json-pointer:/blocks/0/rows/1/0]"),
    (
        [data_table(rows(60, text="x" * 60)), data_table(rows(60, text="x" * 110))],
        "must be less than 10001 characters [json-pointer:/blocks/0/rows]",
    ),
    ([plot(title="x" * 51)], "must be less than 51 characters [json-pointer:/blocks/0/title]"),
    ([plot(kind="scatter")], "unsupported type: scatter [json-pointer:/blocks/0/chart/type]"),
    ([plot([[1, 2]] * 7)], "no more than 6 items allowed [json-pointer:/blocks/0/chart/series]"),
    ([plot([list(range(21))])], "no more than 20 items allowed [json-pointer:/blocks/0/chart/axis_config/categories]"),
    ([plot([[1, 2], [1]])], "must contain exactly one entry for every category [json-pointer:/blocks/0/chart/series/1/data]"),
    ([plot([[1, None]])], "missing required field: value [json-pointer:/blocks/0/chart/series/0/data/1]"),
    ([plot(name="x" * 21)], "must be less than 21 characters [json-pointer:/blocks/0/chart/series/0/name]"),
    ([plot(), plot(), plot()], "no more than 2 `data_visualization` blocks allowed [json-pointer:/blocks/2]"),
    ([pie(1, 0)], "must be greater than 0 [json-pointer:/blocks/0/chart/segments/1/value]"),
    ([pie(*[1] * 7)], "no more than 6 items allowed [json-pointer:/blocks/0/chart/segments]"),
    ([{}], "missing required field: type [json-pointer:/blocks/0]"),
    (["x"], "must provide an object [json-pointer:/blocks/0]"),
    ([field()], "unsupported type: input [json-pointer:/blocks/0/type]"),
    ([actions(*[button(str(n)) for n in range(26)])], "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
    ([actions()], "must not be empty [json-pointer:/blocks/0/elements]"),
    (
        [actions(button(), button())],
        '`action_id` "a" already exists for another action [json-pointer:/blocks/0/elements/1/action_id]',
    ),
    (
        [section(block_id="b"), section(block_id="b")],
        '`block_id` "b" already exists for another block [json-pointer:/blocks/1/block_id]',
    ),
    ([actions(button(text=plain("x" * 76)))], "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"),
    ([actions(button(value="x" * 2001))], "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"),
    ([actions(button("x" * 256))], "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]"),
    ([actions(select())], "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]"),
    ([actions(select(options=options(101)))], "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    (
        [actions(select(options=options(1), initial_option={"text": plain("z"), "value": "z"}))],
        "`initial_option` is not one of the options [json-pointer:/blocks/0/elements/0/initial_option]",
    ),
    (
        [actions({"type": "overflow", "options": options(6)})],
        "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    ([actions({"type": "plain_text_input"})], "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]"),
    ([{"type": "context", "elements": [plain("x")] * 11}], "no more than 10 items allowed [json-pointer:/blocks/0/elements]"),
    (
        [{"type": "image", "image_url": "http://localhost/a.png", "alt_text": "a"}],
        "downloading image failed [json-pointer:/blocks/0/image_url]",
    ),
    ([{"type": "image", "image_url": PNG}], "missing required field: alt_text [json-pointer:/blocks/0]"),
    ([{"type": "image", "slack_file": {"id": "F0NONE"}, "alt_text": "a"}], "invalid slack file [json-pointer:/blocks/0/slack_file]"),
    ([{"type": "table", "rows": rows(101)}], "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
    ([{"type": "table", "rows": rows(1, 21)}], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
    ([{"type": "table", "rows": rows(2, 1, "x" * 6000)}], "must be less than 10001 characters [json-pointer:/blocks/0/rows]"),
]


@pytest.mark.parametrize(("blocks", "problem"), REFUSED_IN_MESSAGES, ids=[problem for _, problem in REFUSED_IN_MESSAGES])
def test_a_message_with_bad_blocks_is_refused_with_the_place(api, blocks, problem):
    refused = api("chat.postMessage", channel="C0GENERAL", text="x", blocks=blocks)

    assert refused["error"] == "invalid_blocks"
    assert problem in refused["errors"]
    assert f"[ERROR] {problem}" in refused["response_metadata"]["messages"]


def test_only_one_table_stands_in_a_message(api):
    table = {"type": "table", "rows": rows(1)}

    assert api("chat.postMessage", channel="C0GENERAL", text="x", blocks=[table, table])["error"] == "only_one_table_allowed"


def test_blocks_together_may_not_be_too_long(api):
    blocks = [section("x" * 2900) for _ in range(5)]

    assert api("chat.postMessage", channel="C0GENERAL", text="x", blocks=blocks)["error"] == "msg_blocks_too_long"


def test_what_is_within_the_limits_is_taken(api):
    blocks = [
        section("x" * 3000, accessory=button(confirm={"title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes")})),
        {"type": "header", "text": plain("x" * 150)},
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "image", "image_url": PNG, "alt_text": "a"}, plain("x")]},
        actions(select(options=options(100)), {"type": "datepicker", "initial_date": "2026-01-31"}),
        {"type": "image", "image_url": PNG, "alt_text": "a", "title": plain("x")},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]},
        {"type": "table", "rows": rows(100, 20), "column_settings": [{"align": "right"}]},
        {"type": "markdown", "text": "**x**"},
    ]
    posted = api("chat.postMessage", channel="C0GENERAL", text="x", blocks=blocks)

    assert posted["ok"], posted
    assert all(block["block_id"] for block in posted["message"]["blocks"])
    assert posted["message"]["blocks"][4]["elements"][1]["action_id"]


def view(*blocks, **more):
    return {"type": "modal", "title": plain("T"), "submit": plain("Go"), "blocks": list(blocks), **more}


REFUSED_IN_VIEWS = [
    (view(*[section()] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
    (view(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
    (view(submit=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
    (view(close=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
    (view(private_metadata="x" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
    (view(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
    (view(id="V1", hash="1.x"), "invalid additional property: id [json-pointer:/view]"),
    (view(state={"values": {}}), "invalid additional property: state [json-pointer:/view]"),
    (
        view(section(), field(), submit=None),
        "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/1/input]",
    ),
    (view({"type": "table", "rows": rows(1)}), "unsupported type: table [json-pointer:/view/blocks/0/type]"),
    (view({"type": "markdown", "text": "x"}), "unsupported type: markdown [json-pointer:/view/blocks/0/type]"),
    ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
    ({"type": "home", "blocks": []}, "unsupported type: home [json-pointer:/view/type]"),
    (view(field(button())), "unsupported type: button [json-pointer:/view/blocks/0/element/type]"),
    (
        view(field({"type": "number_input", "action_id": "n"})),
        "missing required field: is_decimal_allowed [json-pointer:/view/blocks/0/element]",
    ),
    (
        view(field({"type": "datepicker", "action_id": "d", "initial_date": "31/01/2026"})),
        "must be a valid date in the format YYYY-MM-DD [json-pointer:/view/blocks/0/element/initial_date]",
    ),
]


@pytest.mark.parametrize(("body", "problem"), REFUSED_IN_VIEWS, ids=[problem for _, problem in REFUSED_IN_VIEWS])
def test_a_bad_view_is_refused_with_the_place(api, body, problem):
    refused = api("views.open", trigger_id="1.2.x", view=body)

    assert refused["error"] == "invalid_arguments"
    assert f"[ERROR] {problem}" in refused["response_metadata"]["messages"]


def test_a_view_above_250_kb_is_too_large(api):
    blocks = [section("x" * 3000) for _ in range(90)]

    assert api("views.open", trigger_id="1.2.x", view=view(*blocks))["error"] == "view_too_large"


def test_a_home_takes_inputs_but_neither_title_nor_submit(api):
    assert api("views.publish", user_id="U0ANA", view={"type": "home", "blocks": [field(), section()]})["ok"]
    refused = api("views.publish", user_id="U0ANA", view={"type": "home", "title": plain("x"), "blocks": []})
    assert refused["response_metadata"]["messages"] == ["[ERROR] invalid additional property: title [json-pointer:/view]"]
