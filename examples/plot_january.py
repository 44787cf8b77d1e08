"""
=====================
Windows of one month
=====================

A sampler that knows when its training windows started makes windows of the month, the half of a month or the
hour that a prompt asks for. Here it learns days of a house in Belgium in the first half of 2016, and is asked for
January and for May.
"""

# %%
# Days of the house
# -----------------
# ``Windowizer`` cuts the hourly series into windows of 24 hours. As a DataFrame they carry the time at which each
# starts, and the sampler takes these for timestamps.
import matplotlib.pyplot as plt
import numpy as np

from sktsgan import NeighborSampler, Windowizer
from sktsgan.datasets import load_appliances_energy
from sktsgan.plotting import PromptFidelityDisplay

series = load_appliances_energy().frame
channels = list(series.columns)
windows = Windowizer(24).set_output(transform="pandas").fit_transform(series)
sampler = NeighborSampler(n_channels=len(channels), random_state=0).fit(windows)

# %%
# Ask for a month
# ---------------
# What the prompt leaves open, such as the hour at which a window starts, is drawn from the training windows that
# agree with it. What comes back starts in January, too.
january = sampler.sample(500, prompt="January", random_state=0)
print(january.index[:3])

# %%
# Prompts may be narrower, and in other words; each of these asks for something else.
for prompt in ("first half of May", "2016-W12", "周一", {"month": 3, "hour": 8}):
    print(prompt, sampler.sample(2, prompt=prompt, random_state=0).index.tolist())

# %%
# A month that was never seen is an error, which says what was.
try:
    sampler.sample(prompt="August")
except ValueError as error:
    print(error)

# %%
# Real and generated days
# -----------------------
# Days from midnight to midnight: the outdoor temperature of January and of May, real above and generated below. On
# the right, the divergence of each prompt from each real month: dark on the diagonal is good.


def outdoor_temperature(frame):
    """Return an array of shape (n_windows, 24)."""
    return frame[[f"T_out_t{t}" for t in range(24)]].to_numpy()


figure, axes = plt.subplot_mosaic(
    [["real", "fidelity"], ["generated", "fidelity"]],
    figsize=(12, 6),
    width_ratios=[1, 1.2],
    layout="constrained",
)
for month, number, color in (("January", 1, "#0072B2"), ("May", 5, "#D55E00")):
    midnight = windows[(windows.index.month == number) & (windows.index.hour == 0)]
    prompt = {"month": number, "hour": 0}
    made = sampler.sample(len(midnight), prompt=prompt, random_state=0)
    for name, frame in (("real", midnight), ("generated", made)):
        days = outdoor_temperature(frame)
        axes[name].plot(days.T, color=color, alpha=0.25, linewidth=0.8)
        axes[name].plot(np.mean(days, axis=0), color=color, linewidth=3, label=month)
for name in ("real", "generated"):
    axes[name].set(title=f"{name} days", ylabel="outdoor temperature (°C)", ylim=(-8, 30))
    axes[name].spines[["top", "right"]].set_visible(False)
axes["real"].legend(title="mean and single days of", loc="upper left")
axes["generated"].set_xlabel("hour of the day")
PromptFidelityDisplay.from_estimator(
    sampler,
    windows,
    field="month",
    n_channels=len(channels),
    n_samples=300,
    max_samples=1000,
    cv=3,
    random_state=0,
    ax=axes["fidelity"],
)
plt.show()
