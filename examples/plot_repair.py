"""
Repair a series that has holes
==============================

Sensors fail: for some hours, for good, or all at once. ``repair_series`` fills what is missing of a table, and changes
nothing else. It cuts the series into windows, learns from these what belongs together, holes and all, and conditions on
what was observed. Here we make holes in the hourly readings of a house, so that we can look at the truth afterwards.
"""

# %%
# A house of which much is missing
# --------------------------------
# One reading in twenty is lost, the outdoor sensor fails for a day and a half, everything for eight hours, and the last
# twelve hours have yet to come.

import matplotlib.pyplot as plt
import numpy as np

from sktsgan import CopulaSampler, Windowizer, repair_series
from sktsgan.datasets import load_appliances_energy

truth = load_appliances_energy().frame.drop(columns="lights").astype(float)
rng = np.random.default_rng(0)
damaged = truth.mask(rng.random(truth.shape) < 0.05)
damaged.iloc[-110:-74, damaged.columns.get_loc("T_out")] = np.nan
damaged.iloc[-52:-44] = np.nan
damaged.iloc[-12:] = np.nan
print(f"{damaged.isna().to_numpy().mean():.1%} of the values are missing")

# %%
# One call repairs it
# -------------------
# The sampler learns from windows with holes. We fit it ourselves to use it again below; without one, ``repair_series``
# makes its own.

windows = Windowizer(window=24).fit_transform(damaged)
known = ~np.isnan(windows).all(axis=(1, 2))
sampler = CopulaSampler(random_state=0).fit(windows[known])
repaired = repair_series(damaged, sampler, random_state=0)

holes = damaged.isna()
linear = damaged.interpolate(limit_direction="both")
scale = truth.std()
for name, filled in (("linear interpolation", linear), ("repair_series", repaired)):
    error = ((filled - truth).abs() / scale).where(holes).stack().mean()
    print(f"{name}: {error:.3f} standard deviations off")

# %%
# How sure is it?
# ---------------
# ``impute`` draws what may have been: as many versions of a window as we like. The last window ends with what is yet to
# come, so its draws are a forecast.

last = windows[-1:]
draws = sampler.impute(last, n_draws=100, random_state=0)[:, 0]

# %%
# The picture
# -----------
# Grey is the truth that was hidden, orange what was filled in; dots are linear interpolation. In the last hours the
# band holds the middle 80 % of the draws.

shown = slice(-120, None)
channels = {"T_out": "outdoors (°C)", "T1": "kitchen (°C)", "RH_out": "humidity outdoors (%)"}
figure, axes = plt.subplots(len(channels), 1, sharex=True, figsize=(9, 6.5), layout="constrained")
for ax, (channel, title) in zip(axes, channels.items(), strict=True):
    hidden = holes[channel][shown]
    time = truth.index[shown]
    ax.plot(time, truth[channel][shown], color="0.75", lw=3, label="truth")
    ax.plot(time, damaged[channel][shown], color="black", lw=1.2, label="observed")
    ax.plot(time, linear[channel][shown].where(hidden), ".", color="0.45", ms=3, label="linear")
    ax.plot(
        time,
        repaired[channel][shown].where(hidden),
        color="tab:orange",
        marker="o",
        ms=3,
        label="repaired",
    )
    column = damaged.columns.get_loc(channel)
    low, high = np.quantile(draws[:, -12:, column], [0.1, 0.9], axis=0)
    ax.fill_between(
        time[-12:], low, high, color="tab:orange", alpha=0.25, lw=0, label="80 % of draws"
    )
    ax.set_ylabel(title)
axes[0].set_title("Hours that were lost, filled in from the hours and the sensors around them")
axes[0].legend(ncols=5, fontsize=8, loc="upper left", frameon=False)
axes[0].margins(y=0.25)
figure.autofmt_xdate()
plt.show()
