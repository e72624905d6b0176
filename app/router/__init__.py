"""Which provider answers a request, and why."""
