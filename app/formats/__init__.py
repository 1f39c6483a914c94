"""Other renditions of the public shapes than JSON."""
