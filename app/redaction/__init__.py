"""What should not leave this machine is found, replaced by placeholders, and put back."""
