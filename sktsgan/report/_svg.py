"""Small pictures as SVG, in colours that the page's style gives."""

from html import escape

import numpy as np

__all__ = ["curves", "histograms", "scatter"]

_MARGIN = 2.0


def curves(groups, label, *, size=(120, 40), zero=False):
    """Return lines of several groups.

    Parameters
    ----------
    groups : list of (str, list of array-like)
        Style ("real", "new" or "other0", "other1" ...) and lines of values, which may differ in length.
    label : str
        What the picture shows, for readers who can't see it.
    size : tuple of (width, height)
    zero : bool
        Whether to draw the axis of 0.
    """
    values = [np.asarray(line, dtype=float) for _, lines in groups for line in lines]
    finite = np.concatenate([[0.0] if zero else [], *(line[np.isfinite(line)] for line in values)])
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
    parts = []
    if zero:
        y = _scale(0.0, low, high, size[1], flip=True)
        parts.append(f'<path class="axis" d="M0 {y:.1f}H{size[0]}"/>')
    for style, lines in groups:
        parts += [_path(style, np.asarray(line, dtype=float), low, high, size) for line in lines]
    return _svg(parts, size, label)


def _path(style, line, low, high, size):
    known = np.isfinite(line)
    x = _scale(np.arange(len(line)), 0, max(len(line) - 1, 1), size[0])[known]
    y = _scale(line, low, high, size[1], flip=True)[known]
    points = "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))
    return f'<path class="line {style}" d="M{points}"/>' if points else ""


def histograms(real, new, label, *, n_bins=30, size=(120, 40)):
    """Return the outlines of two histograms over the range of both, without their most extreme hundredth."""
    both = np.concatenate([real, new])
    low, high = np.quantile(both, [0.005, 0.995])
    if not high > low:
        low, high = low - 0.5, low + 0.5
    shares = [
        np.histogram(np.clip(x, low, high), n_bins, (low, high))[0] / len(x) for x in (real, new)
    ]
    top = max(share.max() for share in shares)
    outlines = [np.repeat(share, 2) for share in shares]
    parts = [
        _path(style, outline, 0, top, size)
        for style, outline in zip(("real", "new"), outlines, strict=True)
    ]
    return _svg(parts, size, label)


def scatter(projection, label, *, ellipses=True, size=(340, 280), most=400):
    """Return points of both sets in the plane, with ellipses at two standard deviations if asked for."""
    sets = projection.real[:most], projection.synthetic[:most]
    both = np.concatenate(sets)
    (left, bottom), (right, top) = np.quantile(both, [0.002, 0.998], axis=0)
    parts = []
    for style, points, (mean, covariance) in zip(
        ("real", "new"),
        sets,
        (projection.real_normal, projection.synthetic_normal),
        strict=True,
    ):
        x = _scale(points[:, 0], left, right, size[0])
        y = _scale(points[:, 1], bottom, top, size[1], flip=True)
        dots = "".join(f"M{a:.1f} {b:.1f}h0" for a, b in zip(x, y, strict=True))
        parts.append(f'<path class="dots {style}" d="{dots}"/>')
        if ellipses:
            ring = _ellipse(mean, covariance)
            a = _scale(ring[:, 0], left, right, size[0])
            b = _scale(ring[:, 1], bottom, top, size[1], flip=True)
            outline = "L".join(f"{i:.1f} {j:.1f}" for i, j in zip(a, b, strict=True))
            parts.append(f'<path class="line ring {style}" d="M{outline}Z"/>')
    return _svg(parts, size, label)


def _ellipse(mean, covariance):
    """Return points at two standard deviations of a normal distribution, shape (60, 2)."""
    variances, directions = np.linalg.eigh(covariance)
    angle = np.linspace(0, 2 * np.pi, 60)
    circle = np.column_stack([np.cos(angle), np.sin(angle)]) * 2 * np.sqrt(variances)
    return circle @ directions.T + mean


def _scale(values, low, high, length, flip=False):
    """Return places between the margins of a picture; values beyond lie on its edge."""
    place = (np.asarray(values, dtype=float) - low) / ((high - low) or 1.0)
    place = np.clip(place, -0.01, 1.01)
    return _MARGIN + (1 - place if flip else place) * (length - 2 * _MARGIN)


def _svg(parts, size, label):
    width, height = size
    return (
        f'<svg role="img" aria-label="{escape(label)}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{"".join(parts)}</svg>'
    )
