"""The appliances data: hourly energy use and climate of a house."""

from importlib.resources import files

import pandas as pd
from sklearn.utils import Bunch


def load_appliances_energy():
    """Load the appliances data, an hourly series of eight channels.

    Energy use and climate of a house in Belgium in the first half of 2016: 3,289 hours without gaps, an extract
    of the UCI dataset *Appliances Energy Prediction* [1]_ [2]_, licensed under CC BY 4.0. It comes with the
    package; nothing is downloaded.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        With the attributes

        data : DataFrame of shape (3289, 8)
            The series, indexed by the start of each hour. ``Appliances`` and ``lights`` are integers (Wh), the
            others floats.
        frame : DataFrame of shape (3289, 8)
            The same DataFrame, under the name that scikit-learn's loaders use.
        feature_names : list of str
            Names of the columns.
        DESCR : str
            Meaning and units of the columns, the attribution, and how the extract was made.

    References
    ----------
    .. [1] Luis Candanedo, "Appliances Energy Prediction", UCI Machine Learning Repository, 2017,
       :doi:`10.24432/C5VC8G`.
    .. [2] Luis M. Candanedo, Véronique Feldheim, Dominique Deramaix, "Data driven prediction models of energy
       use of appliances in a low-energy house", Energy and Buildings 140 (2017), 81-97,
       :doi:`10.1016/j.enbuild.2017.01.083`.

    Examples
    --------
    >>> from sktsgan.datasets import load_appliances_energy
    >>> frame = load_appliances_energy().data
    >>> frame.shape
    (3289, 8)
    >>> frame["T_out"].idxmax()
    Timestamp('2016-05-08 17:00:00')
    """
    folder = files("sktsgan.datasets") / "data"
    with (folder / "appliances_energy.csv.gz").open("rb") as file:
        frame = pd.read_csv(file, compression="gzip", parse_dates=["date"], index_col="date")
    frame = frame.asfreq("h")
    return Bunch(
        data=frame,
        frame=frame,
        feature_names=list(frame.columns),
        DESCR=(folder / "appliances_energy.md").read_text(encoding="utf-8"),
    )
