"""News of newer versions: a signed file, fetched through the courier when the person wants it."""
