"""The page on which two models answer one question."""
