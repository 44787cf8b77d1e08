import numpy as np
import pandas as pd

from sktsgan.prompts import CALENDAR_FIELDS, calendar_fields
from sktsgan.prompts._calendar import calendar_places


def test_fields():
    stamps = pd.DatetimeIndex(["2016-01-15 23:59", "2016-01-16", "2017-01-01 08:30"])
    fields = calendar_fields(stamps)
    assert tuple(fields) == CALENDAR_FIELDS
    assert fields["half_month"].tolist() == [1, 2, 1]
    assert fields["week"].tolist() == [2, 2, 52]  # the first of January 2017 is in 2016's last
    assert fields["weekday"].tolist() == [4, 5, 6]
    assert fields.loc[2, ["year", "quarter", "hour", "minute"]].tolist() == [2017, 1, 8, 30]


def test_fields_of_a_time_zone_are_those_of_its_clocks():
    stamps = pd.DatetimeIndex(["2017-03-26 00:30", "2017-03-26 12:00"], tz="UTC")
    fields = calendar_fields(stamps.tz_convert("Europe/Berlin"))
    assert fields["hour"].tolist() == [1, 14]


def test_places_close_the_circles():
    stamps = pd.DatetimeIndex(["2017-12-31 23:59:59", "2018-01-01", "2017-07-01 12:00"])
    places = calendar_places(stamps)
    assert np.abs(places[0, 1:9] - places[1, 1:9]).max() < 1e-4
    assert np.abs(places[0, 15:] - places[1, 15:]).max() < 1e-3
    assert np.linalg.norm(places[0, 1:9] - places[2, 1:9]) > 1
    assert places[:, 0].tolist() == [2017, 2018, 2017]
