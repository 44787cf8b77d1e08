"""Code written by hand because it is faster; `benchmarks` has the figures."""
