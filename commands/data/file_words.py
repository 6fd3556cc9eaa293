"""Refusals of files in words: cell, value and accepted values."""

from __future__ import annotations

from typing import Any

from commands.kit.i18n import Text, _, listed
from risk_engine import characters
from storage.data.files import Accepted, FileRefused, MapProblem, Refusal
from storage.private import CannotWrite

_SHOWN = 80

_ACCEPTED: dict[str, Text] = {
    "required": _("a value (this cell must not be empty)"),
    "identifier": _("an id of at most {longest} characters without paths, markup or double spaces: none of {signs}"),
    "text": _("text of at most {longest} characters, without control characters or hidden direction marks"),
    "choice": _("one of: {choices}"),
    "currency": _("a currency's ISO code, such as EUR"),
    "currency_meant": _("a currency's ISO code, probably {meant}"),
    "nothing": _("a value, or an empty cell if there is none: this word stands for nothing"),
    "lost_digits": _(
        "the id with all its digits: the spreadsheet has rounded it to fifteen; format the column as text, enter it again and save"
    ),
    "id_is_a_date": _("an id: the spreadsheet has made a date of it; format the column as text, enter it again and save"),
    "id_is_no_text": _("an id as text: format the column as text, enter it again and save"),
    "lost_letters": _("text with all its letters: some were lost when the file was saved; export it again in UTF-8"),
    "escaped": _("text without escapes; this seems to be “{meant}”"),
    "decoded_twice": _("text in the right encoding; this seems to be “{meant}”, read in the wrong one; export the file again in UTF-8"),
    "indicator": _("an indicator by its name, such as current_ratio, or by its label, such as Current ratio"),
    "word": _("a word of small letters and _, such as fund_diversion"),
    "date": _("a date such as 2026-06-30"),
    "date_as": _("a date written as {formats}"),
    "date_ambiguous": _("a date that the mapping's formats read in one way only; this is {days}"),
    "date_like": _("a date such as 2026-06-30; if it is written as {like}, name that under formats of [{kind}.dates] in the mapping"),
    "date_range": _("a date from {earliest} to {latest}"),
    "not_before": _("a date not before {earliest}"),
    "figure_negative": _(
        "a figure with a minus before it; if this is a negative one, write negatives = [{form}] under [{kind}.numbers] of the mapping"
    ),
    "figure_missing": _(
        "a figure, or an empty cell; if this means missing, write missing = [{word}] under [{kind}.numbers] of the mapping"
    ),
    "figure_signs": _(
        "a number with {decimal} before the decimals; if this is one, name its signs as decimal and thousands under [{kind}.numbers] "
        "of the mapping"
    ),
    "number": _("a number such as 1234.5, with {decimal} before the decimals"),
    "range": _("a number from {low} to {high}, with {decimal} before the decimals"),
    "above": _("a number above {above}, with {decimal} before the decimals"),
    "whole": _("a whole number from {low} to {high}"),
    "money": _("an amount such as 1234.50, not negative, with {decimal} before at most {decimals} decimals"),
    "signed_money": _("an amount such as -1234.50, with {decimal} before the decimals, of which whole units have at most {decimals}"),
    "largest": _("an amount of at most {limit} whole units"),
    "other_currency": _("a currency other than {currency}"),
    "other_customer": _("a customer other than {customer}"),
    "with_currency": _("an amount together with its currency, or no amount"),
    "spreadsheet_error": _("a value; the spreadsheet has an error there"),
    "uncalculated": _("a value; this formula was never calculated: open the file in a spreadsheet program and save it"),
    "cells": _("{count} cells, as many as the header has"),
    "customer": _("the id of a customer that has been imported"),
    "facility": _("the id of a facility that has been imported"),
    "credit": _("an amount of at least 0, as the direction is credit"),
    "first_of_month": _("the first day of a month, such as 2026-06-01"),
    "in_month": _("a day in {month}"),
    "account_customer": _("the account's customer, as the account is not on record yet"),
    "whole_month": _("a month without refused rows: another row of this account and month is refused, and a month is loaded whole"),
    "month_on_record": _(
        "the whole month: on record are {movements} transactions from {first} to {last}, known up to {until}; "
        "the file has {found} from {from} to {to}"
    ),
    "no_gaps": _("balances that follow from one another: the file has {gaps} gaps in this month, {recorded} are on record"),
    "months_needed": _("the months of the period, 1 to {longest}: the dates of this projection do not say how long its first period is"),
    "months_needed_after": _(
        "the months of the period, 1 to {longest}: the one before it ended on {before}, and the periods are not equally long"
    ),
    "months_apart": _("the months since the period before it, which ended on {before}"),
    "whole_projection": _("a projection without periods of doubtful length: it is loaded whole, or not at all"),
    "same": _("the same value as in row {rows} ({values}): two rows for one fact must agree"),
}
_FILE: dict[str, Text] = {
    "missing": _("There is no file {file}."),
    "directory": _("{file} is a folder; name a file in it."),
    "not_a_file": _("{file} is not a regular file; save it to one first, since it is read twice when rows are refused."),
    "unreadable": _("{file} cannot be read: {problem}."),
    "too_large": _("{file} is larger than {bytes} bytes; a mapping file is a page of TOML."),
    "empty": _("The file is empty: the first row must name the columns."),
    "other_format": _("This is not CSV, XLSX or Parquet but {format}; unpack it, or save the table as one of these."),
    "old_workbook": _("This is a workbook of an old format or with a password; save it as XLSX without a password."),
    "contradicted": _("{file} is named as {promised} but contains {found}; rename it, or save it again."),
    "not_workbook": _("This XLSX workbook cannot be read ({problem}); open it in a spreadsheet program and save it as XLSX."),
    "unpacks_to_too_much": _("The workbook unpacks to more than {megabytes} MB; save the table as CSV or Parquet."),
    "bomb": _("The workbook's part {part} unpacks to {ratio} times its size, as no table does; save the table as CSV or Parquet."),
    "large_part": _("The workbook's part {part} unpacks to more than {megabytes} MB; save the table as CSV or Parquet."),
    "too_wide": _("Row {row} of the sheet has cells beyond column {columns}; no table of ours is that wide."),
    "no_sheet": _("The workbook has no sheet {sheet}; those are {sheets}. Correct sheet under [file] of the mapping."),
    "which_sheet": _("The workbook has several sheets: {sheets}. Name one as sheet under [file] of the mapping."),
    "not_parquet": _("This Parquet file cannot be read ({problem}); write it again."),
    "column_type": _("The column {column} is of the type {type}; a column of ours holds text, figures, dates or yes and no."),
    "file_too_large": _("The file has {megabytes} MB; at most {limit} are read at once. Split it, by year for example."),
    "too_many_rows": _("The file has {rows} rows; at most {limit} are read at once. Split it, by year for example."),
    "too_many_columns": _("The file has {columns} columns; at most {limit} are read. Split it, or leave out what is not needed."),
    "too_many_cells": _("The file has {cells} cells; at most {limit} are read at once. Split it, or leave out what is not needed."),
    "too_many_groups": _("The file has {groups} row groups; at most {limit} are read. Write it anew with larger ones."),
    "too_many_pages": _("The file has more than {limit} pages. Split it, or write it anew with larger ones."),
    "rows_of_nothing": _("The file has {rows} rows in {kilobytes} kB, as no table of different facts does. Write it anew, or split it."),
    "large_footer": _("The file's footer has {megabytes} MB; at most {limit} are read. Write it anew with fewer columns or row groups."),
    "large_page": _("The column {column} has a page of {megabytes} MB; at most {limit} are unpacked at once. Write it anew."),
    "unpacked_too_large": _("The file unpacks to more than {limit} MB. Split it, by year for example."),
    "long_cell": _("The column {column} has a text of {characters} characters; at most {limit} are read."),
    "no_space": _("There is no room to check the file in {folder}: {free} MB are free, and {needed} MB are needed."),
    "not_encoded": _("Line {line} is not {encoding}; save the file as CSV in UTF-8, or name its encoding under [file] of the mapping."),
    "seems_encoded": _(
        "Line {line} is not {encoding} but seems to be {seems}: “{text}”. Save the file as CSV in UTF-8, or write "
        "encoding = {seems_quoted} under [file] of the mapping."
    ),
    "other_encoding": _(
        "The file seems to be {seems}, not {declared}. Save it as CSV in UTF-8, or write encoding = {seems_quoted} "
        "under [file] of the mapping."
    ),
    "other_delimiter": _("The columns are divided by {seems}, not by {declared}; correct delimiter under [file] of the mapping."),
    "aligned": _("The columns seem to be aligned by blanks; save the table as CSV, with a comma, semicolon or tab between columns."),
    "grouped": _(
        "The amounts of {column} ({values}) may be grouped thousands or have three decimals, a difference of a factor of 1,000. "
        "Write under [{kind}.numbers] of the mapping: {grouping} if they are thousands, {decimals} if they are decimals. "
        "Nothing was guessed."
    ),
    "rounded_ids": _(
        "The ids of {column} ({values}) end in zeros after fifteen digits, as a spreadsheet program rounds long numbers. Format the column "
        "as text, enter the ids again and save."
    ),
    "nul": _("Line {line} contains a NUL byte; export the file again."),
    "long_line": _("Line {line} is longer than {characters} characters; is a quotation mark or a line end missing?"),
    "not_csv": _("Line {line} is not CSV: {problem}. Is a quotation mark missing?"),
    "repeated_columns": _("The header names these columns more than once: {columns}. Each name may stand there once."),
    "missing_columns": _("Missing columns: {columns}. The file has: {found}. A mapping says which of these stand for them."),
    "unknown_columns": _("Unknown columns: {columns}. Without --strict they would be ignored."),
    "no_section": _("The mapping has no [{kind}] section."),
    "rejects_are_the_file": _("The rejects would overwrite {file} itself; choose another --rejects."),
    "rejects_unwritable": _("The rejects cannot be written to {file}: {problem}. Choose another --rejects."),
    "rejects_not_ours": _("{file} exists and is not a rejects file, so it is not overwritten. Choose another --rejects."),
    "rejects_link": _("{file} is a link, and rejects are not written through one. Choose another --rejects."),
    "rejects_folder": _("{file} is a folder; name a file in it with --rejects."),
    "rejects_not_a_file": _("{file} is no ordinary file but a device or a pipe. Choose another --rejects."),
}
# what the command line offers besides, which says nothing to somebody in Slack
_TYPED: dict[str, Text] = {
    "missing_columns": _("--map names a mapping, and --preview proposes one."),
    "no_space": _("Make room, or set TMPDIR."),
}
_WRITING: dict[str, Text] = {
    "exists": _("{file} exists; --force replaces it."),
    "link": _("{file} is a link, and nothing is written through one; name the file itself."),
    "folder": _("{file} is a folder; name a file in it."),
    "not_a_file": _("{file} is no ordinary file but a device or a pipe; name a file."),
    "unwritable": _("{file} cannot be written: {problem}."),
}

_OTHER_SIGN = {".": ",", ",": "."}


def accepted_in_words(accepted: Accepted) -> Text:
    """Return the accepted values of a cell."""
    code = accepted.code
    if hint := accepted.facts.get("hint"):
        code = hint
    elif code == "date" and accepted.facts.get("formats"):
        code = "date_as"
    elif code == "currency" and accepted.facts.get("meant"):
        code = "currency_meant"
    return _ACCEPTED[code].format(**_listed(accepted.facts))


def file_in_words(refusal: FileRefused) -> Text:
    """Return the reason for refusing a whole file."""
    facts: dict[str, Any] = dict(refusal.facts)
    if seems := facts.get("seems"):
        facts["seems_quoted"] = f'"{seems}"'
    if refusal.code == "grouped":
        sign = str(facts["decimal"])
        facts["grouping"] = f'decimal = "{_OTHER_SIGN[sign]}", thousands = "{sign}"'
        facts["decimals"] = f'decimal = "{sign}", thousands = ""'
    code = "seems_encoded" if refusal.code == "not_encoded" and seems else refusal.code
    return _FILE[code].format(**_listed(facts))


def on_the_command_line(refusal: FileRefused) -> tuple[Text, ...]:
    """Return the reason for refusing a whole file, with the command line's remedy."""
    hint = _TYPED.get(refusal.code)
    return (file_in_words(refusal), *([hint] if hint else []))


def cannot_write(error: CannotWrite) -> Text:
    """Return the reason for a file that cannot be written."""
    return _WRITING[error.why].format(file=characters.shown(str(error.path)), problem=error.problem)


def map_in_words(problem: MapProblem) -> Text:
    """Return the wrong key of a mapping file, with the reason."""
    if not problem.key:
        return _("The mapping file is {problem}").format(problem=problem.problem)
    if problem.accepted is not None:
        return _("The mapping file's key {key} = “{value}”; expected {accepted}.").format(
            key=problem.key, value=problem.problem, accepted=accepted_in_words(problem.accepted)
        )
    return _("The mapping file's key {key}: {problem}").format(key=problem.key, problem=problem.problem)


def refusal_in_words(refusal: Refusal) -> Text:
    """Return row, column, value and accepted values."""
    accepted = accepted_in_words(refusal.accepted)
    figures = {"row": refusal.row, "column": shown(refusal.column), "value": shown(refusal.value), "accepted": accepted}
    if refusal.accepted.code == "cells":
        return _("Row {row} has {value} cells; expected {accepted}.").format(**figures)
    if not refusal.value:
        return _("Row {row}, {column} is empty; expected {accepted}.").format(**figures)
    return _("Row {row}, {column} = “{value}”; expected {accepted}.").format(**figures)


def shown(text: str) -> str:
    """Return text of a foreign file, safe for a terminal: no control sequences, no hidden direction marks, shortened."""
    visible = "".join(letter if letter.isprintable() else "�" for letter in text[: _SHOWN + 1])
    return visible if len(text) <= _SHOWN else f"{visible[:_SHOWN]}…"


def _listed(facts: Any) -> dict[str, Any]:
    return {name: _shown(value) for name, value in facts.items()}


def _shown(fact: Any) -> Any:
    if isinstance(fact, list):
        return listed(shown(str(each)) for each in fact)
    return shown(fact) if isinstance(fact, str) else fact
