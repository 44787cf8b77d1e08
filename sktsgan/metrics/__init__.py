"""How close generated items are to real ones."""

from sktsgan.metrics._bleu import bleu_score, self_bleu_score
from sktsgan.metrics._context_fid import context_fid
from sktsgan.metrics._digit_features import DigitFeatures
from sktsgan.metrics._discrepancy import discrepancy_report
from sktsgan.metrics._discriminative import discriminative_score
from sktsgan.metrics._distinct import distinct_n_score
from sktsgan.metrics._distribution_kl import distribution_kl_divergence, distribution_kl_score
from sktsgan.metrics._frechet import frechet_distance
from sktsgan.metrics._likelihood import nll_score
from sktsgan.metrics._membership import membership_inference_score
from sktsgan.metrics._moments import kurtosis_difference, skewness_difference
from sktsgan.metrics._nearest_neighbor import nearest_neighbor_ratio
from sktsgan.metrics._precision_recall import precision_recall
from sktsgan.metrics._predictive import predictive_score
from sktsgan.metrics._prompt_fidelity import prompt_fidelity
from sktsgan.metrics._statistics import (
    autocorrelation_difference,
    correlation_difference,
    marginal_difference,
)
from sktsgan.metrics._two_sample import classifier_two_sample_score

__all__ = [
    "DigitFeatures",
    "autocorrelation_difference",
    "bleu_score",
    "classifier_two_sample_score",
    "context_fid",
    "correlation_difference",
    "discrepancy_report",
    "discriminative_score",
    "distinct_n_score",
    "distribution_kl_divergence",
    "distribution_kl_score",
    "frechet_distance",
    "kurtosis_difference",
    "marginal_difference",
    "membership_inference_score",
    "nearest_neighbor_ratio",
    "precision_recall",
    "nll_score",
    "predictive_score",
    "prompt_fidelity",
    "self_bleu_score",
    "skewness_difference",
]
