"""What stands behind the window's view of the history: searching, order, trash, files."""
