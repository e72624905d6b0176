"""Whether this installation works: every part of it is used once, in a folder of its own."""
