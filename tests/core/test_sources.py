import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds
from hypothesis import given
from hypothesis import strategies as st

from zoo.core import sources
from zoo.core.errors import UserError
from zoo.core.recipe import fixed
from zoo.core.sources import Source

online = sources.online  # the tests' own fixture replaces it by "no network"


def test_a_prepared_data_set_is_found_where_the_user_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    features = tfds.features.FeaturesDict({"x": np.int64})
    tfds.dataset_builders.store_as_tfds_dataset(
        name="tiny", version="1.2.3", features=features, split_datasets={"train": [("a", {"x": 7})]}, data_dir=tmp_path
    )
    assert sources.tfds_builder("tiny", "1.2.3", "example.org") is None
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    found = sources.tfds_builder("tiny", "1.2.3", "example.org")
    assert found is not None
    builder, how = found
    assert how == "prepared for TensorFlow Datasets"
    examples = fixed(builder.as_dataset("train")).as_numpy_iterator()
    assert [int(example["x"]) for example in examples] == [7]
    assert sources.tfds_builder("tiny", "9.9.9", "example.org") is None


def test_a_download_that_fails_is_a_notice_and_no_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Builder:
        def download_and_prepare(self) -> None:
            raise tfds.download.DownloadError("no answer\nat all")

    monkeypatch.setattr(sources, "online", lambda *_: True)
    monkeypatch.setattr(tfds, "builder", lambda *_, **__: Builder())
    assert sources.tfds_builder("mnist", "3.0.1", "example.org") is None
    assert capsys.readouterr().err.splitlines()[-1] == "data: the download of mnist failed: no answer"


class Squares(tfds.core.GeneratorBasedBuilder):
    """A data set that is built from nothing."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self) -> tfds.core.DatasetInfo:
        features = tfds.features.FeaturesDict({"x": np.int64})
        return self.dataset_info_from_configs(features=features, metadata=tfds.core.MetadataDict())

    def _split_generators(self, download_manager: object) -> dict[str, Iterator[tuple[int, dict[str, int]]]]:
        return {"train": iter([(2, {"x": 4})])}

    def _generate_examples(self) -> None: ...


def test_what_is_built_is_kept_where_the_system_wants_it_and_told_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for told in (f"data: building the squares from the package p; kept in {tmp_path / 'cache'}", ""):
        builder = sources.built(Squares, "the squares", "the package p")
        assert [int(each["x"]) for each in fixed(builder.as_dataset("train")).as_numpy_iterator()] == [4]
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(told)
        assert "ownload" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["cache"], "not in the home folder"
    # Prepared elsewhere, it is taken from there.
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(sources, "cache_folder", lambda: tmp_path / "other")
    assert Path(sources.built(Squares, "the squares", "the package p").data_path).is_relative_to(tmp_path / "cache")


def test_a_home_that_cannot_be_written_breaks_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    cache = tmp_path / "file" / "cache"
    monkeypatch.setattr(sources, "cache_folder", lambda: cache)
    builder = sources.built(Squares, "the squares", "the package p")
    assert [int(each["x"]) for each in fixed(builder.as_dataset("train")).as_numpy_iterator()] == [4]
    assert f"for this time only, since {cache} cannot be written to" in capsys.readouterr().err
    monkeypatch.setattr(tempfile, "mkdtemp", lambda: Path(cache / "x").mkdir())
    with pytest.raises(UserError, match=r"cannot build the squares: neither .*cache nor a temporary folder can be written to"):
        sources.built(Squares, "the squares", "the package p")


def test_the_probe_of_the_network_gives_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    may_end, ended = threading.Event(), threading.Event()

    def unanswered(*_: object) -> None:
        may_end.wait(60)
        ended.set()
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", unanswered)
    assert not online("example.org", seconds=0.1)
    assert not ended.is_set(), "the probe waited for the connection"
    may_end.set()


def test_the_probe_misses_a_host_that_does_not_exist() -> None:
    assert not online("nowhere.invalid", seconds=3)


def test_the_source_is_announced_once_and_a_stand_in_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    source = Source("toys", "3", "made in this test", "none", stand_in=True)
    sources.announce(source)
    sources.announce(source)
    assert capsys.readouterr().err == "data: toys 3: made in this test (a stand-in, not the real data set)\n"


@given(st.binary())
def test_a_share_is_fixed_by_the_content(content: bytes) -> None:
    assert 0 <= sources.share(content) < 1
    assert sources.share(content) == sources.share(bytes(content))


def test_shares_are_even() -> None:
    assert sum(sources.share(str(i).encode()) < 0.1 for i in range(10_000)) == pytest.approx(1000, abs=100)


@given(st.lists(st.binary(max_size=8)))
def test_a_fingerprint_depends_on_the_content_and_not_on_its_order(examples: list[bytes]) -> None:
    assert sources.fingerprint(examples) == sources.fingerprint(examples[::-1])
    assert sources.fingerprint([*examples, b"one more"]) != sources.fingerprint(examples)


def test_a_users_file_with_the_name_of_a_data_set_of_ours_is_not_taken_for_it() -> None:
    ours, own = Source("multi30k", "1.0.0", "downloaded", "none stated"), sources.of_user("multi30k", "a file of the user's")
    assert ours.is_ours("multi30k")
    assert not ours.is_ours("mnist")
    assert not own.is_ours("multi30k")
