"""Scale images of any range to [−1, 1], and back."""

import numpy as np

__all__ = ["PixelScaler"]


class PixelScaler:
    """Scale each channel of images to [−1, 1] by its minimum and maximum.

    ``transform`` leaves out constant channels and copies of other channels. ``inverse_transform`` puts them back,
    restores pixels that were the same in all images, and rounds integer-valued channels.
    """

    def fit(self, images):
        """Learn from float images of shape (n_images, n_channels, height, width)."""
        self.dtype_ = images.dtype
        constant = (images == images[:1]).all(axis=0)
        self.constants_ = np.where(constant, images[0], np.nan)
        self.source_, self.free_ = [], []
        for c in range(images.shape[1]):
            same = [b for b in self.free_ if np.array_equal(images[:, b], images[:, c])]
            self.source_.append(same[0] if same else c)
            if not same and not constant[c].all():
                self.free_.append(c)
        free = [images[:, c] for c in self.free_]
        self.lows_ = [float(channel.min()) for channel in free]
        self.highs_ = [float(channel.max()) for channel in free]
        self.integer_ = [bool((channel % 1 == 0).all()) for channel in free]
        return self

    def transform(self, images):
        """Return the free channels, float32 of shape (n_images, n_free, height, width)."""
        scaled = np.empty((len(images), len(self.free_), *images.shape[2:]), dtype=np.float32)
        for k, c in enumerate(self.free_):
            low, high = self.lows_[k], self.highs_[k]
            middle, half = high / 2 + low / 2, high / 2 - low / 2
            scaled[:, k] = (images[:, c] - middle) / half
        return scaled

    def inverse_transform(self, scores, generator=None):
        """Return images with all channels, in the units and within the range of those seen in ``fit``.

        ``scores`` are the scaled free channels, a tensor of shape (n_images, n_free, height, width); ``generator`` is
        ignored, and there because other scalers draw.
        """
        images = np.empty((len(scores), *self.constants_.shape), dtype=self.dtype_)
        for k, c in enumerate(self.free_):
            low, high = self.lows_[k], self.highs_[k]
            values = images[:, c]
            # halves, because the range of large numbers may overflow
            np.multiply(scores[:, k].numpy(), high / 2 - low / 2, out=values, dtype=self.dtype_)
            values += high / 2 + low / 2
            if self.integer_[k]:
                np.round(values, out=values)
            np.clip(values, low, high, out=values)
        for c, source in enumerate(self.source_):
            if source != c:
                images[:, c] = images[:, source]
        constant = ~np.isnan(self.constants_)
        if constant.any():
            np.copyto(images, self.constants_, where=constant)
        return images
