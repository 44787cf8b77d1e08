"""Images moved at random, real and generated ones alike."""

import torch

__all__ = ["RandomShift"]


class RandomShift:
    """Move each image by a random number of pixels; those at an edge are repeated.

    A discriminator that sees nothing but moved images has more to learn by heart, and what it teaches the generator
    is still how the images are, since generated ones are moved as well (Zhao et al. 2020).

    Parameters
    ----------
    share : float
        Largest move to either side, as a share of height and of width; whole pixels only.
    """

    def __init__(self, share):
        self.share = share

    def __call__(self, images):
        """Return a tuple of one tensor of shape (n_images, n_channels, height, width)."""
        rows, columns = (self._places(len(images), n, images.device) for n in images.shape[2:])
        if rows is None and columns is None:
            return (images,)
        moved = torch.arange(len(images), device=images.device)[:, None, None]
        rows, columns = (
            torch.arange(n, device=images.device)[None] if places is None else places
            for places, n in ((rows, images.shape[2]), (columns, images.shape[3]))
        )
        return (images[moved, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2),)

    def _places(self, n_images, size, device):
        """Return which row, or column, of each image comes to stand where; None where none moves."""
        most = int(self.share * size)
        if not most:
            return None
        steps = torch.randint(-most, most + 1, (n_images, 1), device=device)
        return (torch.arange(size, device=device) + steps).clamp(0, size - 1)
