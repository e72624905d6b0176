"""The page of one model, and what the list of models has besides its cards."""
