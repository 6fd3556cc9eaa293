"""Channel names in the policy: a name, with or without #, or an id."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from risk_engine.characters import refused_in

# at most Slack's 80 characters; letters of any script, but no blanks and no characters of Slack's markup
_NAME = re.compile(r"#?[^\s#<>&|@,.:;/\\\"'`*~()\[\]{}]{1,80}")


def _a_channel(name: str) -> str:
    if not _NAME.fullmatch(name) or refused_in(name):
        raise ValueError("expected the name of a channel, as risk-alerts, or its id, as C012ABCDEF")
    return name


ChannelName = Annotated[str, AfterValidator(_a_channel)]
