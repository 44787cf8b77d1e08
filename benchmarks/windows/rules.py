"""Rules that always hold, and what they cost.

usage: python -m benchmarks.windows.rules --data DIR --seeds 3 --markdown

Windows of series whose channels obey rules are made with and without constraints="auto", and judged as by
benchmarks.windows.zoo: models are fitted on every other of 24 blocks of time, and the judges see the others.

stocks   daily prices: the low is the least and the high is the greatest of four prices
meters   the appliances energy series as two meters that only rise, their sum, and a percentage (humidity)
airport  nyc_ewr: the dew point is at most the temperature; humidity lies between 0 and 100
seattle  the least temperature of a day is at most the greatest

Columns
-------
broken   values of 10^6 and more in which a rule is broken
c2       accuracy of gradient boosting that tells new windows from held-out real ones; .5 is best
rk       the same of random convolutions
c2 gaps  the same of gradient boosting that also sees how far channels are from each other, and their increments
CPU s    seconds of fitting and of making as many windows
"""

import time

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from benchmarks._common._options import count, make_parser, names_among
from benchmarks._common._processes import limited_threads
from benchmarks._common._results import Table, mean, score, write_json
from benchmarks.windows._zoo_data import N_BLOCKS, read_frame
from sktsgan import NeighborSampler, TransformerGANSampler, Windowizer
from sktsgan.metrics import classifier_two_sample_score

MODELS = {"neighbors": NeighborSampler, "pair": TransformerGANSampler}
DATASETS = "stocks", "meters", "airport", "seattle"
_ROUNDS = 120  # trees of the boosting
_N_VALUES = 10**6
_AIRPORT = ["temp", "dewp", "humid", "wind_speed", "pressure", "visib"]


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=1)
    add = parser.add_argument
    add("--data", metavar="DIR", required=True, help="holds the files, or a folder zoo with them")
    add("--dataset", type=names_among(DATASETS), default=list(DATASETS), metavar="NAME,...")
    add("--model", type=names_among(MODELS), default=["neighbors"], metavar="NAME,...")
    add("--window", type=count, default=24, help="steps of a window (24)")
    add("--max-rows", type=count, default=6000, help="of a series (6000)")
    add("--seeds", type=count, default=1, help="training seeds, 0, 1, ... (1)")
    return parser.parse_args(argv)


def load(directory, name, max_rows):
    """Return a table whose columns obey rules."""
    source = {"meters": "energy", "airport": "nyc_ewr"}.get(name, name)
    frame = read_frame(directory, source).iloc[:max_rows]
    if name == "stocks":
        return frame.drop(columns="Adj_Close", errors="ignore")
    if name == "airport":
        return frame[_AIRPORT]
    if name == "meters":
        meters = frame[["Appliances", "lights"]].cumsum()
        meters["both"] = meters.sum(axis=1)
        return meters.assign(humidity=frame["RH_out"], load=frame["Appliances"])
    return frame.drop(columns="weather", errors="ignore")


def cut(frame, window):
    """Return windows to fit on, and two sets of held-out ones, by blocks of time."""
    edges = np.arange(1, N_BLOCKS) * len(frame) // N_BLOCKS
    parts = np.split(frame.to_numpy(float), edges)
    parts = [part - part[0] * _is_meter(frame) for part in parts]  # meters start anew
    blocks = [Windowizer(window).fit_transform(part) for part in parts]
    return [np.concatenate(blocks[i::step]) for i, step in ((0, 2), (1, 4), (3, 4))]


def _is_meter(frame):
    return (frame.diff().iloc[1:] >= 0).all().to_numpy()


def measure(model, frame, window, constraints, seed):
    """Return the scores of a fit."""
    train, first, second = cut(frame, window)
    names, start = list(map(str, frame.columns)), time.process_time()
    sampler = MODELS[model](constraints=constraints, random_state=seed).fit(train, channels=names)
    made = sampler.sample(len(train), random_state=seed)
    found = {"seconds": time.process_time() - start, "rules": sampler.constraints_}
    rules = _rules_of(train, names)
    n_windows = -(-_N_VALUES // train[0].size)
    found["broken"] = sum(
        rule(windows).sum() for windows in sampler.iter_sample(n_windows) for rule in rules
    )
    judged = {
        "c2": (HistGradientBoostingClassifier(max_iter=_ROUNDS), np.asarray),
        "rk": ("convolutions", np.asarray),
        "gaps": (HistGradientBoostingClassifier(max_iter=_ROUNDS), _with_gaps),
    }
    for name, (classifier, view) in judged.items():
        found[name] = classifier_two_sample_score(
            view(first),
            view(made),
            real_test=view(second),
            classifier=classifier,
            max_samples=None,
            random_state=seed,
        )
    return found


def _rules_of(train, names):
    """Return functions that say which values of windows break a rule; written apart from those of the package."""
    places = {name.lower(): i for i, name in enumerate(names)}
    orders = [("low", "open"), ("low", "close"), ("open", "high"), ("close", "high")]
    orders += [("dewp", "temp"), ("temp_min", "temp_max")]
    rules = [
        lambda x, a=places[a], b=places[b]: x[..., a] > x[..., b]
        for a, b in orders
        if {a, b} <= places.keys()
    ]
    for name in {"humid", "humidity"} & places.keys():
        rules.append(lambda x, c=places[name]: (x[..., c] < 0) | (x[..., c] > 100))
    if "both" in places:
        rules.append(lambda x: x[..., 0] + x[..., 1] != x[..., 2])
        rules += [lambda x, c=c: np.diff(x[..., c], axis=1) < 0 for c in range(3)]
    assert not any(rule(train).any() for rule in rules)
    return rules


def _with_gaps(windows):
    """Return windows with the distances of neighbouring channels and with increments beside them."""
    ordered = np.diff(windows, axis=2)
    steps = np.diff(windows, axis=1, append=windows[:, -1:])
    return np.concatenate([windows, ordered, steps], axis=2)


_COLUMNS = [
    ("model", 12, lambda row: row["model"]),
    ("constraints", 12, lambda row: row["constraints"]),
    ("broken", 10, lambda row: mean(row, "broken", ",.0f")),
    ("c2", 14, lambda row: score(row, "c2")),
    ("rk", 14, lambda row: score(row, "rk")),
    ("c2 gaps", 14, lambda row: score(row, "gaps")),
    ("CPU s", 8, lambda row: mean(row, "seconds", ".1f")),
]


def main(argv=None):
    """Print a table for each data set; return what was measured."""
    arguments = read_options(argv)
    table, tables = Table(_COLUMNS, markdown=arguments.markdown), []
    with limited_threads(arguments.threads):
        for dataset in arguments.dataset:
            frame = load(arguments.data, dataset, arguments.max_rows)
            print(f"\n{dataset}: {pd.Index(frame.columns).str.cat(sep=', ')}\n\n{table.header()}")
            rows = []
            for model in arguments.model:
                for constraints in (None, "auto"):
                    fits = [
                        measure(model, frame, arguments.window, constraints, seed)
                        for seed in range(arguments.seeds)
                    ]
                    rows.append({"model": model, "constraints": str(constraints), "fits": fits})
                    print(table.line(rows[-1]), flush=True)
            print("\nfound: " + "; ".join(rows[-1]["fits"][0]["rules"]), flush=True)
            tables.append({"dataset": dataset, "rows": rows})
            write_json(arguments.output, tables)
    return tables


if __name__ == "__main__":
    main()
