"""What over-sampling brings to classifiers of unbalanced windows: macro-F1 on the untouched test part.

usage: python -m benchmarks.augmentation.windows [--dataset GunPoint,ArrowHead] [--seeds 10] [--markdown]

Needs aeon and imbalanced-learn beside sktsgan, in an environment of its own:

    python3 -m venv aeon-venv && aeon-venv/bin/pip install -e . aeon==1.6.0 imbalanced-learn==0.14.2

The sets are those that aeon bundles, with their training and test parts. For each seed half of the classes of the
training part, rounded down, are cut to a tenth of the largest one, though no fewer than two windows; each over-sampler
fills all classes up to the largest; and each classifier learns from that. The test part only scores.

Classifiers: a random forest and logistic regression (standardised columns) on flat windows, and aeon's MiniRocket with
ridge regression, all with their defaults. Ranks are over sets and classifiers, by the mean over the seeds. The last
line gives the difference from SMOTE, with a 95 % interval over the seeds' means.
"""

import warnings

import numpy as np
from scipy.stats import rankdata
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._common._options import count, make_parser, names_among
from benchmarks._common._processes import limited_threads
from benchmarks._common._results import format_table, write_json
from benchmarks.augmentation._compare import OURS, RIVAL, format_difference
from benchmarks.augmentation._unbalanced import DATASETS, OVER_SAMPLERS, load_dataset, unbalance

CLASSIFIERS = ("forest", "MiniRocket", "logistic")


def make_classifier(name, seed):
    """Return a classifier, and what it makes of windows before it learns from them."""
    if name == "MiniRocket":
        from aeon.classification.convolution_based import MiniRocketClassifier

        return MiniRocketClassifier(random_state=seed), lambda X: X.transpose(0, 2, 1).astype(
            np.float32
        )
    if name == "forest":
        classifier = RandomForestClassifier(random_state=seed)
    else:
        classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return classifier, lambda X: X.reshape(len(X), -1)


def measure(dataset, seed, over_samplers, classifiers, ratio):
    """Return the macro-F1 of every over-sampler and classifier on one unbalanced set.

    Returns
    -------
    rows : list of dict
        With ``dataset``, ``seed``, ``over_sampler``, ``classifier``, ``smallest`` (windows) and ``f1``.
    """
    X, y, X_test, y_test = load_dataset(dataset)
    kept = unbalance(y, seed, ratio)
    X, y = X[kept], y[kept]
    smallest = int(np.unique(y, return_counts=True)[1].min())
    rows = []
    for over_sampler in over_samplers:
        more, labels = OVER_SAMPLERS[over_sampler](X, y, seed)
        for name in classifiers:
            classifier, prepare = make_classifier(name, seed)
            predicted = classifier.fit(prepare(more), labels).predict(prepare(X_test))
            f1 = f1_score(y_test, predicted, average="macro")
            row = {"dataset": dataset, "seed": seed, "smallest": smallest, "f1": f1}
            rows.append(row | {"over_sampler": over_sampler, "classifier": name})
    return rows


def tabulate(rows):
    """Return macro-F1 as an array of shape (n_over_samplers, n_datasets, n_classifiers, n_seeds), and the names."""
    names = {
        key: list(dict.fromkeys(row[key] for row in rows))
        for key in ("over_sampler", "dataset", "classifier", "seed")
    }
    scores = np.full([len(values) for values in names.values()], np.nan)
    for row in rows:
        scores[tuple(values.index(row[key]) for key, values in names.items())] = row["f1"]
    return scores, names


def format_means(rows, markdown):
    """Return the table of means by set and by classifier, over all, and of ranks."""
    scores, names = tabulate(rows)
    cells = scores.mean(axis=3)
    ranks = rankdata(-cells.reshape(len(cells), -1).round(6), axis=0).mean(axis=1)
    titles = ["over-sampler", *names["dataset"], *names["classifier"], "mean", "rank"]
    lines = []
    for name, cell, rank in zip(names["over_sampler"], cells, ranks, strict=True):
        means = [*cell.mean(axis=1), *cell.mean(axis=0), cell.mean()]
        lines.append([name, *(f"{100 * mean:.1f}" for mean in means), f"{rank:.2f}"])
    return format_table(titles, lines, markdown=markdown)


def score_seeds(rows, over_sampler):
    """Return the mean macro-F1 of an over-sampler for each seed."""
    scores, names = tabulate(rows)
    return scores[names["over_sampler"].index(over_sampler)].mean(axis=(0, 1))


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=1)
    add = parser.add_argument
    add("--dataset", type=names_among(DATASETS), default=list(DATASETS))
    add("--over-sampler", type=names_among(OVER_SAMPLERS), default=list(OVER_SAMPLERS))
    add("--classifier", type=names_among(CLASSIFIERS), default=list(CLASSIFIERS))
    add("--seeds", type=count, default=10, help="seeds 0, 1, ... (10)")
    add("--ratio", type=count, default=10, help="how many times smaller a small class is (10)")
    return parser.parse_args(argv)


def main(argv=None):
    """Measure, print the table, and return its rows."""
    options = read_options(argv)
    rows = []
    with limited_threads(options.threads), warnings.catch_warnings(action="ignore"):
        for dataset in options.dataset:
            for seed in range(options.seeds):
                rows += measure(
                    dataset, seed, options.over_sampler, options.classifier, options.ratio
                )
    write_json(options.output, {"rows": rows})
    print(format_means(rows, options.markdown))
    if {OURS, RIVAL} <= set(options.over_sampler):
        print(f"\n{format_difference(score_seeds(rows, OURS), score_seeds(rows, RIVAL))}")
    return rows


if __name__ == "__main__":
    main()
