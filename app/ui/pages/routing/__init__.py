"""Who answers, and what is taken out of what leaves: the pages of routing and redaction."""
