"""Captions of photographs, with the object that each names."""

from importlib.resources import files

import pandas as pd
from sklearn.utils import Bunch


def load_captions(*, return_X_y=False):
    """Load captions of photographs: 2,215 short English texts in six classes.

    An extract of the captions of COCO 2014 [1]_ [2]_, annotations of the COCO Consortium, licensed under CC BY 4.0.
    The label of a caption is the one of six objects that it names. The data comes with the package; nothing is
    downloaded.

    Parameters
    ----------
    return_X_y : bool, default=False
        Whether to return only captions and labels.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        With the attributes

        data : list of str
            The captions: at most 20 words, in lower case.
        target : ndarray of shape (2215,)
            Label of each caption: ``"airplane"``, ``"bathroom"``, ``"cat"``, ``"dog"``, ``"kitchen"`` or
            ``"motorcycle"``.
        target_names : list of str
            The six labels.
        DESCR : str
            The attribution, and how the extract was made.

    (data, target) : tuple
        If ``return_X_y`` is True.

    References
    ----------
    .. [1] Lin, Maire, Belongie, Bourdev, Girshick, Hays, Perona, Ramanan, Zitnick, Dollár (2014). Microsoft COCO:
       common objects in context. ECCV. :doi:`10.48550/arXiv.1405.0312`.
    .. [2] Chen, Fang, Lin, Vedantam, Gupta, Dollár, Zitnick (2015). Microsoft COCO captions: data collection and
       evaluation server. :doi:`10.48550/arXiv.1504.00325`.

    Examples
    --------
    >>> from sktsgan.datasets import load_captions
    >>> captions = load_captions()
    >>> captions.data[0]
    'a black honda motorcycle parked in front of a garage.'
    >>> captions.target[0].item()
    'motorcycle'
    """
    folder = files("sktsgan.datasets") / "data"
    with (folder / "captions.csv.gz").open("rb") as file:
        table = pd.read_csv(file, compression="gzip")
    captions, labels = table["caption"].tolist(), table["label"].to_numpy(dtype=str)
    if return_X_y:
        return captions, labels
    return Bunch(
        data=captions,
        target=labels,
        target_names=sorted(set(labels.tolist())),
        DESCR=(folder / "captions.md").read_text(encoding="utf-8"),
    )
