"""A client of the treatment-information API: sourced facts about treatments, to be quoted with their certainty and citations.

Information, not medical advice.
"""

from treatment_information import models
from treatment_information.answer import Answer, Origin, Page
from treatment_information.client import AsyncClient, Client
from treatment_information.errors import (
    BadRequest,
    ConnectionFailed,
    Gone,
    InvalidParameters,
    NotAcceptable,
    NotFound,
    ProblemAnswer,
    ReleaseChanged,
    ServerFailed,
    TooManyRequests,
    TreatmentInformationError,
    Unavailable,
    UnexpectedAnswer,
)
from treatment_information.memory import Memory
from treatment_information.reading import Rendition
from treatment_information.retry import Retry

__all__ = [
    "Answer",
    "AsyncClient",
    "BadRequest",
    "Client",
    "ConnectionFailed",
    "Gone",
    "InvalidParameters",
    "Memory",
    "NotAcceptable",
    "NotFound",
    "Origin",
    "Page",
    "ProblemAnswer",
    "ReleaseChanged",
    "Rendition",
    "Retry",
    "ServerFailed",
    "TooManyRequests",
    "TreatmentInformationError",
    "Unavailable",
    "UnexpectedAnswer",
    "models",
]
