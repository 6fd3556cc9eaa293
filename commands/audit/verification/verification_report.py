"""The report of a verified audit trail: completeness, first fault, keys and anchors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commands.kit.i18n import Text, _, ngettext
from commands.kit.wording import words
from storage.audit.anchoring.anchors import Anchor
from storage.audit.chain import PLAIN, Keys
from storage.audit.detours import covers, may_cover
from storage.audit.findings import Broken, Detour, Fault, Verified


@dataclass(frozen=True, slots=True)
class Proof:
    """The findings of a verification, and the overall result.

    Attributes:
        unsealed: the number of unsealed events; None if unknown.
        extract: whether links were omitted.
        database: the id of the database; None if unknown.
    """

    verified: Verified
    keys: Keys
    anchors: Sequence[Anchor]
    unsealed: int | None
    extract: bool = False
    database: str | None = None

    @property
    def holds(self) -> bool:
        """Return True if all links are valid and all anchors of this database are met or explained.

        At least one anchor must be met, if any were given.
        """
        held = any(self.meets(anchor) for anchor in self.ours) or not self.anchors
        return self.verified.broken is None and not self.verified.unknown and held and not self.failed

    @property
    def ours(self) -> list[Anchor]:
        """Return the anchors, except those marked as another database's."""
        return [anchor for anchor in self.anchors if not (anchor.database and self.database and anchor.database != self.database)]

    def meets(self, anchor: Anchor) -> bool:
        return self.verified.at.get(anchor.count) == anchor.hash

    @property
    def failed(self) -> list[Anchor]:
        """Return the anchors that the trail neither meets nor explains."""
        return [anchor for anchor in self.ours if not self.meets(anchor) and self._detour(anchor) is None]

    def _detour(self, anchor: Anchor) -> Detour | None:
        """Return the detour, such as a restore, that left an anchor's entries behind."""
        # whoever has an earlier key, or needs none, could cut back to what it has sealed and record that as a restore
        if not self._ends_under_the_present_key():
            return None
        return next((left for left in self.verified.detours if covers(left, anchor)), None)

    def _ends_under_the_present_key(self) -> bool:
        last = max(self.verified.keys.items(), key=lambda each: each[1].last, default=None)
        return last is not None and last[0] == self.keys.present.id != PLAIN

    def _perhaps(self, anchor: Anchor) -> Text | None:
        """Return a hint that an undated anchor may predate a restore."""
        left = next((left for left in self.verified.detours if anchor.at is None and may_cover(left, anchor)), None)
        if left is None or not self._ends_under_the_present_key():
            return None
        return _(
            "If it was taken before {at}, it covers entries after {after} that were left behind then: give "
            "its whole line in a file with --anchors."
        ).format(at=words.moment(left.at), after=f"{left.after:,}")

    def lines(self) -> list[str]:
        """Return the findings in the reader's language, the overall result first."""
        found, failed = self.verified, self.failed
        lines = [self._verdict(failed), *([_head(found), _span(found)] if found.count else []), *self._under_which_key()]
        lines += [line for anchor in failed for line in (_miss(anchor, found), self._perhaps(anchor)) if line]
        if others := len(self.anchors) - len(self.ours):
            lines.append(_of_others(others, self.database))
        lines += self._left_behind()
        if held := sum(map(self.meets, self.ours)):
            lines.append(ngettext("{n} anchor holds.", "{n} anchors hold.", held).format(n=held))
        if self.unsealed:
            lines.append(ngettext("{n} event is not sealed yet.", "{n} events are not sealed yet.", self.unsealed).format(n=self.unsealed))
        if found.erased:
            lines.append(_erased(found, told=found.broken is None and not self.extract))
        if found.count and not self.anchors and not self.extract:
            lines.append(_("Without --anchor it cannot be told whether the end was cut off or the whole trail rebuilt."))
        return [str(line) for line in lines]

    def _verdict(self, failed: Sequence[Anchor]) -> Text:
        found = self.verified
        if found.broken is not None:
            return _("The audit trail is broken at {place}: {fault}").format(place=f"seq {found.broken.seq}", fault=told(found.broken))
        if failed or (self.anchors and not any(map(self.meets, self.ours))):
            return _("This is not the audit trail that was anchored.")
        if found.unknown:
            return _("The audit trail could not be checked to its end: a key is missing.")
        if self.extract:
            return ngettext(
                "{n} entry in this extract, unchanged since it was sealed.",
                "All {n} entries are unchanged since they were sealed.",
                found.count,
            ).format(n=f"{found.count:,}")
        if not found.count:
            return _("The audit trail is empty.")
        return ngettext("The audit trail is whole: {n} entry.", "The audit trail is whole: {n} entries.", found.count).format(
            n=f"{found.count:,}"
        )

    def _left_behind(self) -> list[Text]:
        """Return a line for each restore and accepted cut that left some of the anchors behind."""
        gone = [anchor for anchor in self.ours if not self.meets(anchor)]
        counts = [(left, sum(self._detour(anchor) is left for anchor in gone)) for left in self.verified.detours]
        return [_detoured(left, count) for left, count in counts if count]

    def _under_which_key(self) -> list[Text]:
        found, lines = self.verified, []
        for name, stretch in found.keys.items():
            places = {"n": f"{stretch.count:,}", "first": stretch.first, "last": stretch.last, "key": name}
            lines.append(self._about_key(name).format(**places))
        if self.keys.present.id == PLAIN and found.count:
            lines.append(
                _("RISKBOT_AUDIT_KEY is not set: anyone with write access to the database can rebuild a trail sealed without a key.")
            )
        elif found.count and self.keys.present.id not in found.keys:
            lines.append(_("Nothing is sealed with the key of RISKBOT_AUDIT_KEY ({key}).").format(key=self.keys.present.id))
        return lines

    def _about_key(self, name: str) -> Text:
        if name == PLAIN:
            return _("Sealed without a key: {n}, entries {first} to {last}.")
        if name == self.keys.present.id:
            return _("Sealed with the present key ({key}): {n}, entries {first} to {last}.")
        if name in self.keys.known:
            return _("Sealed with an older key ({key}): {n}, entries {first} to {last}.")
        return _("Sealed with another key ({key}), not checked: {n}, entries {first} to {last}. Give that key in RISKBOT_AUDIT_OLD_KEYS.")


def told(broken: Broken) -> Text:
    """Return a broken link in words: event, subject and mismatch."""
    words = {"event": broken.event_id, "subject": broken.subject, "other": broken.other}
    return _FAULTS[broken.fault].format(**words)


_FAULTS = {
    Fault.MISSING: _("this link is missing; the next one is seq {other}."),
    Fault.EVENT: _("event {event}, which it seals, is missing."),
    Fault.ROW: _("event {event} about {subject} differs from what was sealed: one of its columns, or its seal, was changed."),
    Fault.PAYLOAD: _("the payload of event {event} about {subject} is not the one that was recorded."),
    Fault.SEAL: _("the seal over event {event} about {subject} was changed; the event is as it was."),
    Fault.SWAPPED: _("event {event} about {subject} was swapped with the one at seq {other}."),
    Fault.ERASED: _("the payload of event {event} about {subject} is gone, and no erasure of it is on record."),
    Fault.FORGED: _(
        "the payload of event {event} about {subject} is gone, and the erasure that names it, event {other}, is forged:"
        " no command has signed it with the key."
    ),
    Fault.RECORD: _("event {event} about {subject} claims an erasure and is forged: it is not signed with the key."),
    Fault.IDENTITY: _("this is not the database that its anchors name ({subject})."),
    Fault.PLAIN: _("event {event} about {subject} is sealed without a key, after entries that have one."),
}


def _of_others(count: int, database: str | None) -> Text:
    told = ngettext(
        "{n} anchor is of another database than this one ({database}) and was passed over.",
        "{n} anchors are of another database than this one ({database}) and were passed over.",
        count,
    )
    return told.format(n=count, database=database)


def _head(found: Verified) -> Text:
    return _("Head: {head}").format(head=f"{found.count}:{found.head}")


def _span(found: Verified) -> Text:
    return _("From {first} to {last}.").format(first=found.first_at, last=found.last_at)


def _miss(anchor: Anchor, found: Verified) -> Text:
    if anchor.count > found.count:
        return _("Anchor {anchor}: only {n} of {count} entries are present; the end of the trail was cut off.").format(
            anchor=_short(anchor), n=f"{found.count:,}", count=f"{anchor.count:,}"
        )
    return _("Anchor {anchor}: the trail was rebuilt; entry {count} has the hash {hash}.").format(
        anchor=_short(anchor), count=anchor.count, hash=found.at.get(anchor.count)
    )


def _detoured(left: Detour, count: int) -> Text:
    if left.restored:
        told = ngettext(
            "{n} anchor was taken before {by} restored {why} ({at}) and covers entries after {after} that are not in the backup.",
            "{n} anchors were taken before {by} restored {why} ({at}) and cover entries after {after} that are not in the backup.",
            count,
        )
    else:
        told = ngettext(
            "{n} anchor covers entries after {after} that were lost, as {by} put on record ({at}): “{why}”.",
            "{n} anchors cover entries after {after} that were lost, as {by} put on record ({at}): “{why}”.",
            count,
        )
    return told.format(n=count, after=f"{left.after:,}", why=left.why, by=left.by, at=words.moment(left.at))


def _short(anchor: Anchor) -> str:
    return f"{anchor.count}:{anchor.hash[:12]}…"


def _erased(found: Verified, *, told: bool) -> Text:
    if told:
        return ngettext("{n} payload was erased; it is on record.", "{n} payloads were erased; all are on record.", found.erased).format(
            n=f"{found.erased:,}"
        )
    return ngettext("{n} payload was erased.", "{n} payloads were erased.", found.erased).format(n=f"{found.erased:,}")
