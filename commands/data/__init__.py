"""Import and export files, and report on the quality of the data."""

from commands.data.data import about_customer
from commands.data.exporting import whole_file

__all__ = ["about_customer", "whole_file"]
