"""What the window shows of privacy: the state, the proof, the journal, and what feeds them."""
