"""Make the hourly extract of the appliances data that the package carries.

usage: python scripts/make_appliances_extract.py --data DIR [--out FILE]

DIR holds ``energy.csv``: the UCI file "Appliances Energy Prediction" (DOI 10.24432/C5VC8G), 10-minute rows.
"""

import argparse
import gzip
from pathlib import Path

import pandas as pd

SUMS = ["Appliances", "lights"]  # energy, Wh
MEANS = ["T1", "RH_1", "T_out", "RH_out", "Windspeed", "Press_mm_hg"]
OUT = Path(__file__).parents[1] / "sktsgan" / "datasets" / "data" / "appliances_energy.csv.gz"


def make_extract(source):
    """Return the hourly table: sums of energies, means of all else, whole hours only."""
    hours = pd.read_csv(source, parse_dates=["date"], index_col="date").resample("h")
    whole = hours.size() == 6
    if not whole.iloc[1:-1].all():
        raise ValueError(
            f"{source} lacks rows: an hour between the first and the last is not whole."
        )
    return pd.concat([hours[SUMS].sum(), hours[MEANS].mean().round(2)], axis=1)[whole]


def main():
    """Write the extract."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of energy.csv")
    parser.add_argument("--out", type=Path, default=OUT, help="the file to write")
    arguments = parser.parse_args()
    table = make_extract(arguments.data / "energy.csv")
    text = table.to_csv(lineterminator="\n", date_format="%Y-%m-%d %H:%M")
    # no time of making in the file: the same input gives the same bytes
    arguments.out.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{arguments.out.name}: {len(table)} hours, {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
