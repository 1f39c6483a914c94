"""Log lines: where they go and how they look. No line ever holds a query, which may be somebody's question about their health, nor an
address of a client."""

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal, NamedTuple, TextIO
from urllib.parse import quote

LogFormat = Literal["text", "json"]

ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

MOST_PENDING = 5000
"""So many lines at most wait to be written."""


class TextFormatter(logging.Formatter):
    """A line for each record. Of an error its type and its place are told, never its message, which may hold what somebody asked."""

    def formatException(self, ei: ErrorInfo) -> str:  # noqa: N802 -- the name in the standard library
        """Frames and type of the error of a record."""
        return "" if ei[1] is None else describe_error(ei[1])


class JsonFormatter(TextFormatter):
    """A line of JSON for each record."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": _write_time(record.created), "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage(),
        }  # fmt: skip
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class Withholding(logging.Filter):
    """Lets the MCP SDK say that and where something went wrong, but not in its own words, which quote what was asked."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the words away."""
        if record.name.partition(".")[0] == "mcp":
            record.msg, record.args = f"{record.levelname.lower()} in {record.funcName}", None
        return True


def describe_error(error: BaseException) -> str:
    """Frames and types of an error and of those that led to it, the first one first."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = [describe_error(part) for part in (cause, *getattr(error, "exceptions", ())) if isinstance(part, BaseException)]
    own = "".join(traceback.format_tb(error.__traceback__)) + f"{type(error).__module__}.{type(error).__qualname__}"
    return "\nthen\n".join([*before, own])


def set_up_logs(log_format: LogFormat) -> None:
    """Send every record to standard error in one form, those of uvicorn too."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter("%(levelname)s %(name)s: %(message)s"))
    handler.addFilter(Withholding())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in ("watchfiles", "mcp"):
        logging.getLogger(name).setLevel(logging.WARNING)


class Exchange(NamedTuple):
    """A request and what it was answered."""

    method: str
    path: str
    """Without the query."""
    status: int
    seconds: float
    size: int
    """Bytes of the body."""
    request_id: str
    release: str


class AccessLog:
    """A line for each request. Lines are put down as they come and written together a moment later, so that a request pays next to
    nothing."""

    def __init__(self, log_format: LogFormat, *, is_on: bool, stream: TextIO | None = None) -> None:
        self.is_on = is_on
        self._write_line = _write_json if log_format == "json" else _write_text
        self._stream = stream
        self._pending: list[tuple[float, Exchange]] = []

    def add(self, exchange: Exchange) -> None:
        """A request was answered."""
        if self.is_on:
            self._pending.append((time.time(), exchange))
            if len(self._pending) >= MOST_PENDING:
                self.flush()

    def flush(self) -> None:
        """Write what waits to be written."""
        if self._pending:
            lines, self._pending = self._pending, []
            stream = self._stream or sys.stderr
            stream.write("".join(self._write_line(at, exchange) for at, exchange in lines))
            stream.flush()


def _write_text(_at: float, exchange: Exchange) -> str:
    seconds = exchange.seconds
    return f"INFO app.access: {exchange.method} {quote(exchange.path)} {exchange.status} {1000 * seconds:.2f} ms {exchange.request_id}\n"


def _write_json(at: float, exchange: Exchange) -> str:
    members = {
        "time": _write_time(at), "level": "info", "logger": "app.access", "method": exchange.method, "path": quote(exchange.path),
        "status": exchange.status, "duration_ms": round(1000 * exchange.seconds, 3), "bytes": exchange.size,
        "request_id": exchange.request_id, "release": exchange.release,
    }  # fmt: skip
    return json.dumps(members) + "\n"


def _write_time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
