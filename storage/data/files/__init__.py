"""Files: read strictly, validated as a whole, staged beside the database, and written."""

from storage.data.files.kinds import EXPORTED, KIND_NAMES
from storage.data.files.mapping.map_file import parse_mapping, read_mapping, written
from storage.data.files.mapping.mapping import FileFormat, Mapping
from storage.data.files.previewing import Preview, preview
from storage.data.files.refusals import Accepted, FileRefused, MapProblem, MapRefused, Refusal
from storage.data.files.rejects import reject_rows, write_rejects
from storage.data.files.stage import stage
from storage.data.files.staging import Extremes, StagedFile

__all__ = [
    "EXPORTED",
    "KIND_NAMES",
    "Accepted",
    "Extremes",
    "FileFormat",
    "FileRefused",
    "MapProblem",
    "MapRefused",
    "Mapping",
    "Preview",
    "Refusal",
    "StagedFile",
    "parse_mapping",
    "preview",
    "read_mapping",
    "reject_rows",
    "stage",
    "write_rejects",
    "written",
]
