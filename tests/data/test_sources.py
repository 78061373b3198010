import socket
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoo.data import sources
from zoo.data.sources import Source
from zoo.training import fixed

online = sources.online  # the tests' own fixture replaces it by "no network"


def test_a_prepared_data_set_is_found_where_the_user_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np
    import tensorflow_datasets as tfds

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
    import tensorflow_datasets as tfds

    class Builder:
        def download_and_prepare(self) -> None:
            raise tfds.download.DownloadError("no answer\nat all")

    monkeypatch.setattr(sources, "online", lambda *_: True)
    monkeypatch.setattr(tfds, "builder", lambda *_, **__: Builder())
    assert sources.tfds_builder("mnist", "3.0.1", "example.org") is None
    assert capsys.readouterr().err.splitlines()[-1] == "data: the download of mnist failed: no answer"


def test_the_probe_of_the_network_gives_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def unanswered(*_: object) -> None:
        time.sleep(2)
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", unanswered)
    started = time.monotonic()
    assert not online("example.org", seconds=0.2)
    assert time.monotonic() - started < 1.5


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
