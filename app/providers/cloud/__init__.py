"""Answers from elsewhere: asked for here, given in the courier, and never without a permit."""
