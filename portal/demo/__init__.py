"""The demonstration county: invented from a seed, the same each time. Never a real child, school contact or number."""
