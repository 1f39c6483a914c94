"""The corridor between the wings: a release is built once, then only read."""
