"""Settings: each is an option of `python -m app serve` and an environment variable `TREATMENTS_<NAME>`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from app.values.model import Value

PREFIX = "TREATMENTS_"
"""What the environment variables begin with."""

HERE = Path(__file__).parent


class Settings(Value):
    """How the service runs."""

    host: Annotated[str, Field(description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Port to listen on.")] = 8000
    data: Annotated[Path, Field(description="Folder with the content.")] = HERE / "data"
    releases: Annotated[Path, Field(description="Folder that holds the built releases.")] = HERE.parent / "var" / "releases"
    build: Annotated[bool, Field(description="Build a release first when the content is newer than the current one.")] = True
    reload: Annotated[bool, Field(description="Rebuild whenever the content changes, and serve the new release at once.")] = False
    poll_seconds: Annotated[float, Field(gt=0, le=60, description="How often to look for a new current release, in seconds.")] = 1.0
    workers: Annotated[int, Field(ge=1, le=256, description="Processes that serve. Each holds the sentence model, if there is one.")] = 1
    http: Annotated[
        Literal["auto", "prepared", "plain"],
        Field(
            description="How requests are read: `prepared` answers from the store of finished answers before anything else, "
            "`plain` is uvicorn's own way, `auto` takes the first where the installed uvicorn is known."
        ),
    ] = "auto"
    prepared_mb: Annotated[
        int, Field(ge=0, le=65536, description="Room for finished answers in each process, in megabytes; 0 keeps none.")
    ] = 64
    max_connections: Annotated[int, Field(ge=1, le=1_000_000, description="Most connections that a process holds open.")] = 10_000
    slow_client_seconds: Annotated[
        float, Field(gt=0, le=600, description="How long a client may take to send a request, and a third of how long to read an answer.")
    ] = 10.0
    max_url: Annotated[int, Field(ge=256, le=65536, description="Longest path and query answered, in bytes.")] = (
        12_288  # 1,000 letters of any script, escaped
    )
    root_path: Annotated[str, Field(description="Path under which a proxy serves the API, such as /treatments.")] = ""
    forwarded_allow_ips: Annotated[
        str, Field(description="Proxies whose X-Forwarded headers are believed: addresses with commas, or *.")
    ] = "127.0.0.1"
    model: Annotated[bool, Field(description="Rank questions with the sentence model too, where it is installed.")] = True
    mcp_hosts: Annotated[
        str, Field(description="Host names under which chatbots may reach /mcp: with commas, a port or :* after each, or * for any.")
    ] = "127.0.0.1:*,localhost:*,[::1]:*"
    access_log: Annotated[bool, Field(description="Write a line for each request (path and status, never the query).")] = True
    log_format: Annotated[
        Literal["text", "json"], Field(description="Form of the log lines on standard error; `json` has the release in each access line.")
    ] = "text"
    hosts: Annotated[
        str, Field(description="Names under which the service may be reached, with commas and without ports; requests for others get 400.")
    ] = "*"
    max_concurrency: Annotated[
        int, Field(ge=0, le=100_000, description="Most requests that a process works on at once, beyond finished answers; 0 for no limit.")
    ] = 1000
    rate_limit: Annotated[
        str,
        Field(description="How often one client may ask, such as 600/minute, several with ;. In memory, each process counts by itself."),
    ] = ""
    rate_limit_storage: Annotated[
        str, Field(description="Where requests are counted: memory://, or redis://host:port for several processes and machines.")
    ] = "memory://"
    hsts_seconds: Annotated[
        int, Field(ge=0, le=63_072_000, description="Tell browsers to use HTTPS only, for so long (Strict-Transport-Security); 0 does not.")
    ] = 0
