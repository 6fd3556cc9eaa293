"""Files on their way in and out: read strictly, validated whole, staged beside the database."""

from storage.files.kinds import KIND_NAMES, KindName
from storage.files.map_file import parse_mapping, read_mapping
from storage.files.mapping import FileFormat, Mapping
from storage.files.refusals import Accepted, FileRefused, MapProblem, MapRefused, Refusal
from storage.files.rejects import write_rejects
from storage.files.stage import stage
from storage.files.staging import StagedFile

__all__ = [
    "KIND_NAMES",
    "Accepted",
    "FileFormat",
    "FileRefused",
    "KindName",
    "MapProblem",
    "MapRefused",
    "Mapping",
    "Refusal",
    "StagedFile",
    "parse_mapping",
    "read_mapping",
    "stage",
    "write_rejects",
]
