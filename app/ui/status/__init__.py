"""The status bar: privacy first, then what runs where and how fast."""
