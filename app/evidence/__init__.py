"""Effects of single studies and how they are pooled; used when a release is built and by `python -m app pool`."""
