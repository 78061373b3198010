"""What the demo shows of the network that writes: the next word, and a new scene."""

from pathlib import Path

from .demo_part import Part

BEGUN = "To be, or not to", "My kingdom for a", "Good morrow, my"
SURPRISE = "surprise.png"
PROMPT, LENGTH = "ROMEO:", 300


def write(out: Path) -> list[Path]:
    """The next word of three beginnings, the first lines of a scene, and where a modern sentence surprises."""
    import zoo
    from zoo.writing import pictures

    writer = zoo.load("writing_lstm")
    for text in BEGUN:
        words = ", ".join(
            f"{word} {probability:.0%}".replace("\n", "(end of line)") for word, probability in writer.predict(text, 3)
        )
        print(f"{text} ... {words}")
    (scene,) = writer.generate(PROMPT, LENGTH, seed=7)
    print(PROMPT + scene)
    path = out / SURPRISE
    pictures.write(
        writer.score(["To be, or not to be, that is the question. To click, or not to click on this e-mail?"])[0], path
    )
    return [path]


PARTS = {"writing_lstm": Part("goes on with texts", write, (SURPRISE,))}
