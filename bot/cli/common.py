"""What the commands of the command line share."""

from __future__ import annotations

import argparse
import getpass
from datetime import date
from pathlib import Path
from typing import TypeAlias

from bot.settings import Settings, SettingsError
from commands.kit.input.fields import FIRST_DAY, LAST_DAY
from risk_engine.characters import is_blank, refused_in, shown
from risk_engine.policy.policy import Policy
from storage.database import Database
from storage.policy import policies, policies_in_force
from storage.sight import EVERYTHING

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def base_policy(env: Settings) -> Policy:
    """The packaged policy with the file of RISKBOT_POLICY laid over it."""
    return policies.read(env.riskbot_policy)


def policy_of(env: Settings, database: Database) -> Policy:
    """The policy in force: packaged, the file of RISKBOT_POLICY over it, and the approved changes over both.

    Raises:
        PolicyError: the file is not one, or has changed a key that was changed by approval.
    """
    with database.begin(EVERYTHING) as tx:
        return policies_in_force.with_changes(tx, base_policy(env), file=env.riskbot_policy)


def day(text: str) -> date:
    """A date as an argument of a command.

    Raises:
        ArgumentTypeError: it is none; what is accepted is said.
    """
    try:
        read = date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date: expected year-month-day, such as 2026-12-31") from error
    if not FIRST_DAY <= read <= LAST_DAY:
        raise argparse.ArgumentTypeError(f"{text!r} is too far away: expected a day from {FIRST_DAY} to {LAST_DAY}")
    return read


def check_texts(parsed: argparse.Namespace) -> None:
    """Refuse texts and names of files that hold what no database and no terminal takes.

    Raises:
        SettingsError: names the argument and the character.
    """
    for name, given in vars(parsed).items():
        for text in given if isinstance(given, list) else [given]:
            if isinstance(text, str | Path) and (character := refused_in(str(text)) or next(filter(str(text).count, "\n\r\t"), None)):
                said = character if character.startswith("U+") else f"U+{ord(character):04X}"
                raise SettingsError(f"{name} {shown(str(text))!r} holds a character that cannot be kept, {said}: leave it out")
            if isinstance(text, str) and is_blank(text):
                raise SettingsError(f"{name} is empty: say something, or leave it out")


def me() -> str:
    """Who is at the terminal; containers may have nobody."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"
