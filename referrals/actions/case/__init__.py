"""Everything that can happen to a case."""
