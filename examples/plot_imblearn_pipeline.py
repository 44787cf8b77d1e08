"""
A step of imbalanced-learn's pipeline
=====================================

``GANOverSampler`` stands wherever an over-sampler of imbalanced-learn does. Here it takes the place of SMOTE: new
days vary as those of the larger class do, instead of lying on the lines between the few that there are.
"""

# %%
# A house's use of energy, hour by hour: does a day belong to a weekend? Eight weekend days are known.
import matplotlib.pyplot as plt
import numpy as np
from imblearn.over_sampling import SMOTE
from imblearn.pipeline import make_pipeline
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import recall_score
from sklearn.model_selection import train_test_split

from sktsgan import GANOverSampler, NeighborSampler
from sktsgan.datasets import load_appliances_energy

series = load_appliances_energy().frame[["Appliances", "lights"]]
hours = series.groupby(series.index.normalize())["lights"].transform("size")
series = series[hours == 24]
days = series.to_numpy(dtype=float).reshape(-1, 24 * 2)  # flat, time-major
kind = np.where(series.index[::24].day_of_week >= 5, "weekend", "workday")


def split(seed):
    """Return training days, of which eight are weekends, and test days."""
    X, X_test, y, y_test = train_test_split(days, kind, test_size=0.5, random_state=seed)
    rare = np.flatnonzero(y == "weekend")[:8]
    rows = np.concatenate([np.flatnonzero(y == "workday"), rare])
    return X[rows], X_test, y[rows], y_test


# %%
# Three pipelines of the same forest, on ten random halves of the days. Resampling happens in ``fit`` alone.
over_samplers = {
    "nothing": "passthrough",
    "SMOTE": SMOTE(random_state=0),
    "GANOverSampler": GANOverSampler(NeighborSampler(n_channels=2), random_state=0),
}
found = {name: [] for name in over_samplers}
for seed in range(10):
    X, X_test, y, y_test = split(seed)
    for name, over_sampler in over_samplers.items():
        model = make_pipeline(over_sampler, RandomForestClassifier(50, random_state=seed))
        predicted = model.fit(X, y).predict(X_test)
        found[name].append(
            recall_score(y_test, predicted, labels=["weekend", "workday"], average=None)
        )

# %%
# Left, what the last forest learned from. Right, the share of held-out days that were told right.
figure, panels = plt.subplot_mosaic(
    [["real", "bars"], ["SMOTE", "bars"], ["GANOverSampler", "bars"]],
    figsize=(9, 6.5),
    width_ratios=[1.3, 1],
    layout="constrained",
)
drawn = {"real": X[y == "weekend"]}
for name in ("SMOTE", "GANOverSampler"):
    drawn[name] = over_samplers[name].fit_resample(X, y)[0][len(X) :][:8]
colors = {"real": "#0072B2", "SMOTE": "#E69F00", "GANOverSampler": "#D55E00", "nothing": "#777777"}
for name, windows in drawn.items():
    panels[name].plot(windows.reshape(-1, 24, 2)[..., 0].T, color=colors[name], alpha=0.8)
    title = "the 8 weekend days known" if name == "real" else f"8 new ones by {name}"
    panels[name].set(title=title, ylabel="appliances (Wh)", ylim=(0, days[:, ::2].max() * 1.02))
    panels[name].sharex(panels["real"])
panels["GANOverSampler"].set_xlabel("hour of the day")

for place, (name, recalls) in enumerate(found.items()):
    means = np.mean(recalls, axis=0)
    positions = np.arange(2) + 0.27 * (place - 1)
    bars = panels["bars"].bar(positions, means, 0.25, color=colors[name], label=name)
    panels["bars"].bar_label(bars, [f"{mean:.0%}" for mean in means])
panels["bars"].set_xticks([0, 1], ["weekend days\n(8 known)", "workdays\n(all known)"])
panels["bars"].set(title="held-out days told right, ten splits", ylim=(0, 1.22), yticks=[])
panels["bars"].legend(title="added by", loc="upper left", frameon=False)
panels["bars"].spines[["top", "right", "left"]].set_visible(False)
plt.show()
