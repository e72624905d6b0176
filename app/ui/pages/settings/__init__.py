"""The settings panel: its pages, its search, and settings as a file."""
