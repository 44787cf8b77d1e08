"""
Captions by SeqGAN
==================

SeqGANSampler learns to write from two thousand captions of photographs. A prompt says how a caption is to begin, what
it is to be about, or both. It takes half a minute.
"""

# %%
# The captions
# ------------
# Each is about one of six things, its label. Every tenth is held out.

import matplotlib.pyplot as plt
import pandas as pd

from sktsgan import SeqGANSampler
from sktsgan.datasets import load_captions
from sktsgan.plotting import LossCurveDisplay
from sktsgan.preprocessing import TextTokenizer

captions, labels = load_captions(return_X_y=True)
held_out, train = captions[::10], [c for i, c in enumerate(captions) if i % 10]
for caption in train[:5]:
    print(caption)

# %%
# Training
# --------
# First the generator learns to predict the next word. Then the discriminator learns to tell what the generator writes
# from real captions, and policy gradient lets the generator write what is taken for real. Words of fewer than three
# captions are too rare to be learned.

sampler = SeqGANSampler(
    tokenizer=TextTokenizer(min_df=3),
    hidden_size=96,
    dropout=0.4,
    weight_decay=0.02,
    pretraining=(360, 60),
    n_rollouts=2,
    max_iter=20,
    generator_learning_rate=1e-4,
    random_state=0,
)
train_labels = [label for i, label in enumerate(labels) if i % 10]
sampler.fit(train, train_labels)
score = sampler.score(held_out, labels[::10])
print(f"{len(sampler.vocabulary_)} words; held-out log-likelihood {score:.2f} nats a word")
display = LossCurveDisplay.from_estimator(sampler)
display.ax_.set_title("Losses of SeqGANSampler on captions")


# %%
# Prompts
# -------
# A label, a beginning, both. What the prompt leaves open is drawn: of captions that begin with "a man", most are about
# motorcycles. A temperature below 1 makes usual words more probable.


def show(title, temperature=0.6, **options):
    """Print four captions."""
    print(f"\n{title}")
    for text in sampler.sample(4, temperature=temperature, random_state=0, **options):
        print(f"  {text}")


show("any caption")
show("about cats", prompt="cat")
show("beginning with: A man", prompt="A man")
show("about dogs, beginning with: Two", prompt={"label": "dog", "prefix": "Two"})
_, table = sampler.sample(300, prompt="A man", random_state=0, return_prompt=True)
begun = [
    label for text, label in zip(train, train_labels, strict=True) if text.startswith("a man ")
]
shares = {"generated": table["y"], "real": pd.Series(begun)}
print("\nlabels of captions that begin with 'A man', in per cent")
print((100 * pd.DataFrame({k: v.value_counts(normalize=True) for k, v in shares.items()})).round())

# %%
# Temperature
# -----------
# Colder means more usual: captions get better and more alike. Right, how many of the pairs of words in 500 captions
# differ from each other; in as many real ones, the dotted line.


def distinct_pairs(texts):
    """Return the share of distinct pairs of words."""
    pairs = [pair for text in texts for pair in zip(text.split(), text.split()[1:], strict=False)]
    return len(set(pairs)) / len(pairs)


temperatures = (0.3, 0.5, 0.7, 0.9, 1.1)
shares = []
for temperature in temperatures:
    show(f"temperature {temperature}", temperature=temperature)
    made = sampler.sample(500, temperature=temperature, random_state=0)
    shares.append(distinct_pairs(made))

figure, ax = plt.subplots(figsize=(5.5, 3.4), layout="constrained")
ax.plot(temperatures, shares, marker="o", color="tab:orange", label="generated")
ax.axhline(distinct_pairs(train[:500]), color="tab:blue", linestyle=":", label="real")
ax.set(title="Variety of captions", xlabel="temperature", ylabel="share of distinct pairs of words")
ax.spines[["top", "right"]].set_visible(False)
ax.legend(frameon=False)

# sphinx_gallery_thumbnail_number = 2
if __name__ == "__main__":
    plt.show()
