"""Child processes: frames between them, supervision, and the quiet environment."""
