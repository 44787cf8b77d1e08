"""The configurations of the papers, as keyword arguments of the samplers.

Examples
--------
>>> from sktsgan import TimeGANSampler
>>> from sktsgan.samplers.published import TIMEGAN
>>> TimeGANSampler(**TIMEGAN).max_iter
50000
"""

__all__ = ["SEQGAN", "TIMEGAN", "TTSGAN"]

#: TransformerGANSampler as the plain transformer GAN of the literature (Li et al. 2022), on windows of 24 steps.
TTSGAN = {
    "base": None,
    "latent_size": 100,
    "patch_length": 4,
    "embedding_size": 10,
    "n_layers": 1,
    "n_heads": 5,
    "dropout": 0.5,
    "loss": "bce",
    "gradient_penalty": 0,
    "warmup": 0,
    "generator_learning_rate": 3e-4,
    "schedule": "constant",
}

#: TimeGANSampler as in the code published with Yoon et al. (2019).
TIMEGAN = {
    "base": None,
    "scaling": "range",
    "hidden_size": 24,
    "n_layers": 3,
    "loss": "bce",
    "gamma": 1,
    "moment_weight": 100,
    "gradient_penalty": 0,
    "generator_steps": 2,
    "pretraining": (50_000, 50_000),
    "warmup": 0,
    "generator_learning_rate": 1e-3,
    "schedule": "constant",
    "max_iter": 50_000,
}

#: SeqGANSampler as in the oracle experiment of Yu et al. (2017), on 9,984 texts: 120 and 150 passes of 156 updates.
SEQGAN = {
    "embedding_size": 32,
    "hidden_size": 32,
    "dropout": 0,
    "weight_decay": 0,
    "kernels": dict(
        zip(
            (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20),
            (100, 200, 200, 200, 200, 100, 100, 100, 100, 100, 160, 160),
            strict=True,
        )
    ),
    "pretraining": (18_720, 23_400),
    "n_rollouts": 16,
    "baseline": None,
    "discriminator_steps": 2340,
    "learning_rate": 0.01,
    "generator_learning_rate": 0.01,
    "schedule": "constant",
    "max_iter": 200,
    "validation_fraction": 0,
    "temperature": 1.0,
}
