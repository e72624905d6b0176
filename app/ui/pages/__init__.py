"""Pages that stand in the window instead of the chat."""
