"""Finding a model: the catalogue, the search of the hub, and whether a model fits."""
