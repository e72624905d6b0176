"""The seal: what the kernel itself refuses to this process from now on, and how to see it."""
