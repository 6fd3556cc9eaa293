"""One running bot a file: stopping one takes seconds, and people do not restart theirs between two questions either."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stories.desk import Desk, open_desk


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A bot in Socket Mode with a small book."""
    with open_desk() as opened:
        yield opened


@pytest.fixture(scope="module", params=["socket", "http"])
def either(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """The same, once over a WebSocket and once over HTTP."""
    with open_desk(request.param) as opened:
        yield opened
