"""The list of conversations at the side."""
