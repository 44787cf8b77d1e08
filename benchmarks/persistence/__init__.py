"""Files that are not what they seem."""
