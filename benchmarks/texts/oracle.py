"""SeqGAN's oracle experiment: texts of a known language, beside the sampling-temperature curve of maximum likelihood.

usage: python -m benchmarks.texts.oracle --data DIR [--parts sanity,default,published,gradient,weighing] [--seeds N]

sanity     the oracle's own text, and words drawn one by one;
default    maximum likelihood with the defaults, its temperature curve, and the sampler as delivered;
published  policy gradient from the published pre-training, cut to 14 epochs;
gradient   policy gradient from the default pre-training;
weighing   the same pre-training, its texts weighed by a discriminator of one number, the count of pairs of words known
           from the training texts: what policy gradient against that discriminator leads to, without its noise.

DIR holds seqgan_oracle.npz. A language model is taught by 9,984 texts of the oracle. Of what it makes:

oracle    mean of -log p of a word under the oracle, nats: how likely what it makes is (lower is better);
gen       mean of -log p of a word of 9,984 other texts of the oracle under the sampled distribution, temperature
          included, nats (lower is better): what it misses;
distinct  share of distinct bigrams in 9,984 texts, that of the oracle's own beside it;
gain      how much lower oracle is than on the temperature curve of the model before policy gradient, at the same gen
          and at the same share of distinct bigrams.

Sampling colder lowers oracle by itself and raises gen: a figure of oracle means something only beside gen.
"""

import hashlib
import pickle
import time
import warnings
from pathlib import Path

import numpy as np
from sktsgan.samplers._gan import held_out_blocks

from benchmarks._common._options import count, make_parser, names_among
from benchmarks._common._processes import limited_threads
from benchmarks._common._results import write_json
from benchmarks.texts._oracle_model import (
    N_WORDS,
    distinct_bigrams,
    draw_words,
    load_oracle,
    log_likelihood,
)
from benchmarks.texts._weighing import KnownPairs, fit_weight, weigh
from sktsgan.exceptions import ModeCollapseWarning
from sktsgan.networks import Drawing
from sktsgan.samplers import SeqGANSampler

_TEXTS = 9984
_PARTS = "sanity", "default", "published", "gradient", "weighing"
_TEMPERATURES = 1.0, 0.9, 0.8, 0.75, 0.7
_GRADIENT = {
    "discriminator_pretraining": 2,
    "n_rollouts": 1,
    "generator_learning_rate": 0.002,
    "discriminator_learning_rate": 0.001,
}
_GRADIENT_AS_PUBLISHED = _GRADIENT | {
    "n_rollouts": 16,
    "baseline": None,
    "generator_learning_rate": 0.01,
}
_UPDATES = 80
_FEW = 2000  # texts, of which fewer bigrams repeat
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
_MOST_ORACLE, _MOST_GEN, _LEAST_DISTINCT = 8.3, 7.8, 0.8  # as delivered


class Experiment:
    """The oracle, its texts, and what is measured of a sampler.

    Parameters
    ----------
    directory : str
        Where the oracle is.
    n_texts : int
        Training texts.
    n_judged : int
        Held-out texts, and generated ones.
    keep : str or None
        A folder where fitted samplers are kept, and taken from.
    """

    def __init__(self, directory, n_texts, n_judged, keep=None):
        self.keep = keep
        self.oracle = load_oracle(directory)
        self.train = draw_words(self.oracle, n_texts, 1)
        self.test = draw_words(self.oracle, n_judged, 2)
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
            "distinct of 2,000": distinct_bigrams(made[:_FEW]),
        }

    def curve(self, label, sampler):
        """Measure the temperature curve of a sampler, and return it."""
        measured = [self.measure(sampler, temperature) for temperature in _TEMPERATURES]
        for temperature, row in zip(_TEMPERATURES, measured, strict=True):
            self.add(f"{label}, T = {temperature:g}", **row)
        return measured

    def fit(self, seed, **options):
        """Return a sampler fitted anew, and the seconds that took; one that was kept is taken as it is."""
        name = hashlib.sha256(repr(sorted(options.items())).encode()).hexdigest()[:12]
        kept = None if self.keep is None else Path(self.keep) / f"{name}-{seed}.pkl"
        if kept is not None and kept.exists():
            return pickle.loads(kept.read_bytes())
        sampler = SeqGANSampler(vocabulary=range(N_WORDS), random_state=seed, **options)
        fitted = sampler, self.fit_further(sampler)
        if kept is not None:
            kept.write_bytes(pickle.dumps(fitted))
        return fitted

    def fit_further(self, sampler):
        """Fit a sampler, and return the seconds that took."""
        start = time.perf_counter()
        sampler.fit(self.train)
        return time.perf_counter() - start


def gains_over(curve, row):
    """Return how far a row's oracle lies below a temperature curve at the same gen, and at as many distinct bigrams.

    NaN is beyond the ends of the curve.
    """
    gains = {}
    for name, title in (("gen", "gain at gen"), ("distinct of 2,000", "gain at distinct")):
        places, oracle = (np.array([point[key] for point in curve]) for key in (name, "oracle"))
        order = np.argsort(places)
        same = np.interp(row[name], places[order], oracle[order], left=np.nan, right=np.nan)
        gains[title] = float(same - row["oracle"])
    return gains


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
    reached = row["oracle"] <= _MOST_ORACLE and row["gen"] <= _MOST_GEN
    reached = reached and row["distinct"] >= _LEAST_DISTINCT
    limits = f"oracle <= {_MOST_ORACLE}, gen <= {_MOST_GEN}, distinct >= {_LEAST_DISTINCT}"
    print(f"{limits}: {'yes' if reached else 'NO'}")


def run_gradient(experiment, seed, label="default pre-training", after=_GRADIENT, **before):
    """Measure policy gradient from a pre-training, beside the curve of that."""
    sampler, seconds = experiment.fit(seed, **before)
    label = f"{label}, seed {seed}"
    curve = experiment.curve(label, sampler)
    experiment.add(f"{label}, maximum likelihood", **curve[0], seconds=seconds)
    sampler.set_params(**after, warm_start=True, pretraining=0, max_iter=_UPDATES)
    seconds = experiment.fit_further(sampler)
    for temperature in (1.0, 0.9):
        row = experiment.measure(sampler, temperature)
        row |= gains_over(curve, row)
        experiment.add(f"{label}, policy gradient, T = {temperature:g}", **row, seconds=seconds)


def run_published(experiment, seed):
    """Measure policy gradient from the published pre-training, cut to 14 epochs."""
    before = _PUBLISHED | {"pretraining": 14}
    run_gradient(experiment, seed, "published pre-training", _GRADIENT_AS_PUBLISHED, **before)


def run_weighing(experiment, seed):
    """Measure texts of the default pre-training that a discriminator of one number weighs."""
    sampler, _ = experiment.fit(seed)
    label = f"weighing, seed {seed}"
    curve = experiment.curve(label, sampler)
    train, test = experiment.train, experiment.test
    held_out = held_out_blocks(len(train), sampler.validation_fraction)
    known = KnownPairs(train[~held_out])
    model = sampler.net_.average_.module
    for temperature in (1.0, 0.9):
        texts = draw_words(model, 2 * len(test), 4, drawing=Drawing(temperature))
        counts = known.count(texts)
        weight, auc = fit_weight(known.count(train[held_out]), counts)
        print(f"{label}: held-out texts told from generated ones with an AUC of {auc:.2f}")
        gen = -log_likelihood(model, test, temperature)
        for share in (0.5, 1.0):
            row = weigh(experiment.oracle, texts, counts, known.count(test), share * weight, gen)
            row |= gains_over(curve, row)
            name = f"{label}, T = {temperature:g}, weight {share * weight:.2f}"
            experiment.add(name, **row)


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=1, markdown=False)
    add = parser.add_argument
    add("--data", metavar="DIR", required=True, help="holds seqgan_oracle.npz")
    add("--parts", type=names_among(_PARTS), default=list(_PARTS), help="all of them")
    add("--seeds", type=count, default=1, help="of the trained parts, 0, 1, ... (1)")
    add("--n-texts", type=count, default=_TEXTS, help=f"training texts ({_TEXTS})")
    add("--n-judged", type=count, default=_TEXTS, help=f"held-out and generated texts ({_TEXTS})")
    add("--keep", metavar="DIR", help="keep fitted samplers there, and take those that are")
    return parser.parse_args(argv)


def main(argv=None):
    """Print the rows; return them as they are written to JSON."""
    arguments = read_options(argv)
    runs = {
        "default": run_default,
        "published": run_published,
        "gradient": run_gradient,
        "weighing": run_weighing,
    }
    with limited_threads(arguments.threads), warnings.catch_warnings():
        warnings.simplefilter("default", ModeCollapseWarning)
        experiment = Experiment(
            arguments.data, arguments.n_texts, arguments.n_judged, arguments.keep
        )
        if "sanity" in arguments.parts:
            run_sanity(experiment)
        for part in [part for part in arguments.parts if part in runs]:
            for seed in range(arguments.seeds):
                runs[part](experiment, seed)
    write_json(arguments.output, experiment.rows)
    return experiment.rows


if __name__ == "__main__":
    main()
