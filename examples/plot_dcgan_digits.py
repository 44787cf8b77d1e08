"""
Handwritten digits by DCGAN
===========================

Two small convolutional networks, trained against each other on the 1,797 digits that come with scikit-learn, make new
ones: any digit that is asked for, in the shape and range of values of the images that were learnt.
"""

# %%
# The images
# ----------
# 8 × 8 pixels from 0 to 16. Every fifth image is held out.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.svm import SVC

from sktsgan import DCGANSampler
from sktsgan.metrics import frechet_distance, precision_recall
from sktsgan.plotting import ImageGridDisplay

digits = load_digits()
held_out = np.arange(len(digits.images)) % 5 == 0
X, y = digits.images[~held_out], digits.target[~held_out]
X_held_out, y_held_out = digits.images[held_out], digits.target[held_out]

# %%
# Training
# --------
# ``y`` makes digits something to prompt for. ``max_iter`` is far below its default here, to be quick.

sampler = DCGANSampler(max_iter=2500, random_state=0).fit(X, y)
print(f"{sampler.n_iter_} updates")

# %%
# Fifty of each digit, judged by a support vector machine that knows real digits only.

judge = SVC(gamma="scale").fit(X.reshape(len(X), -1), y)
asked = np.repeat(np.arange(10), 50)
generated = sampler.sample(len(asked), prompt=asked, random_state=0)
recognised = judge.predict(generated.reshape(len(asked), -1)) == asked
real = judge.score(X_held_out.reshape(len(X_held_out), -1), y_held_out)
print(
    f"{recognised.mean():.1%} are recognised as what they were asked to be, of real ones {real:.1%}"
)

# %%
# How far are they from digits that were held out? Training images stand beside them for what can be reached.

drawn = sampler.sample(len(X_held_out), random_state=0)
rows = np.random.default_rng(0).permutation(len(X))[: len(X_held_out)]
for name, images in (("real", X[rows]), ("generated", drawn)):
    precision, recall = precision_recall(X_held_out, images)
    distance = frechet_distance(X_held_out, images)
    print(
        f"{name}: Fréchet distance {distance:.1f}, precision {precision:.2f}, recall {recall:.2f}"
    )

# %%
# A row a digit
# -------------

display = ImageGridDisplay.from_estimator(sampler, X, y, n_columns=12, random_state=0)
display.figure_.suptitle(f"Digits by DCGANSampler, {recognised.mean():.0%} recognised")

if __name__ == "__main__":
    plt.show()
