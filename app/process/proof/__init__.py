"""Tries from inside what the seal has to refuse, and gathers what the kernel says of it."""
