"""The contract of samplers, as checks to run on your own sampler.

A check is a function ``check(name, estimator, data)`` that raises an AssertionError if the sampler breaks the
contract; its docstring says what must hold. All can be imported from here by name.
"""

from functools import partial

from sktsgan.utils._check_data import IMAGES, TEXTS, WINDOWS, SamplerCheckData
from sktsgan.utils._input_checks import (
    check_sampler_columns,
    check_sampler_counts_refused,
    check_sampler_input_unchanged,
    check_sampler_items_refused,
    check_sampler_labels_refused,
    check_sampler_read_only_input,
    check_sampler_refused_fit_changes_nothing,
    check_sampler_unfitted,
)
from sktsgan.utils._prompt_checks import (
    check_sampler_conditions,
    check_sampler_conditions_refused,
    check_sampler_entities,
    check_sampler_label_dtypes,
    check_sampler_numbers,
    check_sampler_periods,
    check_sampler_prompt_containers,
    check_sampler_prompt_order,
    check_sampler_prompt_table,
    check_sampler_prompt_without_labels,
    check_sampler_prompts_refused,
    check_sampler_scalar_prompt,
)
from sktsgan.utils._sampling_checks import (
    check_sampler_bounded_batches,
    check_sampler_clone,
    check_sampler_exact_count,
    check_sampler_forms,
    check_sampler_global_random_state,
    check_sampler_iter_sample,
    check_sampler_pickle,
    check_sampler_random_state_instance,
    check_sampler_sample_keeps_state,
    check_sampler_score,
    check_sampler_seed,
    check_sampler_without_seed,
)
from sktsgan.utils._training_checks import (
    check_sampler_partial_fit,
    check_sampler_partial_fit_labels,
    check_sampler_warm_start,
    check_sampler_warm_start_labels,
)
from sktsgan.utils._window_checks import (
    check_sampler_all_constant_windows,
    check_sampler_channels,
    check_sampler_value_range,
    check_sampler_window_shape,
)

__all__ = [
    "IMAGES",
    "TEXTS",
    "WINDOWS",
    "SamplerCheckData",
    "check_sampler",
    "parametrize_with_sampler_checks",
    "sampler_checks",
]

_FOR_ALL = (
    check_sampler_exact_count,
    check_sampler_forms,
    check_sampler_seed,
    check_sampler_random_state_instance,
    check_sampler_without_seed,
    check_sampler_global_random_state,
    check_sampler_sample_keeps_state,
    check_sampler_iter_sample,
    check_sampler_bounded_batches,
    check_sampler_score,
    check_sampler_pickle,
    check_sampler_clone,
    check_sampler_input_unchanged,
    check_sampler_read_only_input,
    check_sampler_items_refused,
    check_sampler_refused_fit_changes_nothing,
    check_sampler_counts_refused,
    check_sampler_unfitted,
    check_sampler_columns,
)
_FOR_LABELS = (
    check_sampler_labels_refused,
    check_sampler_prompt_table,
    check_sampler_scalar_prompt,
    check_sampler_prompt_order,
    check_sampler_prompt_containers,
    check_sampler_label_dtypes,
    check_sampler_prompts_refused,
    check_sampler_prompt_without_labels,
    check_sampler_periods,
    check_sampler_conditions,
    check_sampler_numbers,
    check_sampler_conditions_refused,
    check_sampler_entities,
)
_FOR_WINDOWS = (
    check_sampler_channels,
    check_sampler_value_range,
    check_sampler_all_constant_windows,
    check_sampler_window_shape,
)


def sampler_checks(estimator, *, data=WINDOWS):
    """Yield the checks that apply to a sampler.

    Parameters
    ----------
    estimator : estimator
        Sampler, of which a clone is checked; choose parameters that make it quick.
    data : SamplerCheckData, default=WINDOWS
        Items that it is checked on.

    Yields
    ------
    estimator : estimator
        The sampler.
    check : callable
        Function whose call ``check(estimator)`` raises an AssertionError if the contract is broken.

    Examples
    --------
    >>> from sktsgan import CopulaSampler
    >>> from sktsgan.utils.estimator_checks import sampler_checks
    >>> for sampler, check in sampler_checks(CopulaSampler()):
    ...     check(sampler)
    """
    checks = list(_FOR_ALL)
    if data.labels is not None:
        checks += _FOR_LABELS
    if data.are_windows:
        checks += _FOR_WINDOWS
    if "warm_start" in estimator.get_params():
        checks.append(check_sampler_warm_start)
        checks += [check_sampler_warm_start_labels] if data.labels is not None else []
    if hasattr(estimator, "partial_fit"):
        checks.append(check_sampler_partial_fit)
        checks += [check_sampler_partial_fit_labels] if data.labels is not None else []
    for check in checks:
        yield estimator, partial(check, type(estimator).__name__, data=data)


def check_sampler(estimator, *, data=WINDOWS, expected_failed_checks=None):
    """Check that a sampler keeps the contract of samplers.

    Parameters
    ----------
    estimator : estimator
        Sampler, of which a clone is checked; choose parameters that make it quick.
    data : SamplerCheckData, default=WINDOWS
        Items that it is checked on.
    expected_failed_checks : dict of str to str, default=None
        Names of checks that the sampler fails, with the reasons. They are skipped.

    Raises
    ------
    AssertionError
        If a check fails; later checks are then not run.

    See Also
    --------
    sklearn.utils.estimator_checks.check_estimator : The contract of all estimators.
    parametrize_with_sampler_checks : The same, as one test per check.

    Examples
    --------
    >>> from sktsgan import CopulaSampler
    >>> from sktsgan.utils.estimator_checks import check_sampler
    >>> check_sampler(CopulaSampler())
    """
    for sampler, check in sampler_checks(estimator, data=data):
        if check.func.__name__ not in (expected_failed_checks or {}):
            check(sampler)


def parametrize_with_sampler_checks(estimators, *, data=WINDOWS, expected_failed_checks=None):
    """Make a pytest test of every check of every sampler.

    Parameters
    ----------
    estimators : list of estimators
        Samplers, of which clones are checked; choose parameters that make them quick.
    data : SamplerCheckData, default=WINDOWS
        Items that they are checked on.
    expected_failed_checks : callable, default=None
        Function from a sampler to a dict of the names of checks that it fails, with the reasons. They are expected
        to fail (``xfail``, strictly).

    Returns
    -------
    decorator : pytest.MarkDecorator
        Decorator of a test with the arguments ``estimator`` and ``check``.

    Examples
    --------
    >>> from sktsgan import CopulaSampler
    >>> from sktsgan.utils.estimator_checks import parametrize_with_sampler_checks
    >>> @parametrize_with_sampler_checks([CopulaSampler()])
    ... def test_sampler(estimator, check):
    ...     check(estimator)
    """
    import pytest

    cases = []
    for estimator in estimators:
        failing = expected_failed_checks(estimator) if expected_failed_checks else {}
        for _, check in sampler_checks(estimator, data=data):
            name = check.func.__name__
            reason = failing.get(name)
            marks = [] if reason is None else [pytest.mark.xfail(reason=reason, strict=True)]
            cases.append(pytest.param(estimator, check, marks=marks, id=f"{estimator!r}-{name}"))
    return pytest.mark.parametrize(("estimator", "check"), cases)
