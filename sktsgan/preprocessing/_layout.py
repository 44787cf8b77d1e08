"""The layout of series: all that is kept of them once their values are windows."""

from dataclasses import dataclass

from sktsgan.containers._long_series import describe, get_index, read_values, split_series
from sktsgan.preprocessing._stretches import check_long_enough, common_frequency, find_stretches


@dataclass(frozen=True)
class Layout:
    """Where the windows of series lie, and the containers of the series; it holds no values.

    Parameters
    ----------
    stretches : list of Stretch
        Stretches that hold a window, in the order of their windows.
    wrappings : list of Wrapping
        Container of each series.
    lengths : list of int
        Number of time steps of each series.
    frequency : pandas.DateOffset or None
        One step of the timestamps.
    many : bool
        Whether the series came in a list.
    """

    stretches: list
    wrappings: list
    lengths: list
    frequency: object
    many: bool

    @property
    def is_dated(self):
        """Whether it describes one series with timestamps."""
        return self.frequency is not None and not self.many


def read_layout(estimator, X, *, reset, frequency=None):
    """Split series into values, labels and layout.

    Parameters
    ----------
    estimator : Windowizer
        Estimator that sets the windows, and learns or checks the channels.
    X : array-like of shape (n_steps,) or (n_steps, n_channels), or a list of them
        The series.
    reset : bool
        Whether the estimator learns.
    frequency : pandas.DateOffset, default=None
        One step of the timestamps; None infers it.

    Returns
    -------
    values : list of ndarray of shape (n_steps, n_channels)
        Values of each series, views where NumPy allows.
    indexes : list of Index or None
        The labels of each series.
    layout : Layout
        The layout of the series.

    Raises
    ------
    ValueError
        If values or timestamps of a series cannot be used, or no window fits into it.
    """
    items, many = split_series(X)
    names = [f"X[{i}]" for i in range(len(items))] if many else ["X"]
    values = [
        read_values(estimator, item, reset=reset and i == 0, named=not many)
        for i, item in enumerate(items)
    ]
    indexes = [get_index(item) for item in items]
    read_frequency = common_frequency(indexes, names, frequency)
    stretches = []
    for i, (name, index) in enumerate(zip(names, indexes, strict=True)):
        found = find_stretches(
            index,
            len(values[i]),
            series=i,
            frequency=read_frequency,
            gaps=estimator.gaps,
            name=name,
        )
        check_long_enough(found, estimator.window, name)
        stretches += [stretch for stretch in found if stretch.n_steps >= estimator.window]
    wrappings = [describe(*pair) for pair in zip(items, values, strict=True)]
    lengths = [len(series) for series in values]
    return values, indexes, Layout(stretches, wrappings, lengths, read_frequency, many)
