"""Who can answer: the local engine, and later the cloud providers, behind one stream method."""
