"""Trail sentences for the book's facts."""

from __future__ import annotations

from commands.kit.contract import EventWords
from commands.kit.i18n import _
from risk_engine.facts.events import ImportLoaded

EVENTS = (EventWords(ImportLoaded, _("loaded a file"), ("kind", "file", "added", "changed")),)
