from zoo.captions import data, truth
from zoo.captions.scenes import is_held_out


def test_the_drawings_are_thirty_to_test_and_fifteen_to_validate_on() -> None:
    drawings = data.load("drawings")
    assert drawings.sizes() == {"train": 0, "validation": 15, "test": 30}
    assert drawings.scenes is not None
    for scene, texts in zip(drawings.scenes, drawings.references, strict=True):
        assert 1 <= len(scene.things) <= 4
        assert all(0 < thing.x < scene.width and 0 < thing.y < scene.height for thing in scene.things)
        assert len(texts) == 5
        assert all(truth.judge(text, scene).true for text in texts)
    assert len({str(scene.things) for scene in drawings.scenes}) == 45
    assert sum(map(is_held_out, drawings.scenes)) < 30  # some have combinations that no training scene has
