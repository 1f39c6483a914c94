"""The public shapes of the API, one package for each version of it."""
