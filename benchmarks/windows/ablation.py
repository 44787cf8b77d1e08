"""What each part of the model of windows brings: the default with one part at a time taken out.

usage: python -m benchmarks.windows.ablation --data DIR --dataset nox,elecdemand,nyc_ewr,sines --markdown
       python -m benchmarks.windows.ablation --data DIR --row pair,pair-as-narrow,pair-off-neighborhoods --seeds 1

Data, judges and columns are those of zoo.py; the last columns are what c2 and rk rise by without the part: what it
brings, or costs where it is negative. Mean over seeds and, in brackets, the worst.

neighbors               NeighborSampler with its defaults
windows-as-they-are     windows compared and blended as they are, not as level, log-scale and shape
fast-part-blended       the whole shape is blended, also where channels stand still
fast-part-taken         the fast part is that of one neighbour everywhere
neighbors-overlap       neighbours may share readings with the window and be beside each other
one-block               channels that nothing links are drawn together
no-grids, no-atoms      values that repeat are not restored; channels with a frequent value are blended
pair                    TransformerGANSampler(refine="always"), also the reference of the rows below
pair-as-narrow          drawn from as many neighbours as its base
pair-off-neighborhoods  draws move as the generator says, not along their neighbourhoods
pair-on-grids           the discriminator sees real values on their grids
pair-tokens-by-time     the discriminator sees patches of four steps, not channels
gated                   TransformerGANSampler, which goes back to its base where the pair doesn't pay
"""

from contextlib import ExitStack
from unittest import mock

import numpy as np

from benchmarks._common._options import count, make_parser, names_among
from benchmarks._common._processes import limited_threads
from benchmarks._common._results import Table, mean, score, write_json
from benchmarks.windows._zoo_data import load_blocks
from benchmarks.windows._zoo_fidelity import measure
from sktsgan.closed_form import NeighborhoodMoves, _neighborhood_block, _neighborhoods
from sktsgan.samplers import _transformer_gan
from sktsgan.samplers._neighbor_base import NeighborBase
from sktsgan.scaling import _readings


def _encode_as_they_are(scores):
    levels = np.zeros((len(scores), 2 * scores.shape[2]), dtype=np.float32)
    return np.hstack([levels, scores.reshape(len(scores), -1).astype(np.float32)])


def _decode_as_they_are(codes, n_channels):
    return codes[:, 2 * n_channels :].reshape(len(codes), -1, n_channels)


# what stands in for the part that a row does without: object, name, replacement
_WITHOUT = {
    "neighbors": [],
    "windows-as-they-are": [
        (_neighborhoods, "encode", _encode_as_they_are),
        (_neighborhood_block, "decode", _decode_as_they_are),
    ],
    "fast-part-blended": [(_neighborhood_block, "_SLOW_SHARE", 1.0)],
    "fast-part-taken": [(_readings, "_MAX_REPEATED", -1.0)],
    "neighbors-overlap": [
        (
            _neighborhoods,
            "find_neighbors",
            lambda features, times, reach, apart, k: _find(
                features, np.arange(len(times)) * reach, reach, 1, k
            ),
        )
    ],
    "one-block": [
        (
            _neighborhoods,
            "independent_blocks",
            lambda scores, indicators: [np.arange(scores.shape[2])],
        ),
    ],
    "no-way-back": [(_neighborhood_block, "_NEAR", np.inf)],
    "no-grids": [(_readings, "lies_on_grid", lambda channel: False)],
    "no-atoms": [(_readings, "_MAX_ATOM", 1.0)],
    "pair": [],
    "pair-as-narrow": [(_transformer_gan, "_WIDER", 1.0)],
    "pair-off-neighborhoods": [
        (NeighborhoodMoves, "__call__", lambda moves, made, centres: made.sum(dim=1)),
    ],
    "pair-on-grids": [(NeighborBase, "blur", lambda base, scores: scores)],
    "pair-tokens-by-time": [],
    "gated": [],
}
_find = _neighborhoods.find_neighbors


def run(row, blocks, arguments):
    """Return the scores of a row for each seed."""
    model = row if row in ("neighbors", "gated") else row.split("-")[0]
    model = model if model in ("pair", "gated") else "neighbors"
    arguments.set = [("patch_length", 4)] if row == "pair-tokens-by-time" else []
    with ExitStack() as stack:
        for owner, name, stand_in in _WITHOUT[row]:
            stack.enter_context(mock.patch.object(owner, name, stand_in))
        return measure(model, blocks, arguments) | {"label": row}


def _gain(name):
    def describe(row):
        if row["reference"] is None:
            return "–"
        pairs = zip(row["fits"], row["reference"]["fits"], strict=True)
        rise = [fit[name] - other[name] for fit, other in pairs]
        return f"{np.mean(rise):+.3f}"

    return describe


_COLUMNS = [
    ("data set", 11, lambda row: row["dataset"]),
    ("row", 22, lambda row: row["label"]),
    ("c2", 14, lambda row: score(row, "c2")),
    ("rk", 14, lambda row: score(row, "rk")),
    ("mia", 14, lambda row: score(row, "mia")),
    ("nn", 14, lambda row: score(row, "nn", worst=min)),
    ("KL", 14, lambda row: score(row, "kl")),
    ("CPU s", 8, lambda row: mean(row, "seconds", ".1f")),
    ("c2 gained", 10, _gain("c2")),
    ("rk gained", 10, _gain("rk")),
]


def read_options(argv):
    """Return the options of the command line."""
    parser = make_parser(__doc__, threads=1)
    add = parser.add_argument
    add("--data", metavar="DIR", help="holds the CSV files, or a folder zoo with them")
    add("--dataset", type=lambda names: names.split(","), metavar="NAME[,NAME...]",
        default=["nox", "elecdemand", "nyc_ewr", "sines"], help="(nox,elecdemand,nyc_ewr,sines)")  # fmt: skip
    add("--row", type=names_among(_WITHOUT), default=[r for r in _WITHOUT if r != "gated" and "pair" not in r],
        metavar="NAME[,NAME...]", help=f"{', '.join(_WITHOUT)} (those without training)")  # fmt: skip
    add("--seeds", type=count, default=3, help="seeds of models and judges, 0, 1, ... (3)")
    add("--window", type=count, default=24, help="steps of a window (24)")
    add("--max-rows", type=count, default=7000, help="only the first so many rows of a series (7000)")  # fmt: skip
    return parser.parse_args(argv)


def main(argv=None):
    """Print the table, and return its rows."""
    arguments = read_options(argv)
    table, rows = Table(_COLUMNS, markdown=arguments.markdown), []
    print(table.header(), flush=True)
    with limited_threads(arguments.threads):
        for dataset in arguments.dataset:
            blocks = load_blocks(arguments.data, dataset, arguments.window, arguments.max_rows)
            known = {}
            for name in arguments.row:
                row = run(name, blocks, arguments) | {"dataset": dataset}
                is_variant = name.startswith("pair-")
                row["reference"] = known.get("pair" if is_variant else "neighbors")
                known[name] = row
                rows.append(row)
                print(table.line(row), flush=True)
    write_json(
        arguments.output, [{k: v for k, v in row.items() if k != "reference"} for row in rows]
    )
    return rows


if __name__ == "__main__":
    main()
