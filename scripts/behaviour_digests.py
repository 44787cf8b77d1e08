"""Digests of what every sampler makes on small data with fixed seeds: did a change of structure keep behaviour?

usage: python scripts/behaviour_digests.py record FILE     before the change
       python scripts/behaviour_digests.py compare FILE    after it; prints what differs, and exits 1 then

The digests are those of one machine and one set of versions, so FILE is not for the repository.
"""

import hashlib
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from sktsgan import (
    CopulaSampler,
    DCGANSampler,
    GANImputer,
    GANOverSampler,
    SeqGANSampler,
    TimeGANSampler,
    TransformerGANSampler,
    Windowizer,
    make_sampling_pipeline,
    repair_series,
)
from sktsgan.datasets import load_appliances_energy, load_captions, make_sines

UPDATES = 12


def digest(made):
    """Return a short hash of values, labels and types."""
    if isinstance(made, tuple):
        return " ".join(map(digest, made))
    if isinstance(made, list):
        made = json.dumps([np.asarray(one).tolist() for one in made])
    if isinstance(made, (pd.DataFrame, pd.Series)):
        made = f"{made.to_json(double_precision=15)}{made.index}{getattr(made, 'dtypes', '')}"
    if isinstance(made, np.ndarray) and made.dtype != object:
        made = made.tobytes() + str((made.shape, made.dtype)).encode()
    if not isinstance(made, bytes):
        made = repr(made).encode()
    return hashlib.sha256(made).hexdigest()[:12]


def windows():
    """Return dated windows, labels and conditions of a real series."""
    series = load_appliances_energy().frame.iloc[: 24 * 40, :5]
    X = Windowizer(12, stride=2).fit_transform(series)
    starts = series.index[::2][: len(X)]
    y = np.where(X[:, :, 0].mean(axis=1) > np.median(X[:, :, 0]), "high", "low")
    conditions = pd.DataFrame(
        {"side": np.arange(len(X)) % 3, "kind": list("ab" * len(X))[: len(X)]}
    )
    return X, y, starts, conditions


def series_cases(make, with_holes):
    """Yield digests of a sampler of windows."""
    X, y, starts, conditions = windows()
    sampler = make().fit(X)
    yield "plain", sampler.sample(5, random_state=1)
    yield "score", sampler.score(X)
    yield "batches", list(sampler.iter_sample(7, batch_size=3, random_state=2))
    sampler = make().fit(X, y, timestamps=starts, conditions=conditions)
    for prompt in ("low", "January", {"hour": 3}, {"kind": "a", "side": 1}, starts[:4]):
        made = sampler.sample(4, prompt=prompt, random_state=3, return_prompt=True)
        yield f"prompt {str(prompt)[:20]}", made
    frame = pd.DataFrame(X.reshape(len(X), -1), index=starts).add_prefix("c")
    yield "frame", make(n_channels=X.shape[2]).fit(frame).sample(3, random_state=4)
    if with_holes:
        holed = X.copy()
        holed[::2, 3:6, 1] = np.nan
        sampler = make().fit(holed)
        yield "holes", sampler.sample(3, random_state=5)
        yield "impute", sampler.impute(holed[:6], random_state=6)
        yield "draws", sampler.impute(holed[:6], n_draws=3, random_state=6)
        yield "observed", sampler.sample(6, prompt=holed[:6], random_state=6)
    if hasattr(sampler, "partial_fit"):
        sampler = make().partial_fit(X[:237], y[:237]).partial_fit(X[237:474], y[237:474])
        yield "partial", sampler.sample(3, prompt="high", random_state=7)
        sampler = make(warm_start=True).fit(X, y)
        yield "warm", sampler.fit(X, y).sample(3, random_state=8)
        yield "history", [{k: v for k, v in r.items() if k != "seconds"} for r in sampler.history_]


def ragged_cases(make):
    """Yield digests of a sampler of series of unequal length."""
    X = [x[: 10 + i % 15] for i, x in enumerate(make_sines(150, random_state=0))]
    y = np.arange(len(X)) % 3
    sampler = make().fit(X, y)
    yield "ragged", sampler.sample(4, random_state=1)
    yield (
        "length",
        sampler.sample(4, prompt={"length": 17, "y": 1}, random_state=1, return_prompt=True),
    )
    prompts = [{"length": 11}, {}, {"y": 2}, {"y": 0, "length": 24}]
    yield "lengths", sampler.sample(4, prompt=prompts, random_state=1, return_prompt=True)
    yield "ragged score", sampler.score(X)
    yield "ragged partial", make().partial_fit(X).partial_fit(X[:70]).sample(3, random_state=1)


def image_cases(make):
    """Yield digests of a sampler of images."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 255, (240, 12, 10)).astype(np.uint8)
    X[::2, :6] = 0
    y = np.arange(len(X)) % 2
    yield "plain", make().fit(X).sample(5, random_state=1)
    sampler = make().fit(X, y)
    yield "prompt", sampler.sample(5, prompt=1, random_state=1, return_prompt=True)
    yield "score", sampler.score(X)
    flat = X.reshape(len(X), -1) / 255
    yield "flat", make(image_shape=(12, 10), groups=None).fit(flat).sample(3, random_state=2)
    sampler = make().partial_fit(X, y).partial_fit(X[:99], y[:99])
    yield "partial", sampler.sample(3, prompt=0, random_state=7)
    yield "history", [{k: v for k, v in r.items() if k != "seconds"} for r in sampler.history_]
    yield (
        "mlp",
        make(architecture="mlp", schedule="constant", loss="bce")
        .fit(X, y)
        .sample(3, random_state=1),
    )


def text_cases(make):
    """Yield digests of a sampler of texts."""
    X = load_captions().data[:400]
    y = np.array(["short" if len(text) < 50 else "long" for text in X])
    sampler = make().fit(X)
    yield "plain", sampler.sample(5, random_state=1)
    yield "beginning", sampler.sample(3, prompt="A man", random_state=1, return_prompt=True)
    yield "options", sampler.sample(3, temperature=0.7, top_k=20, top_p=0.9, random_state=1)
    yield "score", sampler.score(X[:50])
    yield "batches", list(sampler.iter_sample(7, batch_size=3, random_state=2))
    sampler = make().fit(X, y)
    yield "label", sampler.sample(3, prompt="long", random_state=1, return_prompt=True)
    both = [{"label": "short", "prefix": "two dogs"}, {"prefix": "a"}, {}]
    yield "both", sampler.sample(3, prompt=both, random_state=1, return_prompt=True)
    yield "by label", sampler.score(X[:50], y[:50])
    yield "temperature", sampler.temperature_
    yield "warm", make(warm_start=True).fit(X).fit(X).sample(3, random_state=1)
    yield "partial", make().partial_fit(X[:200]).partial_fit(X[200:]).sample(3, random_state=1)
    yield "history", [{k: v for k, v in r.items() if k != "seconds"} for r in sampler.history_]
    table = np.random.default_rng(0).integers(0, 30, (200, 9))
    yield "integers", make().fit(table).sample(3, prompt={"prefix": [3, 5]}, random_state=1)


def around_cases():
    """Yield digests of what stands around the samplers."""
    X, y, _, _ = windows()
    series = load_appliances_energy().frame.iloc[:500, :3]
    holed = series.copy()
    holed.iloc[100:107, 1] = np.nan
    yield "repair", repair_series(holed, random_state=0)
    pipe = make_sampling_pipeline(Windowizer(12), CopulaSampler(random_state=0)).fit(series)
    yield "pipeline", pipe.sample(2, prompt="February", random_state=0)
    yield "pipeline impute", pipe.impute(holed, random_state=0)
    rare = np.r_[np.flatnonzero(y == "low"), np.flatnonzero(y == "high")[:20]]
    yield "oversample", GANOverSampler(random_state=0).fit_resample(X[rare], y[rare])
    holed = X.copy()
    holed[::3, 2:5, 0] = np.nan
    yield "imputer", GANImputer(random_state=0).fit_transform(holed)


def all_cases():
    """Yield (name, what was made)."""

    def maker(cls, **settings):
        return lambda **more: cls(random_state=0, **(settings | more))

    kinds = {
        "copula": series_cases(maker(CopulaSampler), True),
        "transformer": series_cases(
            maker(TransformerGANSampler, max_iter=UPDATES, refine="always"), True
        ),
        "transformer bare": series_cases(
            maker(TransformerGANSampler, max_iter=UPDATES, base=None),
            False,
        ),
        "timegan": series_cases(maker(TimeGANSampler, max_iter=UPDATES), False),
        "timegan bare": series_cases(
            maker(
                TimeGANSampler,
                max_iter=UPDATES,
                base=None,
                scaling="range",
                schedule="constant",
                generator_steps=2,
                moment_weight=1.0,
                loss="bce",
                cell="lstm",
                n_layers=2,
            ),
            False,
        ),
        "timegan ragged": ragged_cases(maker(TimeGANSampler, max_iter=UPDATES)),
        "dcgan": image_cases(maker(DCGANSampler, max_iter=UPDATES, width=4)),
        "seqgan": text_cases(maker(SeqGANSampler, pretraining=(6, 0))),
        "seqgan policy": text_cases(
            maker(SeqGANSampler, pretraining=(6, 6), max_iter=3, n_rollouts=2)
        ),
        "seqgan transformer": text_cases(
            maker(
                SeqGANSampler,
                pretraining=(6, 18),
                max_iter=2,
                generator="transformer",
                n_rollouts=0,
            )
        ),
        "around": around_cases(),
    }
    for kind, cases in kinds.items():
        for name, made in cases:
            yield f"{kind}: {name}", made


def main(action, path):
    """Record digests, or compare with those of a file."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    now = {name: digest(made) for name, made in all_cases()}
    if action == "record":
        Path(path).write_text(json.dumps(now, indent=1))
        print(f"{len(now)} digests")
        return 0
    before = json.loads(Path(path).read_text())
    names = [name for name in before | now if before.get(name) != now.get(name)]
    print("\n".join(f"differs: {name}" for name in names) or f"all {len(now)} as before")
    return int(bool(names))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
