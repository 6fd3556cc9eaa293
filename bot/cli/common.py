"""What the commands of the command line share."""

from __future__ import annotations

import argparse
import getpass
from typing import TypeAlias

from bot.settings import Settings
from risk_engine.policy import Policy
from storage import policies

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def policy_of(env: Settings) -> Policy:
    """The packaged policy with the file of RISKBOT_POLICY laid over it."""
    return policies.read(env.riskbot_policy)


def me() -> str:
    """Who is at the terminal; containers may have nobody."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"
