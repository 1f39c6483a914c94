"""A proxy that fails as it is told to, before it passes requests on to the running service."""

import httpx

Fault = httpx.Response | httpx.TransportError


class Faulty(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Gives the faults in order; then every request passes. Keeps the requests it saw and the statuses it gave."""

    def __init__(self, *faults: Fault) -> None:
        self._faults = list(faults)
        self.requests: list[httpx.Request] = []
        self.statuses: list[int] = []
        self._waiting = httpx.HTTPTransport()
        self._awaiting = httpx.AsyncHTTPTransport()

    def fail_with(self, *faults: Fault) -> None:
        """Give these faults next."""
        self._faults.extend(faults)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._note(self._fail(request) or self._waiting.handle_request(request))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._note(self._fail(request) or await self._awaiting.handle_async_request(request))

    def close(self) -> None:
        self._waiting.close()

    async def aclose(self) -> None:
        await self._awaiting.aclose()

    def _fail(self, request: httpx.Request) -> httpx.Response | None:
        self.requests.append(request)
        fault = self._faults.pop(0) if self._faults else None
        if isinstance(fault, httpx.TransportError):
            fault.request = request
            raise fault
        return fault

    def _note(self, response: httpx.Response) -> httpx.Response:
        self.statuses.append(response.status_code)
        return response


def unavailable(**headers: str) -> httpx.Response:
    """The answer of a service that is starting."""
    return problem(503, "unavailable", **headers)


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    """An answer in the form of RFC 9457; underscores in names of headers become hyphens."""
    body = {"type": f"/problems/{code}", "title": code, "status": status, "detail": "It did not work.", "instance": "/v1", "code": code}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body, headers={**named, "content-type": "application/problem+json"})
