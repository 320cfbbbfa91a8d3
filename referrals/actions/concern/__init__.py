"""Everything that can happen to a concern."""
