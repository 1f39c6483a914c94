"""Public shapes, version 1. Within v1 members are added, never removed, renamed, retyped or given another meaning."""

API_VERSION = "1.0.0"
"""Version of the contract, in every answer's `meta`."""
