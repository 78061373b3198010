"""What a caption of a known scene is worth: what a captioner learns to say after it has learned how people say it.

A caption that is not true is worth nothing. A true one is worth more, the more it tells: which things there are, where they are,
and how large they are or whether they are filled. It is worth 1 at most.
"""

from zoo.captions import truth
from zoo.captions.scenes import Scene

TRUE = 0.4  # the worth of a true caption that tells nothing
MENTIONED = 0.3  # ... of one that names all things, instead of none
WHERE = 0.15  # ... of a relation or a place
HOW = 0.15  # ... of a size or a fill in every name, instead of in none


def reward(text: str, scene: Scene) -> float:
    """The worth of a caption of a scene, from 0 to 1."""
    try:
        said = truth.parse(text)
    except truth.ParseError:
        return 0.0
    if not truth.is_true(said, scene):
        return 0.0
    how = sum(bool(phrase.size or phrase.fill) for phrase in said.phrases) / max(1, len(said.phrases))
    return TRUE + MENTIONED * truth.mentioned(said, scene) + WHERE * bool(said.relations or said.places) + HOW * how
