"""What over-sampling brings to classifiers."""
