"""The files that a run writes: new windows and pictures."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sktsgan.plotting import DistributionDisplay, LossCurveDisplay, WindowDisplay

__all__ = ["write_pictures", "write_windows"]


def write_windows(folder, windows, columns):
    """Write windows as a table with one row per step and as an array; return the contents of each file by path.

    They are in the units of the series; files of the same names in the folder, which must exist, are replaced.
    """
    n_windows, n_timesteps, n_channels = windows.shape
    index = pd.MultiIndex.from_product(
        [range(n_windows), range(n_timesteps)], names=["window", "step"]
    )
    table = pd.DataFrame(windows.reshape(-1, n_channels), index=index, columns=columns)
    csv, npz = folder / "windows.csv", folder / "windows.npz"
    table.to_csv(csv, float_format="%.8g")
    np.savez_compressed(npz, windows=windows, columns=np.array(columns, dtype=str))
    return {
        csv: f"{n_windows} new windows, one row per step",
        npz: f"the same windows as an array of shape {windows.shape}",
    }


def write_pictures(folder, real, synthetic, sampler, *, columns, random_state):
    """Draw real beside new windows, and the losses in training; return the contents of each file by path.

    Files of the same names in the folder, which must exist, are replaced. The sampler is fitted and has ``history_``;
    ``random_state``, an int, controls the choice of windows to draw.
    """
    displays = {
        "distribution.png": (
            DistributionDisplay.from_samples(real, synthetic, random_state=random_state),
            "both sets in two dimensions",
        ),
        "windows.png": (
            WindowDisplay.from_samples(
                real, synthetic, channel_names=columns, random_state=random_state
            ),
            "real windows above, new ones below",
        ),
        "losses.png": (LossCurveDisplay.from_estimator(sampler), "the losses in training"),
    }
    files = {}
    for name, (display, what) in displays.items():
        display.figure_.savefig(folder / name, dpi=150, bbox_inches="tight")
        plt.close(display.figure_)
        files[folder / name] = what
    return files
