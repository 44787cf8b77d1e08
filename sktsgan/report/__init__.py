"""What ``python -m sktsgan`` does with a series: read it, split it, score what was learned, write the files."""
