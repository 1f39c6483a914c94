"""The checksum that stands beside a release file, in the form that `sha256sum -c` reads."""

import hashlib
from pathlib import Path

from app.errors import ReleaseError
from app.release.file import ReleaseFile


def checksum_path(release: Path) -> Path:
    """Where the checksum of a release stands."""
    return release.with_name(f"{release.name}.sha256")


def read_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_checksum(release: Path) -> None:
    """Write the checksum of a release beside it, whole or not at all."""
    target = checksum_path(release)
    draft = target.with_name(f".{target.name}.draft")
    draft.write_text(f"{read_digest(release)}  {release.name}\n", encoding="utf-8")
    draft.replace(target)


def check_release(release: Path, file: ReleaseFile | None = None) -> None:
    """Raise `ReleaseError` when a release is not byte for byte what was built. `file`: the release as it was opened, if it was."""
    try:
        recorded = checksum_path(release).read_text(encoding="utf-8").split()
        digest = read_digest(release) if file is None else file.sha256
    except FileNotFoundError as error:
        name = Path(error.filename).name
        raise ReleaseError(f"The release {release.name} cannot be used, {name} is missing: run `python -m app build`.") from error
    except OSError as error:
        raise ReleaseError(f"The release {release.name} cannot be read ({error.strerror}).") from error
    if recorded != [digest, release.name]:
        raise ReleaseError(
            f"The release {release.name} is damaged: its SHA-256 is not the one in {checksum_path(release).name}. Build again."
        )
