"""The architecture, executable."""
