"""What items come in and leave as: windows, series, images, texts."""

from sktsgan.containers._categories import read_categorical
from sktsgan.containers._images import ImageContainer, check_image_shape, read_training_images
from sktsgan.containers._missing import fill_missing, stack_filled
from sktsgan.containers._series import (
    SeriesContainer,
    is_ragged,
    pad_series,
    read_series,
    resample_series,
    series_lengths,
)
from sktsgan.containers._texts import (
    FIRST_TERM,
    TextContainer,
    read_texts,
    read_training_texts,
)
from sktsgan.containers._tokenizers import TextTokenizer
from sktsgan.containers._windows import (
    WindowContainer,
    check_window_pair,
    check_windows,
    read_training_windows,
)

__all__ = [
    "FIRST_TERM",
    "ImageContainer",
    "SeriesContainer",
    "TextContainer",
    "TextTokenizer",
    "WindowContainer",
    "check_image_shape",
    "check_window_pair",
    "check_windows",
    "fill_missing",
    "is_ragged",
    "pad_series",
    "read_categorical",
    "read_series",
    "read_texts",
    "read_training_texts",
    "read_training_images",
    "read_training_windows",
    "stack_filled",
    "resample_series",
    "series_lengths",
]
