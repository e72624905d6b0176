"""One module per program whose conversations can be imported, written after what it documents."""
