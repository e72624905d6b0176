"""Conversations in and out: exports in four formats, imports from six programs."""
