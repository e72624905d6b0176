"""Values that every room shares, and the one seam between threads and asyncio."""
