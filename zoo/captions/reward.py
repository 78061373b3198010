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
    verdict = truth.judge(text, scene)
    if not verdict.true:
        return 0.0
    said = truth.parse(text)
    how = sum(bool(phrase.size or phrase.fill) for phrase in said.phrases) / max(1, len(said.phrases))
    return TRUE + MENTIONED * verdict.mentioned + WHERE * bool(said.relations or said.places) + HOW * how
