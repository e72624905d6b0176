"""Figures of this machine, measured at the moment they are asked for, never read from a file."""
