"""How the policy names a channel: by its name, with or without #, or by its id."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from risk_engine.characters import refused_in

# Slack's longest name; letters of any script, but no blanks and none of the marks that Slack's own markup is made of
_NAME = re.compile(r"#?[^\s#<>&|@,.:;/\\\"'`*~()\[\]{}]{1,80}")


def _a_channel(name: str) -> str:
    if not _NAME.fullmatch(name) or refused_in(name):
        raise ValueError("expected the name of a channel, as risk-alerts, or its id, as C012ABCDEF")
    return name


ChannelName = Annotated[str, AfterValidator(_a_channel)]
