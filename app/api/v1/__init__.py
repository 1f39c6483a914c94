"""Routes of version 1, one module a collection."""
