"""Prompts that say how a text begins, beside what is known of it."""

import numpy as np
import pandas as pd

from sktsgan.prompts._periods import parse_period

__all__ = ["LABEL", "PREFIX", "split_beginnings"]

PREFIX, LABEL = "prefix", "label"


def split_beginnings(table, prompt, n_items, *, are_texts=True):
    """Take the beginnings out of a prompt.

    A string is a class label or, where timestamps are known, a period, if it means one; otherwise a beginning. What
    a dict or a DataFrame has under ``"prefix"`` is always one; its ``"label"`` is what the table calls ``"y"``.

    Parameters
    ----------
    table : ConditionTable
    prompt : object
        As of ``sample``.
    n_items : int
    are_texts : bool, default=True
        Whether items are texts, so that a string can begin one.

    Returns
    -------
    prompt : object
        What the prompt says of conditions, as ``select_rows`` takes it; None for nothing.
    beginnings : list or None
        Of each item, None where it is open; None for all.

    Raises
    ------
    ValueError
        If there are not ``n_items`` prompts, or one names a class twice.
    """
    if isinstance(prompt, str | dict):
        rest, beginning = _split_one(table, prompt, are_texts)
        return rest, None if beginning is None else [beginning] * n_items
    items = _list_items(prompt)
    if items is None:
        return prompt, None
    if len(items) != n_items:
        raise ValueError(
            f"prompt must be one label or beginning or n_samples={n_items} of them, got {len(items)}."
        )
    rests, beginnings = zip(*(_split_one(table, item, are_texts) for item in items), strict=True)
    asking = [rest for rest in rests if rest is not None]
    if asking and table.is_empty:
        rests = (
            asking[:1] * n_items
        )  # which is refused, where an item that asks for nothing would be first
    rests = [{} if rest is None else rest for rest in rests]
    return (
        rests if asking else None,
        list(beginnings) if any(b is not None for b in beginnings) else None,
    )


def _list_items(prompt):
    """Return the prompts of the items, or None where these are no strings and no dicts."""
    if isinstance(prompt, pd.DataFrame):
        records = prompt.to_dict("records")
        return [{k: v for k, v in row.items() if not _is_open(v)} for row in records]
    if not isinstance(prompt, list | tuple | np.ndarray | pd.Series | pd.Index):
        return None
    items = [] if getattr(prompt, "ndim", 1) != 1 else list(prompt)
    return items if any(isinstance(item, str | dict) for item in items) else None


def _split_one(table, prompt, are_texts):
    """Return what the prompt of an item says of conditions, and its beginning; None for nothing."""
    if isinstance(prompt, str):
        if are_texts and not _means_condition(table, prompt):
            return None, prompt or None
        return prompt, None
    if not isinstance(prompt, dict):
        return prompt, None
    rest = dict(prompt)
    beginning = rest.pop(PREFIX, None)
    if LABEL in rest:
        if "y" in rest:
            raise ValueError(
                f"prompt must name the class by 'label' or by 'y', got both: {prompt!r}."
            )
        rest["y"] = rest.pop(LABEL)
    return rest or None, None if _is_open(beginning) else beginning


def _means_condition(table, text):
    if text in table.values.get("y", ()):
        return True
    return table.timestamps is not None and parse_period(text) is not None


def _is_open(value):
    """Return whether a value leaves open what it could say."""
    if hasattr(value, "__len__"):
        return len(value) == 0
    return pd.isna(value)
