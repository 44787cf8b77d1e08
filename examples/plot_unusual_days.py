"""
Find unusual days
=================

A sampler knows which windows are usual: ``score_samples`` is the log of their density beside those that it was fitted
on. Here it is fitted on three months of a house, and asked about the days of six more weeks, four of which we spoil.
"""

# %%
# Days with faults that nobody marked
# -----------------------------------
# A thermometer drifts by three degrees, a sensor of humidity is stuck for a day, readings come in the wrong order, and
# a clock is off by twelve hours.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import IsolationForest

from sktsgan import NeighborSampler, Windowizer
from sktsgan.datasets import load_appliances_energy

series = load_appliances_energy().frame.drop(columns="lights").astype(float)
n_train = 24 * 95
train, rest = series.iloc[:n_train], series.iloc[n_train:].copy()
rest = rest[: 24 * (len(rest) // 24)]


def hours_of(day):
    return slice(24 * day, 24 * (day + 1))


place = rest.columns.get_loc
rest.iloc[hours_of(5), place("T1")] += np.linspace(0, 3, 24)
rest.iloc[hours_of(13), place("RH_1")] = rest.iloc[24 * 13, place("RH_1")]
shuffled = np.random.default_rng(0).permutation(24)
rest.iloc[hours_of(20), place("T1")] = rest.iloc[hours_of(20), place("T1")].to_numpy()[shuffled]
rest.iloc[hours_of(28), place("T_out")] = np.roll(rest.iloc[hours_of(28), place("T_out")], 12)
spoiled = [5, 13, 20, 28]

# %%
# Fit on the past, score the days
# -------------------------------

windows = Windowizer(window=24).fit_transform(train)
sampler = NeighborSampler(random_state=0).fit(windows)
days = rest.to_numpy().reshape(-1, 24, rest.shape[1])
scores = sampler.score_samples(days)
forest = IsolationForest(random_state=0).fit(windows.reshape(len(windows), -1))
isolated = forest.score_samples(days.reshape(len(days), -1))
for name, own in (("NeighborSampler", scores), ("IsolationForest", isolated)):
    ranks = np.argsort(np.argsort(own))[spoiled] + 1
    print(
        f"{name}: of {len(days)} days, the spoiled ones come {', '.join(map(str, sorted(ranks)))}"
    )

# %%
# What is unusual about them
# --------------------------

figure, axes = plt.subplots(2, 1, figsize=(8, 5), sharex=True, layout="constrained")
dates, below = rest.index[::24], scores.max() - scores + 1
axes[0].bar(dates, below, width=0.8, color="lightsteelblue", align="edge")
axes[0].bar(dates[spoiled], below[spoiled], width=0.8, color="crimson", align="edge")
axes[0].set(yscale="log", ylabel="nats below the usual", title="Spoiled days (red) are less likely")
axes[1].plot(rest.index, rest["T1"], color="gray", label="T1 (°C)")
axes[1].plot(rest.index, rest["T_out"], color="black", linewidth=0.7, label="T_out (°C)")
for day in spoiled:
    axes[1].axvspan(dates[day], rest.index[24 * day + 23], color="crimson", alpha=0.15)
axes[1].legend(loc="upper left")
axes[1].tick_params(axis="x", rotation=30)
plt.show()
