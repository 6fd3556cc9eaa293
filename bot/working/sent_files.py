"""Downloads of files that people sent, for a preview or an import; no transaction is open meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slack_sdk import WebClient

from bot.clock import Clock
from bot.slack.outgoing_calls import download
from commands.data.file_words import file_in_words, map_in_words
from commands.data.importing import earliest_day
from commands.kit.contract import Refused
from commands.kit.i18n import _
from storage import private
from storage.data.files import FileRefused, Mapping, MapRefused, Preview, StagedFile, parse_mapping, preview, stage

# more takes longer than somebody waits for an answer; the command line has no such limit
MOST_BYTES = 20 << 20
FOLDERS = "riskbot-sent-"
# three bytes a letter at most fit into the name of a file
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class SentFiles:
    """The files that one person has sent."""

    client: WebClient
    clock: Clock
    person: str
    # the copies and staged files of this request, removed at its end
    copies: ExitStack = field(default_factory=ExitStack)

    def looked_at(self, file: str, kind: str, mapping: str) -> Preview:
        """Return the preview of a file.

        Raises:
            Refused: it is another person's, too large, or no table.
            SlackApiError, OSError: Slack does not give it.
        """
        with _in_words():
            path = self._downloaded(file)
            return preview(path, kind or None, _mapping(mapping), today=earliest_day(self.clock.now()))

    def staged(self, file: str, kind: str, mapping: str) -> StagedFile:
        """Return a file in staging, until the end of the request.

        Raises:
            Refused: it is another person's, too large, or cannot be read in this way.
            SlackApiError, OSError: Slack does not give it.
        """
        with _in_words():
            path = self._downloaded(file)
            return self.copies.enter_context(stage(kind, path, _mapping(mapping), today=earliest_day(self.clock.now())))

    def close(self) -> None:
        self.copies.close()

    def _downloaded(self, id: str) -> Path:
        """Return a private copy of a file."""
        found: dict[str, Any] = self.client.files_info(file=id)["file"]
        name = _file_name(str(found.get("name") or ""))
        if found.get("user") != self.person:
            raise Refused(_("This file was sent by somebody else, who alone may import it."))
        if int(found.get("size") or 0) > MOST_BYTES:
            raise Refused(
                _("{file} has {megabytes} MB; at most {limit} are imported from Slack. Import it on the command line, or split it.").format(
                    file=name, megabytes=int(found["size"]) >> 20, limit=MOST_BYTES >> 20
                )
            )
        if not (url := str(found.get("url_private_download") or "")):
            raise Refused(_("{file} is not kept by Slack, so I cannot read it. Send the file itself.").format(file=name))
        content = download(self.client, url, most=MOST_BYTES)
        if len(content) != int(found.get("size") or 0):
            raise Refused(_("Slack did not give me the whole file {file}. Please send it again.").format(file=name))
        path = self.copies.enter_context(private.folder(FOLDERS)) / name
        private.make(path)
        path.write_bytes(content)
        return path


def _file_name(name: str) -> str:
    """Return the last part of a foreign file name, without characters that no folder accepts."""
    plain = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:_LONGEST_NAME]}{dot}{ending[:10]}" if stem.strip(".") else "file"


def _mapping(toml: str) -> Mapping | None:
    return parse_mapping(toml.encode()) if toml.strip() else None


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except FileRefused as refusal:
        raise Refused(file_in_words(refusal)) from None
    except MapRefused as refusal:
        raise Refused(map_in_words(refusal.problems[0])) from None
