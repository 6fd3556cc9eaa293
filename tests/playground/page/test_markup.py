"""Texts as Slack shows them, in a real browser."""

from __future__ import annotations

import pytest

from tests.playground.page.window import IN_A_BROWSER, WIDE, Window

pytestmark = IN_A_BROWSER


SHOWN = """async (text) => {
  const { mrkdwn } = await import("/static/mrkdwn.js");
  const box = document.createElement("div");
  box.append(...mrkdwn(text));
  return box.innerHTML;
}"""


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_mrkdwn_is_read_as_slack_reads_it(window: Window) -> None:
    cases = {
        "*bold* and _it_ and ~gone~": "<strong>bold</strong> and <em>it</em> and <s>gone</s>",
        "2*3*4 and snake_case_name": "2*3*4 and snake_case_name",
        "`a *b*` &lt;i&gt;": "<code>a *b*</code> &lt;i&gt;",
        "> one\n> two\nthree": "<blockquote>one\ntwo</blockquote>three",
        ":white_check_mark: :nope: 10:30:45": "✅ :nope: 10:30:45",
        "<javascript:alert(1)|x>": "<span>x</span>",
        "<img src=x onerror=alert(1)>": "<span>img src=x onerror=alert(1)</span>",
        "<!date^soon^{date}|then>": "<time>then</time>",
    }

    assert {text: window.page.evaluate(SHOWN, text) for text in cases} == cases


WIDTHS = """() => {
  const block = document.createElement("pre");
  block.className = "code-block";
  document.body.append(block);
  return import("/static/cells.js").then(({ cells }) => {
    const width = (text) => {
      const line = document.createElement("span");
      line.append(...cells(text));
      block.replaceChildren(line);
      return line.getBoundingClientRect().width;
    };
    return ["aaaaaaaa", "风险四个", "🔴🟢aaaa", "▲─a●aaaa"].map(width);
  });
}"""


@pytest.mark.parametrize("width", [WIDE], indirect=True)
def test_wide_characters_take_exactly_two_cells_of_a_code_block(window: Window) -> None:
    latin, *others = window.page.evaluate(WIDTHS)

    assert others == pytest.approx([latin] * 3, abs=0.1)
