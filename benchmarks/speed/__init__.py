"""Time and memory, against code that does no more than it must."""
