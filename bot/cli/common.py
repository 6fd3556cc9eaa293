"""Common parts of the commands."""

from __future__ import annotations

import argparse
import getpass
from datetime import date
from typing import TypeAlias

from bot.settings import Settings
from risk_engine.due import FIRST_DAY, LAST_DAY
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.policy import policies, policies_in_force
from storage.sight import EVERYTHING

Parser: TypeAlias = argparse.ArgumentParser
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def base_policy(env: Settings) -> Policy:
    """Return the packaged policy merged with the file of RISKBOT_POLICY."""
    return policies.read(env.riskbot_policy)


def policy_of(env: Settings, database: Database) -> Policy:
    """Return the policy in force: the packaged one, the file of RISKBOT_POLICY, and approved changes.

    Raises:
        PolicyError: the file is invalid, or has changed a key that was changed by approval.
    """
    with database.begin(EVERYTHING) as tx:
        return policies_in_force.with_changes(tx, base_policy(env), file=env.riskbot_policy)


def day(text: str) -> date:
    """Parse a date as an argument of a command.

    Raises:
        ArgumentTypeError: the text is no date; the message names the accepted form.
    """
    try:
        read = date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date: expected year-month-day, such as 2026-12-31") from error
    if not FIRST_DAY <= read <= LAST_DAY:
        raise argparse.ArgumentTypeError(f"{text!r} is too far away: expected a day from {FIRST_DAY} to {LAST_DAY}")
    return read


def me() -> str:
    """Return the user at the terminal; containers may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"
