"""
Days of a house by TransformerGAN
=================================

:class:`~sktsgan.TransformerGANSampler` starts from windows between neighbours and trains a pair of transformers on top.
Windows that neither has seen then decide: the pair is kept where it makes them harder to tell from generated ones, and
steps aside where it doesn't. Here it learns days of a house, in less than its default number of updates.
"""

# %%
# Blocks of time
# --------------
# Five months of hourly readings, cut into 24 blocks. Every other block is for training. The rest judges, in two halves:
# overlapping windows tell each other apart too easily if a judge is trained and tested on the same days.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sktsgan import TransformerGANSampler, Windowizer
from sktsgan.datasets import load_appliances_energy
from sktsgan.metrics import classifier_two_sample_score
from sktsgan.plotting import DistributionDisplay, WindowDisplay

series = load_appliances_energy().frame[["Appliances", "T1", "RH_1", "T_out"]]
size = len(series) // 24
blocks = [Windowizer(24).fit_transform(series[i * size : (i + 1) * size]) for i in range(24)]
windows = np.concatenate(blocks[::2])
judging, judged = np.concatenate(blocks[1::4]), np.concatenate(blocks[3::4])

# %%
# Training, and who won
# ---------------------
# ``refined_`` says whether the pair was kept, and ``gate_scores_`` why: how well two judges, and a search for training
# windows, tell what the base makes from windows that were held out, and what the pair makes. .5 is best.

sampler = TransformerGANSampler(max_iter=300, random_state=0).fit(windows)
print(f"the pair was {'kept' if sampler.refined_ else 'left out'}")
print(pd.DataFrame(sampler.gate_scores_).round(3))

# %%
# New days
# --------
# A classifier learns to tell them from days of the judging blocks; .5 means that it can't. Days of other weeks differ
# in any case, so it is asked about the real training windows, too: new ones can't be expected to do better.

new = sampler.sample(len(windows), random_state=0)
for name, X in {"real": windows, "new": new}.items():
    accuracy = classifier_two_sample_score(judging, X, real_test=judged, random_state=0)
    print(f"{name} days are told from those of other weeks with an accuracy of {accuracy:.2f}")

# %%
# Real ones above, new ones below.

channels = list(series.columns)
WindowDisplay.from_samples(windows, new, channel_names=channels)

# %%
# Both sets in two dimensions: new windows lie where real ones do.

DistributionDisplay.from_samples(windows, new)
plt.show()
