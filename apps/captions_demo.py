"""What the demo shows of the captioner: scenes that it has never seen, and where it looks at each word."""

from pathlib import Path

from .demo_part import Part

CAPTIONS, ATTENTION = "captions.png", "attention.png"
SCENES = 6


def say_what_scenes_show(out: Path) -> list[Path]:
    """Scenes with combinations that no training scene has, in other people's handwriting, and a caption of each."""
    import zoo
    from zoo.captions import pictures, truth
    from zoo.captions.drawn import draw
    from zoo.captions.handwritten import Handwriting
    from zoo.images import sklearn_digits

    digits = sklearn_digits.load()
    handwriting = Handwriting(digits.images, digits.labels)
    model = zoo.load("captioner")
    scenes, drawings, _ = zip(*(draw("held_out", number, handwriting) for number in range(SCENES)), strict=True)
    texts = model.describe(drawings)
    for scene, text in zip(scenes, texts, strict=True):
        print(f"{text} ({'true' if truth.judge(text, scene).true else 'not true'})")
    pictures.draw_captions(drawings, texts, out / CAPTIONS)
    pictures.draw_attention(drawings[0], model.attend(drawings[0]), out / ATTENTION)
    return [out / CAPTIONS, out / ATTENTION]


PARTS = {"captioner": Part("says what pictures show", say_what_scenes_show, (CAPTIONS, ATTENTION))}
