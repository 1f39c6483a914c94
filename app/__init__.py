"""The open treatment-information API: content in, an immutable release out, served over HTTP."""

__version__ = "1.0.0"
