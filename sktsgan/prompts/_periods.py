"""Periods of the calendar in words: English, Chinese and ISO 8601."""

import re

import pandas as pd

__all__ = ["parse_period", "read_period"]

_MONTHS = "january february march april may june july august september october november december"
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
}
_DAYS = {"weekend": (5, 6), "周末": (5, 6), "weekday": (0, 1, 2, 3, 4), "工作日": (0, 1, 2, 3, 4)}
_HALVES = {
    "上": (1, 2),
    "下": (3, 4),
    "first": (1, 2),
    "second": (3, 4),
    "1st": (1, 2),
    "2nd": (3, 4),
}
_RANGES = {"month": (1, 12), "week": (1, 53), "day": (1, 31), "hour": (0, 23), "minute": (0, 59)}
_NUMERALS = {c: i for i, c in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}
_DIGITS = {str(i): i for i in range(1, 60)}
_DATE = re.compile(
    r"\d{4}([-/.]\d{1,2}){0,2}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[ t]\d{1,2}(:\d{2}){0,2}|\d{4}-?q[1-4]"
)
_ISO_WEEK = re.compile(r"(\d{4})-?w(\d{1,2})")


def _named(names):
    """Return a pattern of names, long ones first and abbreviated to three letters, and their order."""
    order = {name: i for i, name in enumerate(names.split())}
    order |= {name[:3]: i for name, i in order.items()}
    return "|".join(sorted(order, key=len, reverse=True)), order


_MONTH, _MONTH_ORDER = _named(_MONTHS)
_MONTH, _MONTH_ORDER = f"{_MONTH}|sept", _MONTH_ORDER | {"sept": 8}
_DAY, _DAY_ORDER = _named(_WEEKDAYS)
_NUMERAL = "十一|十二|[一二三四五六七八九十]"
_PART_OF_DAY = "凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上"
# A day beside the name of its month, as in "January 5" and "5 January"; no hour, as in "January 8:00"
_DAY_OF_MONTH = (
    (
        rf"\b({_MONTH})\.? (\d{{1,2}})(?!\d|:\d| ?(?:am|pm|h|o'clock|st|nd|rd|th)\b|[点时日号])",
        r"\1 \2th ",
    ),
    (rf"(?<![\d:])(\d{{1,2}})\.? ({_MONTH})\b", r"\1th \2"),
)
# Each takes its words out of the text; what is between them may only be connectives.
_WORDS = (
    (r"(\d{4})(?:年|(?![\d:]))", "year", int),
    (r"\b(first|second|1st|2nd) half of (?:the |a |each |every )?year\b", "quarter", _HALVES.get),
    (r"(上|下)半年", "quarter", _HALVES.get),
    (rf"\b({_MONTH})\b\.?", "month", lambda word: _MONTH_ORDER[word] + 1),
    (rf"({_NUMERAL}|\d{{1,2}})月份?", "month", lambda word: (_NUMERALS | _DIGITS).get(word, 0)),
    (r"\b(first|second|1st|2nd) half\b", "half_month", _ORDINALS.get),
    (r"(上|下)半月", "half_month", {"上": 1, "下": 2}.get),
    (rf"\b({_DAY})s?\b", "weekday", _DAY_ORDER.get),
    (r"\b(weekend|weekday)s?\b", "weekday", _DAYS.get),
    (r"(周末|工作日)", "weekday", _DAYS.get),
    (
        r"(?:周|星期|礼拜)([一二三四五六日天])",
        "weekday",
        lambda c: min("一二三四五六日天".index(c), 6),
    ),
    (r"\bq([1-4])\b", "quarter", int),
    (r"\b(first|second|third|fourth|1st|2nd|3rd|4th) quarter\b", "quarter", _ORDINALS.get),
    (r"第?([一二三四1-4])季度?", "quarter", lambda c: (_NUMERALS | _DIGITS)[c]),
    (r"\b(?:week |w)(\d{1,2})\b", "week", int),
    (r"第(\d{1,2})周", "week", int),
    (r"\b(\d{1,2}(?: ?am| ?pm)|\d{1,2}:\d{2})\b", "hour", None),
    (rf"((?:{_PART_OF_DAY})?(?:{_NUMERAL}|\d{{1,2}})[点时]半?)", "hour", None),
    (r"\b(\d{1,2}) ?(?:h\b|o'clock)|\bhour (\d{1,2})\b", "hour", int),
    (r"\b(\d{1,2})(?:st|nd|rd|th)\b|(?<!\d)(\d{1,2})[日号]|\bday (\d{1,2})\b", "day", int),
)
_CONNECTIVES = re.compile(r"\b(of|in|the|a|each|every|at|on|month)\b|[\s,的]")


def parse_period(text):
    """Return what a text says of the calendar.

    Parameters
    ----------
    text : str
        A date or a part of it (``"2017"``, ``"2017-03"``, ``"2017-Q1"``, ``"2017-W05"``, ``"2017-03-05 08:00"``), or
        words: months, weekdays, halves of a month, quarters, weeks, days, hours and years, English or
        Chinese, also several of them (``"first half of January 2017"``, ``"一月上半月"``, ``"Monday 8:00"``).

    Returns
    -------
    asked : dict or None
        By the name of a calendar field its number; or ``"between"`` with the first and the last moment of a period.
        None where the text is no period.

    Examples
    --------
    >>> from sktsgan.prompts import parse_period
    >>> parse_period("first half of January")
    {'month': 1, 'half_month': 1}
    >>> parse_period("周一")
    {'weekday': 0}
    """
    text = text.strip().lower()
    try:
        if week := _ISO_WEEK.fullmatch(text):
            start = pd.Timestamp.fromisocalendar(int(week[1]), int(week[2]), 1)
            return {"between": (start, start + pd.Timedelta(days=7) - start.resolution)}
        if _DATE.fullmatch(text):
            return read_period(pd.Period(re.sub(r"[/.]", "-", text).upper()))
    except ValueError:  # such as a thirteenth month
        return None
    return _parse_words(text)


def read_period(period):
    """Return what ``parse_period`` would, of a pandas Period."""
    return {"between": (period.start_time, period.end_time)}


def _parse_words(text):
    asked, rest = {}, text
    for pattern, replacement in _DAY_OF_MONTH:
        rest = re.sub(pattern, replacement, rest)
    for pattern, field, number in _WORDS:
        found = re.search(pattern, rest)
        if found is None or field in asked:
            continue
        word = next(group for group in found.groups() if group is not None)
        asked |= _read_clock(word) if number is None else {field: number(word)}
        rest = f"{rest[: found.start()]} {rest[found.end() :]}"
    of_a_month = "month" in asked or "month" in text or "半月" in text
    if not asked or _CONNECTIVES.sub("", rest) or ("half_month" in asked and not of_a_month):
        return None
    return asked if all(_is_possible(*item) for item in asked.items()) else None


def _is_possible(field, number):
    if field not in _RANGES:
        return True
    first, last = _RANGES[field]
    return first <= number <= last


def _read_clock(word):
    """Return hour and minute of a time such as 8:30, 8am, 12 pm or 下午3点半; hour -1 of 13pm."""
    if ":" in word:
        hour, minute = word.split(":")
        return {"hour": int(hour), "minute": int(minute)}
    if word[-1] == "m":
        hour = int(word[:-2])
        return {"hour": hour % 12 + 12 * word.endswith("pm") if 1 <= hour <= 12 else -1}
    part, number, half = re.fullmatch(rf"({_PART_OF_DAY})?(.+?)[点时](半)?", word).groups()
    hour = (_NUMERALS | _DIGITS | {"0": 0, "00": 0}).get(number.lstrip("0") or "0", -1)
    if part in ("中午", "下午", "傍晚", "晚上") and 1 <= hour < (3 if part == "中午" else 12):
        hour += 12
    if part in ("凌晨", "晚上") and hour == 12:
        hour = 0  # midnight
    return {"hour": hour} if half is None else {"hour": hour, "minute": 30}
