"""Tables of the search for customers: the words of their names, and spellings that lead to them."""

from __future__ import annotations

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.schema.base import Table

# words are compared by code point, so that those with one beginning follow each other on either database
WORD = Text().with_variant(Text(collation="C"), "postgresql")


class SearchWordRow(Table):
    """A word of names, ids or aliases; ``uses`` counts the versions of customers that have it."""

    __tablename__ = "search_word"
    __table_args__ = (Index("uq_search_word_word", "word", unique=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(WORD)
    uses: Mapped[int]


class SearchSpellingRow(Table):
    """A word without one or two of its letters: a mistyped word loses the same letters as the right one."""

    __tablename__ = "search_spelling"
    __table_args__ = ({"sqlite_with_rowid": False},)
    spelling: Mapped[str] = mapped_column(WORD, primary_key=True)
    word_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class SearchEntryRow(Table):
    """A version of a customer that has a word."""

    __tablename__ = "search_entry"
    __table_args__ = ({"sqlite_with_rowid": False},)
    word_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class SearchStateRow(Table):
    """The one row that says which versions are indexed: those with numbers up to ``through``."""

    __tablename__ = "search_state"
    id: Mapped[int] = mapped_column(primary_key=True)
    through: Mapped[int]
