import pandas as pd
import pytest

from sktsgan.prompts import parse_period


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("January", {"month": 1}),
        ("may", {"month": 5}),
        ("SEP", {"month": 9}),
        ("一月", {"month": 1}),
        ("十月", {"month": 10}),
        ("十一月", {"month": 11}),
        ("十二月", {"month": 12}),
        ("12月", {"month": 12}),
        ("上半月", {"half_month": 1}),
        ("一月下半月", {"month": 1, "half_month": 2}),
        ("first half of January", {"month": 1, "half_month": 1}),
        ("second half of the month", {"half_month": 2}),
        ("Monday", {"weekday": 0}),
        ("周日", {"weekday": 6}),
        ("星期天", {"weekday": 6}),
        ("周三", {"weekday": 2}),
        ("Q3", {"quarter": 3}),
        ("third quarter", {"quarter": 3}),
        ("第三季度", {"quarter": 3}),
        ("week 5", {"week": 5}),
        ("第5周", {"week": 5}),
        ("08:30", {"hour": 8, "minute": 30}),
        ("8am", {"hour": 8}),
        ("12 am", {"hour": 0}),
        ("8点", {"hour": 8}),
        ("5th of March", {"month": 3, "day": 5}),
        ("January 2017", {"year": 2017, "month": 1}),
        ("2017年3月", {"year": 2017, "month": 3}),
        ("Sept", {"month": 9}),
        ("Sept. 2017", {"month": 9, "year": 2017}),
        ("Mondays", {"weekday": 0}),
        ("weekend", {"weekday": (5, 6)}),
        ("weekends in January", {"weekday": (5, 6), "month": 1}),
        ("weekdays at 8am", {"weekday": (0, 1, 2, 3, 4), "hour": 8}),
        ("周末", {"weekday": (5, 6)}),
        ("January 5", {"month": 1, "day": 5}),
        ("5 January", {"month": 1, "day": 5}),
        ("January 5, 2017", {"month": 1, "day": 5, "year": 2017}),
        ("January 8:00", {"month": 1, "hour": 8, "minute": 0}),
        ("January 8am", {"month": 1, "hour": 8}),
        ("1st half of January", {"month": 1, "half_month": 1}),
        ("2nd half of the month", {"half_month": 2}),
        ("2nd quarter", {"quarter": 2}),
        ("上半年", {"quarter": (1, 2)}),
        ("second half of the year", {"quarter": (3, 4)}),
        ("早上8点", {"hour": 8}),
        ("下午三点半", {"hour": 15, "minute": 30}),
        ("晚上12点", {"hour": 0}),
        ("周一08点", {"weekday": 0, "hour": 8}),
        ("3月5日", {"month": 3, "day": 5}),
        ("Monday at 8:00", {"weekday": 0, "hour": 8, "minute": 0}),
    ],
)
def test_words(text, asked):
    assert parse_period(text) == asked


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2017", "2017-01-01", "2017-12-31"),
        ("2017-03", "2017-03-01", "2017-03-31"),
        ("2017/3", "2017-03-01", "2017-03-31"),
        ("2017-Q1", "2017-01-01", "2017-03-31"),
        ("2017q1", "2017-01-01", "2017-03-31"),
        ("2017-W05", "2017-01-30", "2017-02-05"),
        ("2016-W53", None, None),
        ("2017-03-05", "2017-03-05", "2017-03-05"),
        ("2017-13", None, None),
    ],
)
def test_dates(text, first, last):
    asked = parse_period(text)
    if first is None:
        assert asked is None
        return
    start, end = asked["between"]
    assert start == pd.Timestamp(first)
    assert end.normalize() == pd.Timestamp(last) and end > start


@pytest.mark.parametrize(
    "text",
    [
        "13pm",
        "0am",
        "25:00",
        "8:75",
        "January 32",
        "week 54",
        "25点",
        "13月",
        "Mondayss",
        "weekendless",
        "5",
    ]
    + ["", "a", "Smarch", "month", "first half of 2017", "January or so", "x2017", "2017-03-05-07"],
)
def test_what_is_no_period(text):
    assert parse_period(text) is None
