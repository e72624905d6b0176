"""Markdown as text on a page: parsing and flow know no Qt, drawing uses no HTML."""
