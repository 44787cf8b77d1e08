"""Token numbers that stand for no word: 0 starts a text and pads it after its end, 2 is a word that isn't known."""

__all__ = ["END", "PADDING", "UNKNOWN"]

PADDING, END, UNKNOWN = 0, 1, 2
