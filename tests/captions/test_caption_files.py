from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from zoo.captions import data
from zoo.captions.dataset import check_trainable
from zoo.core import sources
from zoo.core.csv_forms import Format
from zoo.core.errors import UserError


def pictures(folder: Path, count: int) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for i in range(count):
        names.append(f"p{i}.png")
        Image.fromarray(np.random.default_rng(i).integers(0, 256, (30, 40, 3), np.uint8)).save(folder / names[-1])
    return names


def test_a_folder_laid_out_as_flickr8k_is_read(tmp_path: Path) -> None:
    names = pictures(tmp_path / "Images", 30)
    rows = [f'{name},"A dog {i}, running ."' for name in names for i in range(5)]
    (tmp_path / "captions.txt").write_text("\n".join(["image,caption", *rows]))
    captions = data.load(str(tmp_path))
    assert captions.pictures.shape == (30, 96, 96, 3)
    assert captions.scenes is None
    assert captions.references[0] == tuple(f"A dog {i}, running ." for i in range(5))
    assert set(captions.sizes()) == {"train", "validation", "test"}
    for name, split in zip(names, captions.splits, strict=True):
        share = sources.share((tmp_path / "Images" / name).read_bytes())
        assert split == ("validation" if share < 0.1 else "test" if share < 0.2 else "train")
    assert data.load(str(tmp_path / "captions.txt")).fingerprint() == captions.fingerprint()


def test_a_csv_of_pictures_beside_it_is_read_and_faults_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = pictures(tmp_path, 2)
    ink = Image.new("RGBA", (40, 40))
    ink.paste((200, 20, 30, 255), (5, 10, 35, 14))
    ink.save(tmp_path / first)
    (tmp_path / "note.png").write_text("no picture")
    rows = ["picture;caption", f"{first};a dog", f"{second};", "gone.png;a cat", "note.png;a note", f"{first};a  brown dog"]
    (tmp_path / "mine.csv").write_text("\n".join(rows))
    captions = data.load(str(tmp_path / "mine.csv"), csv_format=Format(delimiter=";"))
    assert captions.references == (("a dog", "a brown dog"),)
    told = capsys.readouterr().err
    assert "1 rows of" in told
    assert "2 of 3 pictures left out" in told
    assert "gone.png does not exist" in told
    assert f"1 of 1 pictures converted, the first {first}: transparent parts: taken as white" in told
    with pytest.raises(UserError, match="mine has 1 pictures with captions, none in its"):
        check_trainable(captions)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "has no captions.txt, captions.csv or captions.tsv"),
        ({"captions.txt": "image,caption\np0.png,a dog\n", "captions.csv": "image,caption\n"}, "name the one that is meant"),
        ({"captions.csv": "image,text\np0.png,a dog\n"}, "has no column 'caption'"),
        ({"captions.csv": "photo,caption\np0.png,a dog\n"}, "has no column 'picture'"),
        ({"captions.csv": "picture,caption\np9.png,a dog\n"}, "names no picture that can be read"),
        ({"captions.csv": "picture,caption\np0.png,\n"}, "no row with both a picture and a caption"),
    ],
)
def test_bad_folders_are_refused(tmp_path: Path, files: dict[str, str], message: str) -> None:
    pictures(tmp_path, 1)
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(UserError, match=message):
        data.load(str(tmp_path))


def test_unknown_names_and_formats_without_a_file_are_refused() -> None:
    with pytest.raises(
        UserError,
        match="no data set is called 'photographs': there are scenes, scenes_of_sklearn_digits, few_scenes and drawings",
    ):
        data.load("photographs")
    with pytest.raises(UserError, match="scenes is no CSV file"):
        data.load("scenes", csv_format=Format(delimiter=";"))
