"""The models on this machine: the library, its folders, the starter model."""
