"""What is written by hand because it was measured to be faster: `benchmarks` has the figures."""
