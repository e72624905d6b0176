"""The chat page: what is said, and what drives it."""
