"""Tools for writing your own samplers."""
