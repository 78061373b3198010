import numpy as np
import pytest

from zoo.digits.lighting import evened


def sheet(height: int, width: int, paper: float, ink: float, light: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A picture of a thick cross on paper under a light [height, width], and where the cross is."""
    reflects = np.full((height, width), paper, np.float32)
    cross = np.zeros((height, width), bool)
    cross[height // 4 : 3 * height // 4, 9 * width // 20 : 11 * width // 20] = True
    cross[9 * height // 20 : 11 * height // 20, width // 4 : 3 * width // 4] = True
    reflects[cross] = ink
    grain = np.random.default_rng(0).normal(0, 0.01, (height, width))
    return (reflects * light + grain).clip(0, 1).astype(np.float32), cross


def lamp(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return 0.75 - 0.2 * x - 0.1 * y - 0.1 * x * y + 0.05 * x**2


@pytest.mark.parametrize(("height", "width"), [(300, 200), (97, 640)])
def test_dark_ink_on_shaded_paper_is_told_apart_by_one_threshold_afterwards(height: int, width: int) -> None:
    picture, cross = sheet(height, width, paper=0.95, ink=0.5, light=lamp(height, width))
    assert picture[cross].max() > picture[~cross].min() + 0.05, "before, ink in the light is brighter than paper in the shade"
    flat, uneven = evened(picture)
    assert uneven
    assert flat.dtype == np.float32
    assert 0 <= flat.min() <= flat.max() <= 1
    assert flat[cross].max() < flat[~cross].min() - 0.1
    assert flat[~cross].std() < 0.02


def test_a_sheen_on_a_blackboard_is_taken_out() -> None:
    board, cross = sheet(200, 200, paper=0.1, ink=0.7, light=np.ones((200, 200)))
    sheen = 0.4 * np.linspace(0, 1, 200)[np.newaxis]
    flat, uneven = evened((board + sheen).clip(0, 1).astype(np.float32))
    assert uneven
    assert flat[cross].min() > flat[~cross].max() + 0.1


def test_evenly_lit_paper_stays_as_it_is() -> None:
    picture, _ = sheet(120, 80, paper=0.9, ink=0.1, light=np.full((120, 80), 0.95))
    flat, uneven = evened(picture)
    assert not uneven
    assert flat is picture
