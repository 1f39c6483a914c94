"""The open treatment-information API: content in, an immutable release out, served over HTTP."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""Read when numpy is first imported. A question is one product with a small matrix: threads wait for each other longer than it takes."""

__version__ = "1.0.0"
