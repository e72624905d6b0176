"""The verbs that the courier knows by itself; other rooms bring theirs to `courier.main`."""
