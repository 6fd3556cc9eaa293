"""Trail sentences for views and exports, the second line's sample, and the trail itself."""

from __future__ import annotations

from commands.kit.contract import EventWords
from commands.kit.i18n import _
from risk_engine.audit.events import (
    AnswerExported,
    AnswerShared,
    DetailRead,
    ExportAsked,
    ExportHeld,
    FiguresShown,
    SampleDrawn,
    SampleFinding,
    SampleFine,
)
from storage.audit.anchoring.anchors import TrailAnchored
from storage.audit.anchoring.guarding import TrailAlarm, TrailRekeyed, TrailResealed, TrailRestored, TrailVerified
from storage.audit.erased import TrailErased
from storage.row_digests.covered import RegisterRecorded

EVENTS = (
    EventWords(AnswerShared, _("shared an answer to a channel"), ("command", "arguments", "channel", "as_of")),
    EventWords(AnswerExported, _("exported an answer"), ("command", "arguments", "rows", "as_of", "via", "count")),
    EventWords(ExportHeld, _("was refused an export over the limit"), ("command", "count", "total", "quota")),
    EventWords(ExportAsked, _("requested a file over the export limit"), ("command", "arguments", "count")),
    EventWords(FiguresShown, _("viewed the figures"), ("command", "customers", "count", "until")),
    EventWords(DetailRead, _("viewed"), ("command", "customers", "count", "via")),
    EventWords(SampleDrawn, _("drew the second line's sample"), ("population", "size")),
    EventWords(SampleFine, _("marked a sampled entry as in order"), ("place", "entry")),
    EventWords(SampleFinding, _("recorded a finding on a sampled entry"), ("place", "entry", "finding")),
    EventWords(RegisterRecorded, _("recorded the state of the register")),
    EventWords(TrailErased, _("erased entries' contents"), ("count",)),
    EventWords(TrailAlarm, _("found a break in the trail"), ("what", "known", "count")),
    EventWords(TrailResealed, _("accepted a break in the trail"), ("reason", "known", "sealed", "count", "hash")),
    EventWords(TrailVerified, _("verified the trail"), ("outcome", "count", "hash")),
    EventWords(TrailRestored, _("restored the database from a backup"), ("file", "known", "replaced", "sealed", "count", "hash")),
    EventWords(TrailRekeyed, _("moved the trail to a new key"), ("from", "to")),
    EventWords(TrailAnchored, _("anchored the chain outside of the database"), ("count", "hash", "key")),
)
