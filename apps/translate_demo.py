"""What the demo shows of the network for translation: some sentences into two languages, and a picture of attention."""

from pathlib import Path

from .demo_part import Part

# Written for this demo, in the manner of captions, which the network learned from.
SENTENCES = (
    "A man in an orange hat looks at the sea.",
    "Two children are building a snowman in front of their house.",
    "An old woman sells flowers at the market while her dog sleeps under the table.",
    "The boy who lost his shoe is running after the bus.",
)
PICTURE = "translation.png"


def translate_sentences(out: Path) -> list[Path]:
    """Each sentence in German and French; where the network looks while it translates the first one."""
    import zoo
    from zoo.translation import pictures

    model = zoo.load("translation_transformer")
    german, french = (model.translate(list(SENTENCES), "en", target) for target in ("de", "fr"))
    for texts in zip(SENTENCES, german, french, strict=True):
        for language, text in zip(("en", "de", "fr"), texts, strict=True):
            print(f"{language}: {text}")
    path = out / PICTURE
    pictures.draw(model.attend(SENTENCES[0], german[0], "en", "de"), path)
    return [path]


PARTS = {"translation_transformer": Part("translates sentences", translate_sentences, (PICTURE,))}
