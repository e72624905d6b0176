"""Downloads of models: a queue that survives everything, and nothing half is ever listed."""
