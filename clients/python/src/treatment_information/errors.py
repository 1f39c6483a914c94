"""What can go wrong, as exceptions.

TreatmentInformationError
├── ConnectionFailed       no answer came, after all attempts
├── UnexpectedAnswer       what came is no answer of this API: the page of a proxy, perhaps
├── ReleaseChanged         a list changed between two of its pages: read it again
└── ProblemAnswer          the service said what is wrong (RFC 9457)
    ├── BadRequest         400
    ├── NotFound           404, with near ids
    ├── NotAcceptable      406, with the formats there are
    ├── Gone               410, with what replaces it
    ├── InvalidParameters  422, with each parameter and near values
    ├── TooManyRequests    429
    └── ServerFailed       5xx
        └── Unavailable    503
"""

from typing import cast

from treatment_information import models


class TreatmentInformationError(Exception):
    """Anything that this client raises."""


class ConnectionFailed(TreatmentInformationError):
    """No answer came, after all attempts."""


class UnexpectedAnswer(TreatmentInformationError):
    """What came is no answer of this API."""


class ReleaseChanged(TreatmentInformationError):
    """A new content release came between two pages of a list, which may not belong together: read the list again."""


class ProblemAnswer(TreatmentInformationError):
    """The service said what is wrong."""

    def __init__(self, problem: models.Problem, *, request_id: str | None = None, retry_after_seconds: float | None = None) -> None:
        self.problem = problem
        """The whole problem, as RFC 9457 has it."""
        self.status = problem["status"]
        """HTTP status."""
        self.code = problem.get("code", "")
        """Kind of problem, for programs: `not-found`."""
        self.request_id = request_id
        """Names the request in the service's log."""
        self.retry_after_seconds = retry_after_seconds
        """When the service asks to be asked again; `None` when it does not say."""
        super().__init__(self._describe())

    @property
    def detail(self) -> str:
        """What is wrong with this request."""
        return self.problem.get("detail", "")

    @property
    def faults(self) -> list[models.Fault]:
        """Each parameter that is wrong, with what would be right."""
        return self.problem.get("errors", [])

    @property
    def did_you_mean(self) -> list[str]:
        """Near ids, names or values that exist, of the address and of all parameters."""
        near = [*self.problem.get("did_you_mean", []), *(name for fault in self.faults for name in fault["did_you_mean"])]
        return list(dict.fromkeys(near))

    def _describe(self) -> str:
        lines = [f"{self.status} {self.problem.get('title', '')}: {self.detail}"]
        lines += [f"`{fault['name']}`: {fault['detail']}" for fault in self.faults if fault["detail"] not in self.detail]
        if self.did_you_mean:
            lines.append(f"Did you mean {', '.join(self.did_you_mean)}?")
        return " ".join(lines)


class BadRequest(ProblemAnswer):
    """The request could not be read."""


class NotFound(ProblemAnswer):
    """There is nothing of this id or at this address; `did_you_mean` has near ones."""


class NotAcceptable(ProblemAnswer):
    """The resource does not come in this format."""

    @property
    def formats(self) -> list[str]:
        """Formats that it has."""
        return self.problem.get("formats", [])


class Gone(ProblemAnswer):
    """The item was withdrawn; `detail` says why."""

    @property
    def successor(self) -> str | None:
        """Address of what replaces it, if anything does."""
        return self.problem.get("successor")


class InvalidParameters(ProblemAnswer):
    """Parameters are wrong; `faults` has each."""


class TooManyRequests(ProblemAnswer):
    """The service asks to wait longer than the client is allowed to, or attempts ran out."""


class ServerFailed(ProblemAnswer):
    """The service failed."""


class Unavailable(ServerFailed):
    """The service cannot answer now."""


KINDS: dict[int, type[ProblemAnswer]] = {
    400: BadRequest,
    404: NotFound,
    406: NotAcceptable,
    410: Gone,
    422: InvalidParameters,
    429: TooManyRequests,
    503: Unavailable,
}


def as_error(payload: object, *, status: int, request_id: str | None, retry_after_seconds: float | None) -> TreatmentInformationError:
    """The exception for an answer that is no success; `payload` is its parsed body, `None` when that is no problem document."""
    if not isinstance(payload, dict):
        return UnexpectedAnswer(f"status {status} without a problem document: is this the address of the API?")
    problem = cast("models.Problem", {**cast("dict[str, object]", payload), "status": status})
    kind = KINDS.get(status, ServerFailed if status >= 500 else ProblemAnswer)
    return kind(problem, request_id=request_id, retry_after_seconds=retry_after_seconds)
