"""Fetches one large file so that nothing is lost and nothing wrong is kept; see `transfer`."""
