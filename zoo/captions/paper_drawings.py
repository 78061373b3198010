"""Drawings on paper before a simulated camera: thirty to test on and fifteen for validation, made by other means than the scenes.

`python -m benchmarks.paper_drawings` made them. Nothing is trained on them, and no choice is made on the thirty.
"""

import csv
import random
from pathlib import Path

import numpy as np

from zoo.captions import reading, sentences
from zoo.captions.canvas import fitted
from zoo.captions.dataset import Captions
from zoo.captions.drawing import SIDE
from zoo.captions.scenes import Scene
from zoo.core.sources import Source

FOLDER = Path(__file__).parent / "drawings"


def load() -> Captions:
    """All drawings, with their scenes, and with sentences about them as references."""
    with (FOLDER / "scenes.tsv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    scenes = tuple(Scene.parse(row["scene"]) for row in rows)
    pictures = np.stack([fitted(reading.read(FOLDER / row["picture"])[0], SIDE).numpy() for row in rows])
    references = tuple(
        tuple(sentences.describe(scene, random.Random(row["picture"]))) for row, scene in zip(rows, scenes, strict=True)
    )
    source = Source("drawings", "1", "drawn by benchmarks/paper_drawings, before a simulated camera", "Apache-2.0")
    return Captions(pictures, references, np.array([row["split"] for row in rows]), source, scenes)
