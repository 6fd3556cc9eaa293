"""The playground refuses in Slack's words only."""

from __future__ import annotations

import pytest

from playground.shapes import SlackError
from playground.web_api.errors import CODES, checked
from playground.web_api.registry import METHODS


def test_the_table_names_only_methods_that_exist():
    assert set(CODES) <= set(METHODS)


@pytest.mark.parametrize(("method", "code"), [("chat.postMessage", "invalid_auth"), ("chat.update", "cant_update_message")])
def test_a_code_of_slack_passes(method, code):
    assert checked(method, SlackError(code)).code == code


def test_a_code_that_the_method_does_not_have_is_a_fault_of_the_playground():
    with pytest.raises(AssertionError, match=r"users\.info does not answer 'no_pin'"):
        checked("users.info", SlackError("no_pin"))
