"""Encryption of the history and the lock of the window: what stands behind their cards."""
