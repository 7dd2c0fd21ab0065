"""What can happen in a play, by what it happens to."""
