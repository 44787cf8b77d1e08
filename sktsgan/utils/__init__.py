"""Tools for those who write samplers."""
