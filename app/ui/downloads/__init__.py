"""The queue of downloads, as the window shows it."""
