"""What the demo shows of the network for reviews: a dozen of them."""

from pathlib import Path

from .demo_part import Part

# Written for this demo: plain praise and blame, and the turns that a bag of words misses.
REVIEWS = (
    "A warm, funny and beautifully acted film. I would see it again tomorrow.",
    "Two hours of my life that I will never get back. Dull, loud and badly written.",
    "Not bad at all: the jokes land, the music is lovely, and nobody overstays their welcome.",
    "I wanted to like it. The cast is wonderful, the photography too, but the script is a mess and the end an insult.",
    "The best thing about this movie is that it ends.",
    "My children laughed from the first scene to the last, and so, I admit, did I.",
    "It looks expensive and feels cheap.",
    "Slow? Yes. But every minute of it is worth it; the last scene broke my heart.",
    "I have seen home videos with better lighting, better sound and a better plot.",
    "An honest little drama that trusts its audience. A quiet masterpiece.",
    "If you have ever wondered how boring a car chase can be, here is your answer.",
    "\u2764\ufe0f Loved it!!! 10/10",
)


def read_reviews(out: Path) -> list[Path]:
    """The probability that each review praises its film."""
    import zoo

    model = zoo.load("sentiment_transformer")
    for text, probability in zip(REVIEWS, model.predict(list(REVIEWS)), strict=True):
        print(f"{probability:5.0%} positive: {text}")
    return []


PARTS = {"sentiment_transformer": Part("reads reviews", read_reviews)}
