"""Run the service: build when needed, serve, rebuild on change."""

import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
import watchfiles
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from app.api.metrics import SHARED
from app.api.prepared.protocol import TESTED, is_tested
from app.errors import SettingError
from app.logs import set_up_logs
from app.main import create_app
from app.memory import begin_collecting, postpone_collecting, return_large_pieces
from app.release.archive import open_release
from app.release.folder import ReleaseFolder
from app.settings import PREFIX, Settings

log = logging.getLogger(__name__)

CODE = Path(__file__).parent
ARMOURED = "app.api.armour:ArmouredProtocol"
PROTOCOL = "app.api.prepared.protocol:PreparedProtocol"
WORKER = PREFIX + "WORKER"
"""Environment variable in which the processes that serve find their settings."""


def run_server(settings: Settings) -> None:
    """Serve until stopped. Raises `ReleaseError` when there is nothing to serve; a build that fails ends the program with its
    exit code, after it has printed what is wrong."""
    set_up_logs(settings.log_format)
    if settings.rate_limit:
        from app.api.limits import check_storage, parse_limits  # which take their time to load

        parse_limits(settings.rate_limit)
        check_storage(settings.rate_limit_storage)
    prepare_release(settings)
    os.environ[WORKER] = settings.model_dump_json()
    config = uvicorn.Config(
        "app.serve:create_worker", factory=True, workers=settings.workers, http=choose_protocol(settings),
        host=settings.host, port=settings.port, access_log=False, server_header=False,
        log_config=None, log_level="info", root_path=settings.root_path, timeout_keep_alive=20, timeout_graceful_shutdown=20,
        proxy_headers=False, ws="none", timeout_worker_healthcheck=30,
    )  # fmt: skip
    sockets = [config.bind_socket()]  # a taken port ends the program here, before anything has been started
    with rebuilding(settings):
        if settings.workers == 1:
            uvicorn.Server(config).run(sockets=sockets)
            return
        with TemporaryDirectory(prefix="treatments-metrics-") as folder:
            os.environ[SHARED] = folder
            Multiprocess(config, sockets=sockets).run()


def create_worker() -> ASGIApp:
    """The application in a process that serves, behind its front door, with the settings that `run_server` left for it."""
    settings = Settings.model_validate_json(os.environ[WORKER])
    set_up_logs(settings.log_format)
    return_large_pieces()
    postpone_collecting()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    front: ASGIApp = create_app(settings, ready=begin_collecting).state.front
    return front


def _follow(parent: BaseProcess) -> None:
    """Stop as on SIGTERM when the process that started this one is gone, so that no worker is left behind that nobody replaces or stops."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def choose_protocol(settings: Settings) -> str:
    """What uvicorn's `http` is for a setting. Raises `SettingError` when the protocol asked for does not fit the installed uvicorn."""
    if settings.http == "plain":
        return "auto"
    if is_tested(uvicorn.__version__):
        return ARMOURED if settings.rate_limit else PROTOCOL  # whoever is counted has to pass the middlewares
    if settings.http == "prepared":
        raise SettingError(f"--http prepared is written for uvicorn {TESTED}, {uvicorn.__version__} is installed: leave the option out.")
    log.warning(
        "uvicorn %s is not the tested %s: finished answers are served a little slower, by the middleware", uvicorn.__version__, TESTED
    )
    return "auto"


def prepare_release(settings: Settings) -> None:
    """Build when the content or the code is newer than the current release, and see that the current release can be served."""
    folder = ReleaseFolder(settings.releases)
    if settings.build and settings.data.is_dir() and folder.is_older_than([settings.data, CODE]):
        code = run_build(settings)
        if code != 0:
            sys.exit(code)
    open_release(folder.get_current()).close()


def run_build(settings: Settings) -> int:
    """Build in a process of its own, so that the serving process never holds the content; returns the exit code."""
    command = [sys.executable, "-m", "app", "build", "--data", str(settings.data), "--releases", str(settings.releases)]
    path = os.pathsep.join([str(CODE.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, check=False, env=environment).returncode  # noqa: S603 -- our own program


@contextmanager
def rebuilding(settings: Settings) -> Generator[None]:
    """With `reload`, build anew whenever the content changes. The server sees the new release by itself; a build that fails says
    why and changes nothing."""
    if not settings.reload:
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=_rebuild, args=(settings, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def _rebuild(settings: Settings, stop: threading.Event) -> None:
    for _ in watchfiles.watch(settings.data, stop_event=stop, debounce=300, step=50):
        if run_build(settings) != 0:
            log.warning("the content has errors; the release served before goes on")
