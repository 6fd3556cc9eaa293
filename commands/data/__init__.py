"""Import and export files, and report on the quality of the data."""

from commands.data.exporting import whole_file

__all__ = ["whole_file"]
