"""
Choose a sampler's parameters by weeks that it has not seen
===========================================================

Between how many neighbours should :class:`~sktsgan.NeighborSampler` draw? ``GridSearchCV`` answers as it does for any
estimator, provided that its folds are fair. Windows overlap: a shuffled fold holds out windows of which nearly
every hour is in training too. :class:`~sktsgan.PurgedWindowSplit` holds out whole weeks instead.
"""

# %%
# A pipeline from the series to new windows
# -----------------------------------------
# The series is five months of a house's energy use. Each of five folds holds out four weeks, and a day on either side
# of them is left out of training too. What is split are the rows of the series (``window=1``): the pipeline cuts the
# windows afterwards, and ``gaps="split"`` keeps them from straddling the hole that a fold leaves.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.preprocessing import StandardScaler

from sktsgan import NeighborSampler, PurgedWindowSplit, Windowizer, make_sampling_pipeline
from sktsgan.datasets import load_appliances_energy

series = load_appliances_energy().frame[["Appliances", "lights"]]  # Wh in each hour
pipeline = make_sampling_pipeline(
    StandardScaler(), Windowizer(24, gaps="split"), NeighborSampler(random_state=0)
)
n_neighbors = [4, 8, 16, 32, 64]
purged = GridSearchCV(
    pipeline,
    {"neighborsampler__n_neighbors": n_neighbors},
    cv=PurgedWindowSplit(n_splits=5, window=1, embargo=24),
).fit(series)
print(purged.best_params_, f"{-purged.best_score_:.3f} nats")

# %%
# The same search with shuffled windows
# -------------------------------------
# Here almost every held-out hour has been seen.

windows = Windowizer(24).fit_transform(series)
shuffled = GridSearchCV(
    NeighborSampler(random_state=0),
    {"n_neighbors": n_neighbors},
    cv=KFold(5, shuffle=True, random_state=0),
    refit=False,
).fit(windows)

# %%
# What the folds say, and what the winner makes
# ---------------------------------------------
# The winner is fitted on the whole series, and its windows come back in Wh. The lines differ more from each other than
# along their way: the number of neighbours matters little for this house, but shuffled folds are far too hopeful.

new = purged.best_estimator_.sample(12, random_state=1)["Appliances"]
real = windows[np.random.default_rng(1).choice(len(windows), 12, replace=False), :, 0]

figure, axes = plt.subplot_mosaic(
    [["scores", "real"], ["scores", "new"]],
    figsize=(11, 5),
    width_ratios=[3, 2],
    layout="constrained",
)
left = axes["scores"]
searches = [
    (shuffled, "#D55E00", "s", "shuffled windows: their hours were seen"),
    (purged, "#0072B2", "o", "weeks held out whole: PurgedWindowSplit"),
]
for search, color, marker, label in searches:
    folds = -np.array([search.cv_results_[f"split{i}_test_score"] for i in range(5)])
    left.plot(n_neighbors, folds.T, marker, color=color, alpha=0.3, markersize=4)
    left.plot(n_neighbors, folds.mean(axis=0), f"-{marker}", color=color, label=label)
best = purged.best_params_["neighborsampler__n_neighbors"]
left.plot(best, -purged.best_score_, "*", color="black", markersize=16, label=f"chosen: {best}")
ratio = purged.best_score_ / shuffled.best_score_
left.set(
    xscale="log",
    yscale="log",
    ylim=(None, 10),
    xlabel="n_neighbors (small dots: folds, lines: their means)",
    ylabel="divergence of new from held-out windows (nats), 0 is best",
    title=f"Shuffled folds make the divergence look {ratio:.0f} times smaller",
)
left.set_xticks(n_neighbors, n_neighbors)
left.minorticks_off()
left.legend(loc="upper left")

axes["real"].plot(real.T, color="0.4", alpha=0.6)
axes["real"].set(title="Real windows", ylabel="Appliances (Wh)")
for _, window in new.groupby(level="window"):
    axes["new"].plot(window.to_numpy(), color="#0072B2", alpha=0.6)
axes["new"].set(
    title="New windows of the chosen sampler", ylabel="Appliances (Wh)", xlabel="hour of the window"
)
axes["real"].sharey(axes["new"])
plt.show()
