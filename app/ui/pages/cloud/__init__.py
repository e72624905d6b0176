"""The page of the cloud: switches, keys, models, what was spent."""
