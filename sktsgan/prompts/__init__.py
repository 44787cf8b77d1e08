"""Prompts: what is known of each training window, and which windows agree with a description."""

from sktsgan.prompts._calendar import CALENDAR_FIELDS, calendar_fields, read_timestamps
from sktsgan.prompts._conditions import ConditionTable
from sktsgan.prompts._entities import read_entities
from sktsgan.prompts._kinds import KINDS, read_beginning
from sktsgan.prompts._periods import parse_period
from sktsgan.prompts._selection import Selection, select_rows

__all__ = [
    "CALENDAR_FIELDS",
    "ConditionTable",
    "KINDS",
    "Selection",
    "calendar_fields",
    "parse_period",
    "read_beginning",
    "read_entities",
    "read_timestamps",
    "select_rows",
]
