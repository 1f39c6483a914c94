"""The errors that this project raises on purpose.

AppError
├── ContentError        the content has problems; carries all of them
├── ReleaseError        a release file is missing, damaged or of another format
├── SettingError        a setting cannot be used
├── BadParameter        422, a parameter, filter or selection is wrong
├── NotFound            404, nothing is there; carries near names
├── Gone                410, withdrawn; carries reason and successor
├── Moved               308, an alias of something else
├── NotAcceptable       406, a format that the resource lacks
└── NoSuchRange         416, a part that the file does not have
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar


class AppError(Exception):
    """An error with a stable code, an HTTP status and a title; the message is the detail."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Error"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class ReleaseError(AppError):
    """A release file cannot be used."""

    code = "release-unusable"
    status = 503
    title = "No usable release"


class SettingError(AppError):
    """A setting cannot be used; told when the service starts."""

    code = "setting-unusable"
    title = "No usable setting"


@dataclass(frozen=True)
class ParameterFault:
    """One thing that is wrong with one part of a request."""

    where: str
    name: str
    detail: str
    did_you_mean: tuple[str, ...] = field(default=())


class BadParameter(AppError):
    """One or more parts of the request are wrong."""

    code = "invalid-request"
    status = 422
    title = "The request has an error"

    def __init__(self, faults: Sequence[ParameterFault]) -> None:
        super().__init__("; ".join(f"{fault.name}: {fault.detail}" for fault in faults))
        self.faults = tuple(faults)


class NotFound(AppError):
    """Nothing of that name is in the catalogue."""

    code = "not-found"
    status = 404
    title = "Not found"

    def __init__(self, detail: str, did_you_mean: Sequence[str] = ()) -> None:
        super().__init__(detail)
        self.did_you_mean = tuple(did_you_mean)


class Gone(AppError):
    """The item was withdrawn."""

    code = "withdrawn"
    status = 410
    title = "Withdrawn"

    def __init__(self, detail: str, successor: str | None = None) -> None:
        super().__init__(detail)
        self.successor = successor


class Moved(AppError):
    """The item has another, canonical address."""

    code = "moved"
    status = 308
    title = "Moved"

    def __init__(self, location: str) -> None:
        super().__init__(f"This item is at {location}.")
        self.location = location


class NotAcceptable(AppError):
    """The resource has no such format."""

    code = "not-acceptable"
    status = 406
    title = "No such format"

    def __init__(self, detail: str, formats: Sequence[str]) -> None:
        super().__init__(detail)
        self.formats = tuple(formats)


class NoSuchRange(AppError):
    """A file ends before the part that was asked for."""

    code = "no-such-range"
    status = 416
    title = "No such range"

    def __init__(self, size: int) -> None:
        super().__init__(f"The file has {size} bytes; the range that was asked for has none of them.")
        self.size = size
