"""`make bench`: how fast it is, as ratios to floors measured in the same run (docs/benchmarks.md)."""
