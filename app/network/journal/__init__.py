"""The journal of every connection: a chain of lines that only the courier writes.

How it works is told in `chain`; `writer` adds to it, `reader` shows it, `check` doubts it.
"""
