"""
Does augmentation help a classifier?
====================================

A house's use of energy tells weekends from workdays, but only 20 weekend days are known beside 98 workdays. Synthetic
weekend days are added to the training part of each fold, and a report says whether that helps.
"""

# %%
# Windows of a day: energy of appliances and lights, hour by hour. Weekends are made rare.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sktsgan import AugmentedClassifier, NeighborSampler, augmentation_report
from sktsgan.datasets import load_appliances_energy

series = load_appliances_energy().frame[["Appliances", "lights"]]
hours = series.groupby(series.index.normalize())["lights"].transform("size")
series = series[hours == 24]
days = series.to_numpy(dtype=float).reshape(-1, 24 * 2)  # flat, time-major
kind = np.where(series.index[::24].day_of_week >= 5, "weekend", "workday")

rng = np.random.default_rng(0)
rare = rng.permutation(np.flatnonzero(kind == "weekend"))[:20]
rows = np.concatenate([np.flatnonzero(kind == "workday"), rare])
X, y = days[rows], kind[rows]

# %%
# ``AugmentedClassifier`` is the classifier with synthetic days in its ``fit``. The sampler learns from
# the training part alone, and nothing synthetic is predicted.
sampler = NeighborSampler(n_channels=2)
forest = RandomForestClassifier(50, random_state=0)
augmented = AugmentedClassifier(forest, sampler, random_state=0).fit(X, y)
print(f"{augmented.n_synthetic_} synthetic days beside {len(X)} real ones")

# %%
# The report compares it with the bare classifier, fold by fold.
logistic = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
folds = RepeatedStratifiedKFold(n_splits=4, n_repeats=3, random_state=0)
reports = {
    "random forest": augmentation_report(
        forest,
        {
            "neighbors": sampler,
            "neighbors, the best third": AugmentedClassifier(
                forest, sampler, keep="best", random_state=0
            ),
            "neighbors, half the weight": AugmentedClassifier(
                forest, sampler, synthetic_weight=0.5, random_state=0
            ),
        },
        X,
        y,
        cv=folds,
        random_state=0,
    ),
    "logistic regression": augmentation_report(
        logistic, {"neighbors": sampler}, X, y, cv=folds, random_state=0
    ),
}
for name, report in reports.items():
    print(f"{name}: {report.conclusion}\n")

# %%
# A faint point is a fold, a large one their mean, a line its interval. The forest, which hardly finds weekends without
# them, gains from synthetic days; logistic regression doesn't.
figure, axes = plt.subplots(
    2, 1, figsize=(8, 6), sharex=True, height_ratios=[3, 1.4], layout="constrained"
)
for ax, (name, report) in zip(axes, reports.items(), strict=True):
    report.plot(ax=ax)
    ax.set_title(f"{name}: {ax.get_title(loc='left')}", loc="left")
axes[0].set_xlabel("")
plt.show()
