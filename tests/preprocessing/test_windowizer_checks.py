"""Windowizer under scikit-learn's own checks."""

import pytest
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from sktsgan.preprocessing import Windowizer

ONE_AXIS = "A series may have one axis: such an array is univariate, not an error."
ROWS = "A window of several steps makes fewer rows out than in; with window=1 the check passes."


def expected_failures(estimator):
    if estimator.window == 1:
        return {"check_fit1d": ONE_AXIS}
    return {
        "check_fit1d": ONE_AXIS,
        "check_transformer_data_not_an_array": ROWS,
        "check_transformer_general": ROWS,
        "check_methods_sample_order_invariance": ROWS,
        "check_methods_subset_invariance": ROWS,
    }


@parametrize_with_checks(
    [
        Windowizer(window=1),
        Windowizer(window=1, output="flat", gaps="split", target="majority"),
        Windowizer(window=3, stride=2),
    ],
    expected_failed_checks=expected_failures,
    xfail_strict=True,
)
def test_sklearn_check(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    "name",
    [
        "check_transformer_get_feature_names_out",
        "check_transformer_get_feature_names_out_pandas",
        "check_set_output_transform",
        "check_set_output_transform_pandas",
        "check_global_output_transform_pandas",
        "check_dataframe_column_names_consistency",
        "check_param_validation",
        "check_inplace_ensure_writeable",
    ],
)
def test_checks_that_sklearn_keeps_for_its_own_estimators(name):
    getattr(estimator_checks, name)("Windowizer", Windowizer(window=1, output="flat"))
