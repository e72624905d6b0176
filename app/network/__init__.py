"""The courier, the only process that may open an internet socket, and what it works with."""
