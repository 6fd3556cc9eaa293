"""The sample book of invented borrowers: 240 customers in 60 groups, a few of them in trouble."""

from storage.data.sample_book.borrowers import borrowers
from storage.data.sample_book.loaded import is_sample, last_load
from storage.data.sample_book.writing import news, sample_file, write_sample_book

__all__ = ["borrowers", "is_sample", "last_load", "news", "sample_file", "write_sample_book"]
