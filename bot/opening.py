"""Opening of the database: connected, upgraded, and not in the place of a lost one."""

from __future__ import annotations

import shlex
from pathlib import Path

from bot.audit.sealing_keys import keys
from bot.settings import Settings, SettingsError
from storage.audit.anchoring.lost import is_empty, remembered
from storage.database import BadUrl, Database
from storage.migrations import revisions
from storage.policy import policies


def connect(settings: Settings) -> Database:
    """Return the database, with its tables in any state.

    Raises:
        SettingsError: no database answers at ``DATABASE_URL``.
    """
    database = unconnected(settings)
    try:
        database.check()
    except BadUrl as error:
        raise SettingsError(f"DATABASE_URL is wrong: {error}") from error
    return database


def unconnected(settings: Settings) -> Database:
    """Return the database without connecting to it, so that no file is created.

    Raises:
        SettingsError: ``DATABASE_URL`` is no address of SQLite or PostgreSQL.
    """
    try:
        return Database(settings.database_url)
    except BadUrl as error:
        raise SettingsError(f"DATABASE_URL is wrong: {error}") from error


def open_database(settings: Settings) -> Database:
    """Return the database with upgraded tables, after checking that its trail is not lost.

    Raises:
        PolicyError: the policy file, which names the anchor file, is invalid.
        SettingsError: no database answers, PostgreSQL is too old, or the database is empty although a trail is remembered; with the remedy.
    """
    database = _up_to_date(settings)
    try:
        if is_empty(database):
            _refuse_a_lost_book(database, settings)
    except BaseException:  # also when stopped: an open database would keep its file locked; raised again
        database.close()
        raise
    return database


def _refuse_a_lost_book(database: Database, settings: Settings) -> None:
    anchor_file = policies.read(settings.riskbot_policy).audit.anchor_file
    lost = remembered(database, anchor_file, keys(settings).known)
    if lost is None:
        return
    aside = shlex.quote(str(Path(anchor_file).parent / "before"))
    raise SettingsError(
        f"DATABASE_URL: the database at {database.place} is empty, but {lost.file} knows of a trail of {lost.entries:,} entries. "
        "If it was deleted, or another was put in its place, restore a backup (python -m bot restore FILE). "
        "To begin anew on purpose, put aside what proves the "
        f"old trail: mkdir -p {aside} && mv {shlex.quote(anchor_file)}* {aside}"
    )


def _up_to_date(settings: Settings) -> Database:
    database = connect(settings)
    if revisions.is_current(database):
        return database
    if revisions.is_newer(database):
        database.close()
        raise SettingsError("DATABASE_URL: a newer version of Riskbot has changed these tables. Install that version, or restore a backup")
    if database.dialect != "sqlite":
        database.close()
        raise SettingsError("DATABASE_URL: the tables are not those of this version. Type: python -m bot migrate")
    # most starts have nothing to upgrade, and no use for Alembic
    from storage.migrations import migrate

    migrate.upgrade(database)
    return database
