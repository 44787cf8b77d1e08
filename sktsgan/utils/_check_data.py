"""The items that a sampler is checked on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sktsgan.preprocessing import TextTokenizer

__all__ = ["IMAGES", "TEXTS", "WINDOWS", "SamplerCheckData"]


@dataclass(frozen=True, eq=False)
class SamplerCheckData:
    """Items that a sampler is checked on.

    Use ``WINDOWS``, ``IMAGES`` or ``TEXTS`` if your sampler takes those; for other items, describe some of them here.

    Parameters
    ----------
    items : array-like of shape (n_items, ...)
        At least 40 items; not all integers if they are arrays.
    labels : array-like of shape (n_items,), default=None
        Class label of each item, of at least two classes. None skips the checks of prompts.
    forms : tuple of (str, array-like, dict), default=()
        Other containers, dtypes and shapes that the sampler takes: for each a name, the items, and the parameters to
        set on the sampler.
    refused : tuple of (str, array-like, dict), default=()
        Items that ``fit`` must refuse with a ValueError: for each the fault, the items, and parameters as in ``forms``.
    n_many : int, default=17_000
        Number of items that the sampler draws in more than one batch.
    are_windows : bool, default=False
        Whether the items are windows of series, to which the checks of channels apply.
    are_texts : bool, default=False
        Whether the items are texts; a string that is not a label is then a prompt for texts that begin with it.

    Examples
    --------
    >>> import numpy as np
    >>> from sktsgan import CopulaSampler
    >>> from sktsgan.utils.estimator_checks import SamplerCheckData, check_sampler
    >>> walks = np.random.default_rng(0).normal(size=(50, 6, 2)).cumsum(axis=1)
    >>> check_sampler(CopulaSampler(), data=SamplerCheckData(walks))
    """

    items: Any
    labels: Any = None
    forms: tuple = ()
    refused: tuple = ()
    n_many: int = 17_000
    are_windows: bool = False
    are_texts: bool = False


def _make_walks(n_windows, n_timesteps, scales, offsets):
    """Return random walks, one channel per scale, in very different units."""
    rng = np.random.RandomState(0)
    steps = rng.normal(size=(n_windows, n_timesteps, len(scales)))
    return offsets + scales * steps.cumsum(axis=1)


def _make_frame(windows):
    """Return flat windows as a DataFrame whose channels differ in dtype."""
    dtypes = [np.dtype("float64"), np.dtype("int64"), np.dtype("float32")]
    names = [f"{channel}_t{t}" for t in range(windows.shape[1]) for channel in "abc"]
    frame = pd.DataFrame(windows.round(2).reshape(len(windows), -1), columns=names)
    return frame.astype({c: dtypes["abc".index(c[0])] for c in names})


def _replace_one(windows, value):
    windows = windows.copy()
    windows[3, 2, 1] = value
    return windows


def _make_windows():
    """Return the data of windows: 60 of them, 8 steps of 3 channels in two classes."""
    windows = _make_walks(60, 8, np.array([1.0, 200.0, 1e-3]), np.array([0.0, -1e4, 5.0]))
    labels = np.repeat(["low", "high"], [40, 20])
    windows[labels == "high"] += np.array([10.0, 2000.0, 1e-2])
    flat, three = windows.reshape(60, -1), {"n_channels": 3}
    return SamplerCheckData(
        items=windows,
        labels=labels,
        forms=(
            ("float32", windows.astype(np.float32), {}),
            ("integers", windows.round().astype(np.int64), {}),
            ("few bits", (windows > windows.mean(axis=0)).astype(np.uint8), {}),
            ("one channel", windows[..., :1], {}),
            ("flat, univariate", windows[..., 1], {}),
            ("flat", flat, three),
            ("DataFrame, univariate", pd.DataFrame(windows[..., 1]).add_prefix("t"), {}),
            ("DataFrame of several dtypes", _make_frame(windows), three),
        ),
        refused=(
            ("NaN", _replace_one(windows, np.nan), {}),
            ("a window of NaN", np.where(np.arange(60)[:, None, None] == 3, np.nan, windows), {}),
            ("a channel of NaN", np.where(np.arange(3) == 1, np.nan, windows), {}),
            ("infinity", _replace_one(windows, -np.inf), {}),
            ("too few items", windows[:1], {}),
            ("no items", windows[:0], {}),
            ("one axis", windows[:, 0, 0], {}),
            ("four axes", windows[..., None], {}),
            ("columns that are not a multiple of the channels", flat, {"n_channels": 5}),
            ("more channels than n_channels", windows, {"n_channels": 2}),
            ("text", np.full((60, 8), "text"), {}),
        ),
        are_windows=True,
    )


WINDOWS = _make_windows()


def _make_images():
    """Return the data of images: 60 of them, 9 by 12 pixels in two classes, a bright disc left or right."""
    rng = np.random.RandomState(0)
    labels = np.repeat(["left", "right"], [40, 20])
    rows, columns = np.mgrid[:9, :12]
    middle = np.where(labels == "left", 3, 8)[:, None, None] + rng.normal(size=(60, 1, 1))
    distance = (rows - 4) ** 2 + (columns - middle) ** 2
    images = 0.2 + np.exp(-distance / 8) + 0.01 * rng.normal(size=(60, 9, 12))
    colours = images[..., None] * [1.0, 0.5, 100.0]
    flat = images.reshape(60, -1)
    shape = {"image_shape": (9, 12)}
    return SamplerCheckData(
        items=images,
        labels=labels,
        forms=(
            ("float32", images.astype(np.float32), {}),
            ("uint8", (200 * images).astype(np.uint8), {}),
            ("large integers", (1e6 * images).astype(np.int64), {}),
            ("black and white", images > 0.5, {}),
            ("one channel", images[..., None], {}),
            ("colours", colours, {}),
            ("flat squares", images[:, :8, :8].reshape(60, -1), {}),
            ("flat", flat, shape),
            ("flat colours", colours.reshape(60, -1), {"image_shape": (9, 12, 3)}),
            ("DataFrame", pd.DataFrame(flat).add_prefix("p"), shape),
        ),
        refused=(
            ("NaN", _replace_one(images, np.nan), {}),
            ("infinity", _replace_one(images, -np.inf), {}),
            ("too few items", images[:1], {}),
            ("no items", images[:0], {}),
            ("one axis", images[:, 0, 0], {}),
            ("five axes", images[..., None, None], {}),
            ("flat images of unknown shape", flat, {}),
            ("flat images of another shape", flat, {"image_shape": (9, 13)}),
            ("images of another shape", images, {"image_shape": (12, 9)}),
            ("more channels than image_shape has", colours, {"image_shape": (9, 12)}),
            ("text", np.full((60, 9, 12), "text"), {}),
        ),
        n_many=9_000,
    )


IMAGES = _make_images()


def _make_sentences(n_texts):
    """Return short sentences of two kinds, and their labels."""
    rng = np.random.RandomState(0)
    words = {
        "sea": (
            ["boat", "wave", "gull"],
            ["drifts", "rolls"],
            ["out at sea.", "by the pier (again)!"],
        ),
        "town": (["bus", "clock", "man"], ["waits", "stops"], ["in town.", "at 2.5, then 3,000."]),
    }
    labels = np.where(np.arange(n_texts) < n_texts * 0.6, "town", "sea")
    texts = [" ".join(["A", *(rng.choice(part) for part in words[label])]) for label in labels]
    return texts, labels


def _make_texts():
    """Return the data of texts: 60 sentences in two classes."""
    texts, labels = _make_sentences(60)
    table = np.stack([np.arange(60) % 7, np.arange(60) % 3, np.arange(60) % 5], axis=1)
    ragged = [row[: 1 + i % 3].astype(np.int32) for i, row in enumerate(table)]
    return SamplerCheckData(
        items=texts,
        labels=labels,
        forms=(
            ("an array of objects", np.array(texts, dtype=object), {}),
            ("a Series", pd.Series(texts, name="text"), {}),
            ("a Series of objects", pd.Series(texts, dtype=object), {}),
            ("characters", texts, {"tokenizer": "char"}),
            ("a function's tokens", texts, {"tokenizer": str.split}),
            ("rare words", texts, {"tokenizer": TextTokenizer(min_df=20)}),
            ("integers", table, {}),
            (
                "integers of few bits",
                table.astype(np.uint8),
                {"tokenizer": TextTokenizer(vocabulary=range(9))},
            ),
            ("integers of unequal length", ragged, {}),
            ("an array of integers of unequal length", np.array(ragged, dtype=object), {}),
        ),
        refused=(
            ("one string", texts[0], {}),
            ("one text", texts[:1], {}),
            ("no text", [], {}),
            ("None", [*texts[:-1], None], {}),
            ("NaN", [*texts[:-1], np.nan], {}),
            ("an empty text", [*texts[:-1], ""], {}),
            ("an empty sequence", [*ragged[:-1], []], {}),
            ("a DataFrame", pd.DataFrame({"text": texts}), {}),
            ("a dict", {"data": texts, "target": labels}, {}),
            ("numbers that are not integers", table + 0.5, {}),
            ("one axis", table[:, 0], {}),
            ("three axes", table[..., None], {}),
            ("no frequent word", texts, {"tokenizer": TextTokenizer(min_df=61)}),
            ("an empty vocabulary", texts, {"tokenizer": TextTokenizer(vocabulary=[])}),
            (
                "a vocabulary of other words",
                texts,
                {"tokenizer": TextTokenizer(vocabulary=["zebu"])},
            ),
        ),
        are_texts=True,
    )


TEXTS = _make_texts()
