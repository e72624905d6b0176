"""The conversation view: messages of any number and length, drawn only where they are seen."""
