"""The main window: its frame, its place on the screen, its shortcuts."""
