"""What the YAML says: strict models, a reader that knows lines, cross-file checks, and the linked library."""
