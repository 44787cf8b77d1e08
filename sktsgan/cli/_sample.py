"""The command ``sample``: new items of a model in a file."""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from sktsgan.containers._categories import decode
from sktsgan.persistence import load

__all__ = ["PROMPT_HELP", "flat_table", "read_prompt", "sample_parser", "write_samples"]

PROMPT_HELP = (
    'what they are to be like: January, "first half of May", a label, or station=EWR,month=5'
)

_BETWEEN = " @"  # the name of a channel and the step, in the columns of a flat table


def flat_table(windows, dtypes, categories, starts=None):
    """Return windows as a DataFrame with a row each, in which categories are what they are.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, n_timesteps, n_channels)
        Categories are their places.
    dtypes : Series of shape (n_channels,)
        By name of the channel.
    categories : dict of Index
        By name of the channel.
    starts : DatetimeIndex of shape (n_windows,), default=None
    """
    columns = {}
    for step in range(windows.shape[1]):
        for channel, name in enumerate(dtypes.index):
            values = windows[:, step, channel]
            if name in categories:
                values = decode(values, dtypes[name], categories[name])
            elif dtypes[name].kind in "iu" and not np.isnan(values).any():
                values = values.astype(dtypes[name])
            columns[f"{name}{_BETWEEN}{step}"] = values
    return pd.DataFrame(columns, index=starts)


def _long_table(flat, n_timesteps):
    """Return such windows with a row for each step, below the start of the window where it is known."""
    names = [
        name.rpartition(_BETWEEN)[0] or name
        for name in flat.columns[: flat.shape[1] // n_timesteps]
    ]
    index = pd.MultiIndex.from_product(
        [range(len(flat)), range(n_timesteps)], names=["window", "step"]
    )
    k = len(names)  # a channel has one dtype at all steps
    channels = {c: flat.iloc[:, c::k].to_numpy().ravel() for c in range(k)}
    table = pd.DataFrame(channels, index=index).infer_objects().set_axis(names, axis=1)
    if isinstance(flat.index, pd.DatetimeIndex):
        table.insert(0, "window starts", np.repeat(flat.index, n_timesteps))
    return table


def read_prompt(text):
    """Return a prompt: a text as it is, or of pairs such as ``station=EWR,month=5`` a dict."""
    if "=" not in text:
        return text
    pairs = [pair.partition("=") for pair in text.split(",")]
    if not all(equals and name.strip() for name, equals, _ in pairs):
        raise argparse.ArgumentTypeError(f"must be a text, or name=value,name=value, got {text!r}")
    return {name.strip(): _number(value.strip()) for name, _, value in pairs}


def _number(text):
    try:
        return int(text)
    except ValueError:
        return text


def sample_parser():
    """Return the parser of the arguments behind ``sample``."""
    parser = argparse.ArgumentParser(
        prog="python -m sktsgan sample",
        description="Make new items of a model that was saved, and write them as a table.",
    )
    add = parser.add_argument
    add("model", metavar="MODEL", type=Path, help="a file that sktsgan.save wrote")
    add("-n", "--n-samples", type=int, default=1000, help="items to make (default: 1000)")
    add("--prompt", type=read_prompt, help=PROMPT_HELP)
    add("--seed", type=int, default=0, help="same seed, same items (default: 0)")
    add(
        "-o",
        "--output",
        metavar="CSV",
        type=Path,
        default=Path("samples.csv"),
        help="file to write (default: %(default)s)",
    )
    return parser


def write_samples(args):
    """Load the model, make the items, write them; return what was written in words.

    Windows have a row for each step, texts and images one for each.
    """
    model = load(args.model)
    if not hasattr(model, "sample"):
        raise ValueError(f"{args.model} is a {type(model).__name__}, which makes no new items")
    made, told = model.sample(
        args.n_samples, prompt=args.prompt, random_state=args.seed, return_prompt=True
    )
    table = _to_table(model, made)
    entity = getattr(getattr(model, "conditions_", None), "entity", None)
    if entity is not None and entity in told and isinstance(table.index, pd.MultiIndex):
        table.insert(0, entity, told[entity].to_numpy()[table.index.get_level_values(0)])
    table.to_csv(args.output)
    asked = "" if args.prompt is None else f" for {args.prompt!r}"
    return f"{args.n_samples} items of {type(model).__name__}{asked}"


def _to_table(model, made):
    n_timesteps = getattr(model, "n_timesteps_", None)
    if isinstance(made, pd.DataFrame):
        return _long_table(made, n_timesteps) if n_timesteps is not None else made
    if isinstance(made, pd.Series):
        return made.to_frame()
    if isinstance(made, list) and not isinstance(made[0], str):  # series of unequal length
        made = [np.asarray(item).reshape(len(item), -1) for item in made]
        return pd.concat(
            [pd.DataFrame(item) for item in made], keys=range(len(made)), names=["item", "step"]
        )
    if isinstance(made, list):
        return pd.DataFrame({"text": made})
    if made.ndim == 3 and n_timesteps is not None:
        names = pd.MultiIndex.from_product(
            [range(len(made)), range(n_timesteps)], names=["window", "step"]
        )
        return pd.DataFrame(made.reshape(len(names), -1), index=names)
    return pd.DataFrame(made.reshape(len(made), -1))
