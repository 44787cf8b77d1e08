"""What over-sampling brings a digit of which only a few images are known: its recall on held-out images.

usage: python benchmarks/images_few.py --data DIR [--digit 3,5,8] [--images 20] [--seeds 2] [--seconds 120]
           [--over-sampler none,random,SMOTE,GANOverSampler] [--markdown] [--output FILE.json]

Needs imbalanced-learn. ``DIR`` holds ``mnist10k.npz``. Of the 8,000 training images all are kept but those of one
digit, of which 20 are left, drawn by the seed; an over-sampler brings these up to the mean size of the other classes;
each classifier learns from that and tells the digits of the 2,000 held-out images.

Rows
----
none             the 20 images
random           copies of them
SMOTE            imbalanced-learn's, on pixels, with its defaults
GANOverSampler   GANOverSampler(DCGANSampler()), which learns all ten digits together

Columns
-------
Recall of the digit and, over all ten, balanced accuracy, in percent: means over digits and seeds, for each classifier,
all on 50 principal components of the training images: a support vector machine (C=10), logistic regression on
standardised components, a random forest. The last lines give the difference in recall from the
row "SMOTE", with a 95 % interval over pairs of digit and seed.
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
from _digits import FILE, load_digits
from _fits import count_updates
from _options import count, names_among, setting
from _processes import limited_threads
from scipy.stats import t
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sktsgan import DCGANSampler, GANOverSampler

OURS, RIVAL = "GANOverSampler", "SMOTE"
OVER_SAMPLERS = ("none", "random", RIVAL, OURS)
_DIGITS = tuple("0123456789")


def make_classifiers(seed):
    """Return the classifiers by name."""
    return {
        "SVC": SVC(C=10),
        "logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
        "forest": RandomForestClassifier(random_state=seed),
    }


def make_few(X, y, digit, n_images, seed):
    """Return images and labels with only ``n_images`` of a digit left."""
    own = np.random.default_rng(seed).permutation(np.flatnonzero(y == digit))[:n_images]
    rows = np.sort(np.concatenate([np.flatnonzero(y != digit), own]))
    return X[rows], y[rows]


def over_sample(name, X, y, digit, seed, sampler):
    """Return the images and labels with new ones of a digit: as many as the other classes have on average."""
    if name == "none":
        return X, y
    wanted = {digit: round(np.mean(np.bincount(y)[np.unique(y[y != digit])]))}
    if name == OURS:
        ours = GANOverSampler(sampler, sampling_strategy=wanted, random_state=seed)
        return ours.fit_resample(X, y)
    from imblearn.over_sampling import SMOTE, RandomOverSampler

    kind = RandomOverSampler if name == "random" else SMOTE
    flat = X.reshape(len(X), -1) / 255  # of uint8, SMOTE would make differences that wrap around
    flat, labels = kind(sampling_strategy=wanted, random_state=seed).fit_resample(flat, y)
    return 255 * flat.reshape(-1, *X.shape[1:]), labels


def measure(training_set, held_out, digit, seed):
    """Return the recall of a digit and the balanced accuracy of each classifier.

    Returns
    -------
    scores : dict of dict
        By classifier: ``recall`` and ``accuracy``.
    """
    (X, y), (X_held_out, y_held_out) = training_set, held_out
    flat, flat_held_out = (images.reshape(len(images), -1) / 255 for images in (X, X_held_out))
    pca = PCA(min(50, len(X) - 1), random_state=seed).fit(flat)
    points, points_held_out = pca.transform(flat), pca.transform(flat_held_out)
    scores = {}
    for name, classifier in make_classifiers(seed).items():
        predicted = classifier.fit(points, y).predict(points_held_out)
        scores[name] = {
            "recall": float((predicted[y_held_out == digit] == digit).mean()),
            "accuracy": float(balanced_accuracy_score(y_held_out, predicted)),
        }
    return scores


def format_table(rows, markdown):
    """Return the table of means over digits and seeds."""
    classifiers = list(rows[0]["scores"])
    titles = [f"{title}, {name}" for title in ("recall", "bal. acc.") for name in classifiers]
    lines = [["over-sampler", *titles, "seconds"]]
    for over_sampler in dict.fromkeys(row["over_sampler"] for row in rows):
        own = [row for row in rows if row["over_sampler"] == over_sampler]
        cells = [
            f"{100 * np.mean([row['scores'][name][what] for row in own]):.1f}"
            for what in ("recall", "accuracy")
            for name in classifiers
        ]
        lines.append([over_sampler, *cells, f"{np.mean([row['seconds'] for row in own]):.1f}"])
    if markdown:
        lines.insert(1, ["---"] * len(lines[0]))
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )


def compare(rows, classifier, ours=OURS, rival=RIVAL):
    """Return the mean difference in recall between two over-samplers, and the bounds of its 95 % interval."""
    recalls = {
        name: np.array(
            [row["scores"][classifier]["recall"] for row in rows if row["over_sampler"] == name]
        )
        for name in (ours, rival)
    }
    difference = recalls[ours] - recalls[rival]
    n = len(difference)
    error = difference.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
    reach = t.ppf(0.975, max(n - 1, 1)) * error
    return difference.mean(), difference.mean() - reach, difference.mean() + reach


def make_parser():
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--data", metavar="DIR", required=True, help=f"holds {FILE}")
    add("--digit", type=names_among(_DIGITS), default=["3", "5", "8"], help="(3,5,8)")
    add("--images", type=count, default=20, help="images of the digit (20)")
    add("--seeds", type=count, default=2, help="seeds 0, 1, ... (2)")
    add("--over-sampler", type=names_among(OVER_SAMPLERS), default=list(OVER_SAMPLERS))
    add("--seconds", type=float, help="budget of a GAN's fit; without it max_iter is the default")
    add("--processor-time", action="store_true", help="the budget is processor time")
    add("--set", type=setting, action="append", default=[], metavar="NAME=VALUE",
        help="a parameter of DCGANSampler; may be repeated")  # fmt: skip
    add("--device", default="cpu", help="of the GAN: cpu, cuda (cpu)")
    add("--threads", type=count, default=2, help="of torch, OpenMP and BLAS (2)")
    add("--markdown", action="store_true", help="print a Markdown table")
    add("--output", type=Path, metavar="FILE.json", help="write every score")
    return parser


def _make_sampler(options, X, y):
    """Return the unfitted sampler, its updates those that the budget pays for."""
    sampler = DCGANSampler(device=options.device, random_state=0)
    sampler.set_params(**dict(options.set))
    if options.seconds is not None and OURS in options.over_sampler:
        clock = time.process_time if options.processor_time else time.perf_counter
        n_updates = count_updates(sampler, options.seconds, X, y, clock=clock)
        sampler.set_params(max_iter=n_updates)
    return sampler.set_params(random_state=None)  # the over-sampler's seed rules


def main(argv=None):
    """Measure, print the table, and return its rows."""
    options = make_parser().parse_args(argv)
    X, y, *held_out = load_digits(options.data)
    rows = []
    with limited_threads(options.threads), warnings.catch_warnings(action="ignore"):
        sampler = _make_sampler(options, X, y)
        for digit in map(int, options.digit):
            for seed in range(options.seeds):
                few = make_few(X, y, digit, options.images, seed)
                for name in options.over_sampler:
                    start = time.perf_counter()
                    more = over_sample(name, *few, digit, seed, sampler)
                    seconds = time.perf_counter() - start
                    row = {"digit": digit, "seed": seed, "over_sampler": name, "seconds": seconds}
                    rows.append(row | {"scores": measure(more, held_out, digit, seed)})
                if options.output:  # after every set: what is done is kept
                    options.output.write_text(json.dumps({"rows": rows}, indent=1))
    print(format_table(rows, options.markdown))
    if {OURS, RIVAL} <= set(options.over_sampler):
        for name in rows[0]["scores"]:
            mean, low, high = (100 * value for value in compare(rows, name))
            interval = "" if np.isnan(low) else f" ({low:+.1f} to {high:+.1f})"
            print(f"\n{name}: {OURS} minus {RIVAL}: {mean:+.1f} points{interval}")
    return rows


if __name__ == "__main__":
    main()
