"""Checks of prompts: class labels, numbers, periods of the calendar and other conditions."""

import numpy as np
import pandas as pd
from sklearn.base import clone

from sktsgan.utils._check_data import WINDOWS
from sktsgan.utils._check_tools import (
    assert_differ,
    assert_refuses,
    assert_same,
    assert_unfitted,
    fit_clone,
    fit_labelled,
)

__all__ = [
    "check_sampler_conditions",
    "check_sampler_conditions_refused",
    "check_sampler_entities",
    "check_sampler_label_dtypes",
    "check_sampler_numbers",
    "check_sampler_periods",
    "check_sampler_prompt_containers",
    "check_sampler_prompt_order",
    "check_sampler_prompt_table",
    "check_sampler_prompt_without_labels",
    "check_sampler_prompts_refused",
    "check_sampler_scalar_prompt",
]


def check_sampler_prompt_table(name, estimator, data=WINDOWS):
    """``return_prompt`` adds a table with the conditions of each item, and leaves the items unchanged."""
    for y in (None, data.labels):
        sampler = fit_clone(estimator, data.items, y)
        made, table = sampler.sample(9, random_state=0, return_prompt=True)
        assert_same(made, sampler.sample(9, random_state=0), f"{name} with return_prompt")
        _assert_table(name, table, 9, y)
        parts = [
            part
            for _, part in sampler.iter_sample(9, batch_size=4, random_state=0, return_prompt=True)
        ]
        assert [len(part) for part in parts] == [4, 4, 1], f"{name}.iter_sample: {parts}"
        whole = pd.concat(parts, ignore_index=True)
        pd.testing.assert_frame_equal(table, whole, obj=f"The table of {name}.iter_sample")


def _assert_table(name, table, n_items, y):
    assert isinstance(table, pd.DataFrame), f"{name}: the conditions are a {type(table)}."
    assert len(table) == n_items, f"{name}: {len(table)} rows of conditions for {n_items} items."
    assert list(table.index) == list(range(n_items)), f"{name}: rows are named {table.index}."
    assert ("y" in table) == (y is not None), f"{name}: conditions have columns {table.columns}."
    if y is not None:
        assert set(table["y"]) <= set(y), f"{name} makes classes never seen: {set(table['y'])}."


def check_sampler_scalar_prompt(name, estimator, data=WINDOWS):
    """A label prompts for items of its class, and classes differ."""
    sampler, labels = fit_labelled(estimator, data)
    made = []
    for label in labels:
        items, table = sampler.sample(6, prompt=label, random_state=0, return_prompt=True)
        assert set(table["y"]) == {label}, f"{name}: prompt={label!r} gives {set(table['y'])}."
        made.append(items)
    assert_differ(made[0], made[1], f"{name} makes the same items of every class.")


def check_sampler_prompt_order(name, estimator, data=WINDOWS):
    """With one label per item, the items come in that order, also over many items and in batches."""
    sampler, labels = fit_labelled(estimator, data)
    for n in (9, data.n_many):
        prompt = labels[np.random.RandomState(0).randint(len(labels), size=n)]
        made, table = sampler.sample(n, prompt=prompt, random_state=0, return_prompt=True)
        np.testing.assert_array_equal(table["y"], prompt, f"{name}: the order of the prompt")
        batches = sampler.iter_sample(
            n, batch_size=n // 2, prompt=prompt, random_state=0, return_prompt=True
        )
        in_batches = [part["y"] for _, part in batches]
        np.testing.assert_array_equal(np.concatenate(in_batches), prompt, f"{name} in batches")


def check_sampler_prompt_containers(name, estimator, data=WINDOWS):
    """A label, and a list, an array and a Series of it, are the same prompt."""
    sampler, labels = fit_labelled(estimator, data)
    expected = sampler.sample(4, prompt=labels[0], random_state=0)
    for prompt in ([labels[0]] * 4, np.repeat(labels[:1], 4), pd.Series(np.repeat(labels[:1], 4))):
        made = sampler.sample(4, prompt=prompt, random_state=0)
        assert_same(expected, made, f"{name}: a prompt as {type(prompt).__name__}")


def check_sampler_label_dtypes(name, estimator, data=WINDOWS):
    """Labels of any kind, in any container, are returned unchanged."""
    second = data.labels != data.labels[0]
    for y in (
        np.where(second, 7, -1),
        second,
        np.where(second, 2.0, 1.0),
        np.where(second, "b", "a").astype(object),
        list(np.where(second, "b", "a")),
        pd.Series(np.where(second, "b", "a"), index=np.arange(len(second)) + 5),
        pd.Series(np.where(second, "b", "a"), dtype="category"),
    ):
        label = np.unique(np.asarray(y))[1]
        sampler = fit_clone(estimator, data.items, y)
        table = sampler.sample(3, prompt=label, random_state=0, return_prompt=True)[1]
        kind = f"{type(y).__name__} of {np.asarray(y).dtype}"
        assert list(table["y"]) == [label] * 3, f"{name} with y a {kind}: {list(table['y'])}"


def check_sampler_prompts_refused(name, estimator, data=WINDOWS):
    """An unknown label, or a prompt of the wrong length, is a ValueError that lists the known labels."""
    sampler, labels = fit_labelled(estimator, data)
    seen = [labels[0], labels[-1]]
    unseen = _as_label("never seen", data)
    for prompt, mentions in (
        (unseen, ["never seen", *seen]),
        (-12345, ["-12345", *seen]),
        ([labels[0], unseen, labels[0]], ["never seen", *seen]),
        ([labels[0]] * 2, ["prompt", 3]),
        ([[labels[0]]] * 3, ["prompt"]),
    ):
        for method in (sampler.sample, sampler.iter_sample):
            message = f"{name}: prompt={prompt!r}"
            assert_refuses(message, method, 3, prompt=prompt, mentions=mentions)


def check_sampler_prompt_without_labels(name, estimator, data=WINDOWS):
    """A prompt for a class is a ValueError if ``fit`` had no classes."""
    sampler = fit_clone(estimator, data.items)
    label = data.labels[0]
    prompt, message = _as_label(label, data), f"{name}: a prompt, fitted without y"
    assert_refuses(message, sampler.sample, 3, prompt=prompt, mentions=["prompt", label])


def _as_label(value, data):
    """Return a prompt for a label; for texts, a bare string could be the beginning of one."""
    return {"y": value} if data.are_texts else value


def _starts(data):
    """Return starts of items, in January and July of 2017 in turn."""
    days = pd.date_range("2017-01-01", periods=len(data.labels) // 2, freq="h")
    starts = days.append(days + pd.Timedelta(days=181))
    return starts.append(starts[: len(data.labels) - len(starts)])


def _fit_conditions(estimator, data, **known):
    return clone(estimator).set_params(random_state=0).fit(data.items, **known)


def check_sampler_periods(name, estimator, data=WINDOWS):
    """Fitted with timestamps, a sampler makes items of the prompted periods, and returns their starts."""
    sampler = _fit_conditions(estimator, data, timestamps=_starts(data))
    for prompt in ("January", "一月", "2017-01", pd.Period("2017-01"), {"month": 1}):
        made, table = sampler.sample(7, prompt=prompt, random_state=0, return_prompt=True)
        months = set(pd.DatetimeIndex(table["timestamp"]).month)
        assert len(made) == 7 and months == {1}, f"{name}: prompt={prompt!r} gives months {months}."
    starts = pd.DatetimeIndex(["2017-07-01 05:00", "2017-01-01 00:00", "2017-12-24 18:00"])
    table = sampler.sample(3, prompt=starts, random_state=0, return_prompt=True)[1]
    np.testing.assert_array_equal(table["timestamp"], starts, f"{name}: starts")
    again = sampler.sample(3, prompt=table, random_state=0, return_prompt=True)[1]
    pd.testing.assert_frame_equal(again, table, obj=f"{name}: its table as a prompt")
    unknown = () if data.are_texts else ("Smarch",)
    for prompt in ("March", "2016-01", {"hour": 99}, *unknown):
        message = f"{name}: prompt={prompt!r}"
        assert_refuses(message, sampler.sample, 3, prompt=prompt, mentions=["2017"])


def check_sampler_conditions(name, estimator, data=WINDOWS):
    """Fitted with conditions, a sampler makes items of the prompted ones."""
    n = len(data.labels)
    known = pd.DataFrame({"site": np.where(np.arange(n) % 2, "a", "b"), "load": np.arange(n) / n})
    sampler = _fit_conditions(estimator, data, y=data.labels, conditions=known)
    prompt = {"site": "a", "y": data.labels[0]}
    table = sampler.sample(6, prompt=prompt, random_state=0, return_prompt=True)[1]
    for column, value in prompt.items():
        assert set(table[column]) == {value}, f"{name}: {column} is {set(table[column])}."
    table = sampler.sample(6, prompt={"load": 0.0}, return_prompt=True)[1]
    assert table["load"].max() < 0.5, f"{name}: load={list(table['load'])} for a prompt of 0."
    rows = pd.DataFrame({"site": ["b", None, "a"]})
    table = sampler.sample(3, prompt=rows, return_prompt=True)[1]
    assert list(table["site"][[0, 2]]) == ["b", "a"], f"{name}: a DataFrame as prompt"
    for prompt, mentions in (({"site": "c"}, ["site", "a"]), ({"colour": 1}, ["colour", "site"])):
        message = f"{name}: prompt={prompt!r}"
        assert_refuses(message, sampler.sample, 3, prompt=prompt, mentions=mentions)


def check_sampler_numbers(name, estimator, data=WINDOWS):
    """If ``y`` are numbers, a prompt gives items for the nearest ones."""
    y = np.linspace(0, 1, len(data.labels))
    sampler = _fit_conditions(estimator, data, y=y)
    for prompt, low, high in ((0.0, 0.0, 0.5), (0.97, 0.5, 1.0)):
        table = sampler.sample(5, prompt=prompt, random_state=0, return_prompt=True)[1]
        near = table["y"].between(low, high).all()
        assert near, f"{name}: prompt={prompt} gives {list(table['y'])}."


def check_sampler_entities(name, estimator, data=WINDOWS):
    """Fitted with entities, a sampler draws them in equal shares, and makes items of the one that is asked for."""
    n = len(data.labels)
    owners = pd.Series(np.where(np.arange(n) < n // 4, "few", "many"), name="owner")
    sampler = _fit_conditions(estimator, data, entities=owners)
    table = sampler.sample(6, random_state=0, return_prompt=True)[1]
    drawn = sorted(table["owner"])
    assert drawn == ["few"] * 3 + ["many"] * 3, f"{name}: six items are of {drawn}."
    asked = {"prompt": {"owner": "few"}, "random_state": 0, "return_prompt": True}
    table = sampler.sample(3, **asked)[1]
    assert set(table["owner"]) == {"few"}, f"{name}: prompt for 'few' gives {set(table['owner'])}."


def check_sampler_conditions_refused(name, estimator, data=WINDOWS):
    """Timestamps and conditions of the wrong length or with gaps are a ValueError before training."""
    starts, n = _starts(data), len(data.labels)
    for known, mentions in (
        ({"timestamps": starts[1:]}, ["timestamps", n]),
        ({"timestamps": starts[1:].insert(0, pd.NaT)}, ["timestamps"]),
        ({"timestamps": np.repeat("never", n)}, ["timestamps"]),
        ({"timestamps": np.arange(n)}, ["timestamps", "numbers"]),
        ({"entities": np.arange(n - 1)}, ["entities", n]),
        ({"conditions": pd.DataFrame({"a": np.arange(n - 1)})}, ["conditions", n]),
        ({"conditions": pd.DataFrame({"a": np.full(n, np.nan)})}, ["conditions", "a"]),
        ({"conditions": pd.DataFrame({"y": np.arange(n)})}, ["conditions", "y"]),
    ):
        sampler = clone(estimator).set_params(random_state=0)
        message = f"{name}.fit with {next(iter(known))}"
        assert_refuses(message, sampler.fit, data.items, mentions=mentions, **known)
        assert_unfitted(f"{name}, after it refused conditions,", sampler)
