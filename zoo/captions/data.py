"""The data sets of captions behind one `load`: the scenes that this project draws, or a user's own pictures."""

from pathlib import Path

from zoo.captions import caption_files, paper_drawings, scene_sets
from zoo.captions.dataset import Captions
from zoo.captions.drawing import SIDE
from zoo.core import sources
from zoo.core.csv_forms import AS_FOUND, Format
from zoo.core.errors import UserError
from zoo.core.names import unknown

SCENES, FEW_SCENES, DRAWINGS = "scenes", "few_scenes", "drawings"


def load(name_or_path: str, real: bool = False, csv_format: Format = AS_FOUND, side: int = SIDE) -> Captions:
    """Pictures with captions.

    Args:
        name_or_path: "scenes"; "scenes_of_sklearn_digits", which stand in for them where MNIST is absent; "few_scenes", a small
            set for trying things out; "drawings", drawings on paper made by other means, to measure on; or a user's folder of
            pictures with a CSV file of captions in it, or that file (`zoo.captions.caption_files`).
        real: refuse a stand-in, as every evaluation must.
        csv_format: how the CSV file is written, where the user says it.
        side: pixels of a picture on each side, to which a user's pictures are brought.

    Raises:
        UserError: the name is unknown, scenes are asked for with another side, the folder or file cannot be used, or, with
            `real`, the data set is not at hand.
    """
    own = {
        SCENES: lambda: scene_sets.load(real),
        scene_sets.ScenesOfSklearnDigits.name: lambda: scene_sets.of_builder(scene_sets.ScenesOfSklearnDigits),
        FEW_SCENES: scene_sets.few,
        DRAWINGS: paper_drawings.load,
    }
    if name_or_path in own:
        if csv_format != AS_FOUND:
            raise UserError(f"{name_or_path} is no CSV file: leave out the delimiter, the encoding and the quotes")
        if side != SIDE:
            raise UserError(f"{name_or_path}: its pictures have {SIDE} pixels on each side, not {side}; name no other number")
        captions = own[name_or_path]()
    elif Path(name_or_path).exists():
        captions = caption_files.load(Path(name_or_path), csv_format, side)
    else:
        otherwise = "give a folder of pictures with a CSV file of captions"
        raise unknown("data set", name_or_path, tuple(own), otherwise)
    sources.announce(captions.source)
    return captions
