"""CSV files as people have them: other separators, decimal commas, thousands separators."""

import csv
import re

import pandas as pd

__all__ = ["parse_times", "read_csv"]

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_SNIFFED = 20  # lines
_PLAIN = {
    ".": re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?(e[+-]?\d+)?", re.IGNORECASE),
    ",": re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d*)?(e[+-]?\d+)?", re.IGNORECASE),
}
_EITHER = re.compile(r"[+-]?\d{1,3},\d{3}")  # a thousand or a fraction
_DAY_FIRST = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")


def read_csv(path, *, sep=None, decimal=None, time_column=None):
    """Return a CSV file as a DataFrame, and notes on how it was read.

    Parameters
    ----------
    path : path-like
    sep : str, default=None
        What separates columns; None finds out.
    decimal : {".", ","}, default=None
        The mark before decimals; None finds out.
    time_column : str, default=None
        A column that is not read as numbers.

    Raises
    ------
    ValueError
        If the file is not CSV, or a column of numbers holds something else.
    """
    notes = []
    try:
        if sep is None:
            sep = _find_separator(path)
            if sep != ",":
                notes.append(f"Read {_SEPARATORS[sep]} as separators of columns (--sep).")
        frame = pd.read_csv(path, sep=sep, decimal=decimal or ".", encoding="utf-8-sig")
        if decimal is None:
            decimal = _find_decimal(frame[_texts(frame, time_column)], sep)
            if decimal == ",":
                notes.append("Read commas as decimal marks (--decimal).")
                frame = pd.read_csv(path, sep=sep, decimal=decimal, encoding="utf-8-sig")
    except (
        pd.errors.EmptyDataError,
        pd.errors.ParserError,
        UnicodeDecodeError,
        csv.Error,
    ) as error:
        raise ValueError(f"{path} can't be read as CSV: {error}".strip()) from error
    texts = _texts(frame, time_column)
    converted = [column for column in texts if _read_numbers(frame, column, decimal)]
    if converted:
        notes.append(f"Read without their thousands separators: {', '.join(converted)}.")
    return frame, notes


def _texts(frame, time_column):
    """Return the columns that pandas took for text."""
    return [c for c in frame if c != time_column and not pd.api.types.is_numeric_dtype(frame[c])]


def _find_separator(path):
    """Return the separator that cuts the first lines into the most columns, equally many in each."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        lines = [line for _, line in zip(range(_SNIFFED), file, strict=False) if line.strip()]
    best, most = ",", 1
    for sep in _SEPARATORS:
        widths = {len(row) for row in csv.reader(lines, delimiter=sep)}
        if len(widths) == 1 and (width := widths.pop()) > most:
            best, most = sep, width
    return best


def _find_decimal(texts, sep):
    """Return the decimal mark of columns that pandas took for text."""
    if sep == ",":
        return "."  # "1,234" in quotes is a thousand
    undecided = None
    for column in texts:
        values = _strings(texts[column])
        if _share(values, ",") <= 0.5:
            continue
        if _share(values, ".") < _share(values, ","):
            return ","
        undecided = undecided or (column, values.iloc[0])
        if not all(_EITHER.fullmatch(value) for value in values if "," in value):
            return "."
    if undecided is not None:
        raise ValueError(
            f"column {undecided[0]!r} holds {undecided[1]!r}, which may be thousands or a fraction: say "
            "--decimal . or --decimal ,"
        )
    return "."


def _strings(column):
    return column.dropna().astype(str).str.strip()


def _share(values, decimal):
    """Return the share of strings that are numbers with this decimal mark, 0 where there are none."""
    whole = [_PLAIN[decimal].fullmatch(value) is not None for value in values]
    return sum(whole) / len(whole) if whole else 0.0


def _read_numbers(frame, column, decimal):
    """Turn a column of strings that are numbers into numbers, and return whether it was one."""
    values = _strings(frame[column])
    share = _share(values, decimal)
    if share < 1:
        if share > 0.5:
            bad = next(i for i, v in values.items() if not _PLAIN[decimal].fullmatch(v))
            raise ValueError(
                f"column {column!r} holds {frame[column][bad]!r} in data row {bad + 1}, which is no number: correct it "
                "or leave it empty"
            )
        return False
    thousands = "," if decimal == "." else "."
    numbers = values.str.replace(thousands, "", regex=False).str.replace(decimal, ".", regex=False)
    frame[column] = pd.to_numeric(numbers).reindex(frame.index)
    return True


def parse_times(column):
    """Return a column of dates or times as a DatetimeIndex, in UTC where offsets differ.

    Raises
    ------
    ValueError
        If one can't be read.
    """
    if pd.api.types.is_numeric_dtype(column):
        raise ValueError(f"column {column.name!r} holds numbers, not dates or times")
    day_first = _DAY_FIRST.match(str(column.iloc[0]).strip()) is not None
    try:
        times = pd.to_datetime(column, errors="coerce", dayfirst=day_first)
    except ValueError:  # offsets that differ, as those of summer and winter do
        times = pd.to_datetime(column, errors="coerce", dayfirst=day_first, utc=True)
    if times.isna().any():
        row = int(times.isna().to_numpy().argmax())
        raise ValueError(
            f"column {column.name!r} holds {column.iloc[row]!r} in data row {row + 1}, "
            f"which is not a date like {column.iloc[0]!r}"
            if row
            else f"column {column.name!r} starts with {column.iloc[0]!r}, which is not a date"
        )
    return pd.DatetimeIndex(times, name=column.name)
