"""SeqGAN's oracle experiment: texts of a known language, beside the sampling-temperature curve of maximum likelihood.

usage: python benchmarks/text_oracle.py --data DIR [--parts sanity,default,published,gradient] [--seeds N]

DIR holds seqgan_oracle.npz. A language model is taught by 9,984 texts of the oracle. Of what it makes:

oracle    mean of -log p of a word under the oracle, nats: how likely what it makes is (lower is better);
gen       mean of -log p of a word of 9,984 other texts of the oracle under the sampled distribution, temperature
          included, nats (lower is better): what it misses;
distinct  share of distinct bigrams in 9,984 texts, that of the oracle's own beside it;
gain      how much lower oracle is than on the temperature curve of the model before policy gradient, at the same gen.

Sampling colder lowers oracle by itself and raises gen: a figure of oracle means something only beside gen.
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
from _options import count, names_among
from _oracle import N_WORDS, distinct_bigrams, draw_words, load_oracle, log_likelihood
from _processes import limited_threads

from sktsgan.exceptions import ModeCollapseWarning
from sktsgan.networks import Drawing
from sktsgan.samplers import SeqGANSampler

_TEXTS = 9984
_PARTS = "sanity", "default", "published", "gradient"
_TEMPERATURES = 1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6
_PUBLISHED = {
    "embedding_size": 32,
    "hidden_size": 32,
    "dropout": 0.0,
    "weight_decay": 0.0,
    "schedule": "constant",
    "learning_rate": 0.01,
    "temperature": 1.0,
    "validation_fraction": 0.0,
}
_LIMITS = {"default": (8.3, 7.8, 0.8)}


class Experiment:
    """The oracle, its texts, and what is measured of a sampler.

    Parameters
    ----------
    directory : str
        Where the oracle is.
    n_texts : int
        Of each set.
    """

    def __init__(self, directory, n_texts):
        self.oracle = load_oracle(directory)
        self.train, self.test = (draw_words(self.oracle, n_texts, seed) for seed in (1, 2))
        self.rows = []

    def add(self, label, **row):
        """Keep a row and print it."""
        self.rows.append({"label": label} | row)
        values = "  ".join(f"{name} {value:.3f}" for name, value in row.items())
        print(f"{label:<44} {values}", flush=True)

    def measure(self, sampler, temperature):
        """Return the three figures of a fitted sampler at a temperature."""
        model = sampler.net_.average_.module.eval()
        made = draw_words(model, len(self.test), 3, drawing=Drawing(temperature))
        return {
            "oracle": -log_likelihood(self.oracle, made),
            "gen": -log_likelihood(model, self.test, temperature),
            "distinct": distinct_bigrams(made),
        }

    def curve(self, label, sampler):
        """Measure the temperature curve of a sampler, and return it."""
        measured = [self.measure(sampler, temperature) for temperature in _TEMPERATURES]
        for temperature, row in zip(_TEMPERATURES, measured, strict=True):
            self.add(f"{label}, T = {temperature:g}", **row)
        return measured

    def fit(self, seed, sampler=None, **options):
        """Return a sampler, fitted anew or further, and the seconds that took."""
        start = time.perf_counter()
        if sampler is None:
            sampler = SeqGANSampler(vocabulary=range(N_WORDS), random_state=seed)
        sampler.set_params(**options).fit(self.train)
        return sampler, time.perf_counter() - start


def gain_over(curve, row):
    """Return how far a row's oracle lies below a temperature curve at the same gen, NaN beyond its ends."""
    gen, oracle = (np.array([point[name] for point in curve]) for name in ("gen", "oracle"))
    order = np.argsort(gen)
    at_same = np.interp(row["gen"], gen[order], oracle[order], left=np.nan, right=np.nan)
    return float(at_same - row["oracle"])


def run_sanity(experiment):
    """Judge the oracle's own text, and text of its words drawn one by one."""
    oracle, train = experiment.oracle, experiment.train
    words = np.random.default_rng(0).choice(train.ravel(), size=train.shape)
    for label, texts in (("the oracle's own text", train), ("words drawn one by one", words)):
        found = {"oracle": -log_likelihood(oracle, texts), "distinct": distinct_bigrams(texts)}
        experiment.add(label, **found)


def run_default(experiment, seed):
    """Measure the sampler with its defaults, and its curve."""
    sampler, seconds = experiment.fit(seed)
    label = f"defaults, seed {seed}"
    experiment.curve(label, sampler)
    row = experiment.measure(sampler, sampler.temperature_)
    experiment.add(
        f"{label}, as delivered", **row, temperature=sampler.temperature_, seconds=seconds
    )
    most_oracle, most_gen, least = _LIMITS["default"]
    reached = row["oracle"] <= most_oracle and row["gen"] <= most_gen and row["distinct"] >= least
    print(f"oracle <= {most_oracle}, gen <= {most_gen}, distinct >= {least}: {_say(reached)}")


def run_gradient(experiment, seed, label, before, after):
    """Measure policy gradient from a pre-training, beside the curve of that."""
    sampler, seconds = experiment.fit(seed, **before, max_iter=0)
    label = f"{label}, seed {seed}"
    curve = experiment.curve(label, sampler)
    experiment.add(f"{label}, maximum likelihood", **curve[0], seconds=seconds)
    sampler, seconds = experiment.fit(seed, sampler, warm_start=True, pretraining=0, **after)
    for temperature in (1.0, 0.9, 0.8):
        row = experiment.measure(sampler, temperature)
        row["gain"] = gain_over(curve, row)
        experiment.add(f"{label}, policy gradient, T = {temperature:g}", **row, seconds=seconds)


def run_published(experiment, seed):
    """Measure policy gradient from the published pre-training, cut to 14 epochs."""
    before = _PUBLISHED | {"pretraining": 14}
    after = {"discriminator_pretraining": 2, "n_rollouts": 4, "max_iter": 200}
    run_gradient(experiment, seed, "published pre-training", before, after)


def run_good(experiment, seed):
    """Measure policy gradient from the default pre-training."""
    after = {"discriminator_pretraining": 2, "n_rollouts": 4, "max_iter": 200}
    run_gradient(experiment, seed, "default pre-training", {}, after)


def _say(reached):
    return "yes" if reached else "NO"


def make_parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--data", metavar="DIR", required=True, help="holds seqgan_oracle.npz")
    add("--parts", type=names_among(_PARTS), default=list(_PARTS), help="all of them")
    add("--seeds", type=count, default=1, help="of the trained parts, 0, 1, ... (1)")
    add("--n-texts", type=count, default=_TEXTS, help=f"of each set ({_TEXTS})")
    add("--threads", type=count, default=1, help="of torch (1)")
    add("--output", type=Path, metavar="FILE.json", help="write everything measured")
    return parser


def main(argv=None):
    """Print the rows; return them as they are written to JSON."""
    arguments = make_parser().parse_args(argv)
    runs = {"default": run_default, "published": run_published, "gradient": run_good}
    with limited_threads(arguments.threads), warnings.catch_warnings():
        warnings.simplefilter("default", ModeCollapseWarning)
        experiment = Experiment(arguments.data, arguments.n_texts)
        if "sanity" in arguments.parts:
            run_sanity(experiment)
        for part in arguments.parts[arguments.parts[0] == "sanity" :]:
            for seed in range(arguments.seeds):
                runs[part](experiment, seed)
    if arguments.output is not None:
        arguments.output.write_text(json.dumps(experiment.rows, indent=1))
    return experiment.rows


if __name__ == "__main__":
    main()
