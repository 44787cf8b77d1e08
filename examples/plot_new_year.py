"""
==========
A new year
==========

A pipeline that has seen a series makes new ones at the dates asked for: here two more years, each different, with the
winters, the weekends and the nights of those that were seen. Then a scenario: how the last week may go on.
"""

# %%
# Two years of hours
# ------------------
# A series with a pattern of the year, the week and the day, and noise that lasts for hours. ``fit`` needs nothing
# beyond what windows need.
import matplotlib.pyplot as plt
import numpy as np

from sktsgan import NeighborSampler, Windowizer, make_sampling_pipeline
from sktsgan.datasets import make_seasonal_series

series = make_seasonal_series(n_steps=2 * 8760, n_channels=2, start="2018-01-01", random_state=0)
pipeline = make_sampling_pipeline(Windowizer(24), NeighborSampler(random_state=0)).fit(series)

# %%
# Two more
# --------
# Dates or a length say what is made. The index, the columns and the dtypes are those of a table that goes on.
new = pipeline.sample_series(start="2021-01-01", end="2021-12-31 23:00", n_series=2, random_state=0)
print(new.groupby("series").describe().round(1).T)

# %%
# The year and the day
# --------------------
# On the left, the real year 2019 above and the two new ones below; on the right, how each runs through the day in
# winter and in summer.


def daily_profile(year, months):
    """Return the mean of the first channel at each hour of the day in some months."""
    chosen = year[year.index.month.isin(months)]["channel_0"]
    return chosen.groupby(chosen.index.hour).mean()


years = {"real, 2019": series.loc["2019"]}
years |= {f"new, {i + 1}": new.loc[i] for i in (0, 1)}
figure, axes = plt.subplots(
    3, 2, figsize=(12, 7), width_ratios=[2.5, 1], sharex="col", sharey=True, layout="constrained"
)
for (name, year), (left, right) in zip(years.items(), axes, strict=True):
    color = "#0072B2" if name.startswith("real") else "#D55E00"
    days = np.arange(len(year)) / 24
    left.plot(days, year["channel_0"], color=color, linewidth=0.4, alpha=0.6)
    left.plot(days, year["channel_0"].rolling(24 * 7, center=True).mean(), color="black")
    left.set(title=name, ylabel="channel_0")
    for season, months, style in (("winter", (12, 1, 2), "-"), ("summer", (6, 7, 8), "--")):
        right.plot(daily_profile(year, months), style, color=color, label=season)
    right.legend(loc="upper left", ncols=2, frameon=False)
    right.set_title("mean of the day")
    left.set_ylim(-4, 26)
axes[-1, 0].set_xlabel("day of the year; black: mean of a week")
axes[-1, 1].set_xlabel("hour")
plt.show()

# %%
# How it may go on
# ----------------
# ``initial`` is a table to go on from. Each future begins where it ends; they spread as they go.
week = series.loc["2019-12-24":"2019-12-30"]
futures = pipeline.sample_series(72, initial=week, n_series=20, random_state=0)
figure, ax = plt.subplots(figsize=(12, 4), layout="constrained")
ax.plot(week["channel_0"], color="#0072B2", label="given")
for i in range(20):
    ax.plot(futures.loc[i]["channel_0"], color="#D55E00", linewidth=0.6, alpha=0.6)
came = series["channel_0"].loc[futures.loc[0].index[0] :]  # the last day of the series
ax.plot(came, "--", color="black", label="what came")
ax.set(title="20 ways to go on", ylabel="channel_0")
ax.legend(loc="upper left")
plt.show()
