"""Make the extract of COCO captions that the package carries.

usage: python scripts/make_captions_extract.py --data DIR [--out FILE]

DIR holds ``coco_train.txt``: captions of COCO 2014, one a line, in lower case.
"""

import argparse
import gzip
import re
from collections import Counter
from pathlib import Path

import pandas as pd

OBJECTS = ["airplane", "bathroom", "cat", "dog", "kitchen", "motorcycle"]
MOST = 400  # captions of an object
LONGEST = 20  # words
OUT = Path(__file__).parents[1] / "sktsgan" / "datasets" / "data" / "captions.csv.gz"


def find_label(caption):
    """Return the object that a caption names, or None where that is none or several."""
    words = set(re.findall(r"\w+", caption))
    named = [name for name in OBJECTS if words & {name, f"{name}s"}]
    return named[0] if len(named) == 1 else None


def make_extract(source):
    """Return the captions that name one object, with it as label, in the order of the file."""
    lines = source.read_text(encoding="utf-8").splitlines()
    captions = dict.fromkeys(" ".join(line.split()) for line in lines)
    rows, counts = [], Counter()
    for caption in captions:
        label = find_label(caption)
        if label is None or len(caption.split()) > LONGEST or counts[label] == MOST:
            continue
        counts[label] += 1
        rows.append((label, caption))
    return pd.DataFrame(rows, columns=["label", "caption"])


def main():
    """Write the extract."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of coco_train.txt")
    parser.add_argument("--out", type=Path, default=OUT, help="the file to write")
    arguments = parser.parse_args()
    table = make_extract(arguments.data / "coco_train.txt")
    text = table.to_csv(index=False, lineterminator="\n")
    # no time of making in the file: the same input gives the same bytes
    arguments.out.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{arguments.out.name}: {len(table)} captions, {arguments.out.stat().st_size} bytes")
    print(table["label"].value_counts().sort_index().to_string())


if __name__ == "__main__":
    main()
