"""Small made-up data, so that nobody needs a file of their own to see how it goes. The same ones each time."""

import csv
import io
import random
import zipfile

ROWS, TUNES, LINES, SENTENCES = 400, 30, 600, 400

_DISTRICTS = {"harbour": 1.3, "old town": 1.15, "station": 0.9, "hill": 1.05}


def table() -> str:
    """Flats with their rents: numbers, categories, booleans, dates, and some cells that are missing."""
    draw = random.Random(0)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["area", "rooms", "district", "balcony", "built", "free from", "rent"])
    for _ in range(ROWS):
        area, district, balcony = draw.randint(25, 140), draw.choice(list(_DISTRICTS)), draw.random() < 0.4
        built = draw.randint(1900, 2022)
        rent = (180 + 9.5 * area) * _DISTRICTS[district] + 60 * balcony + 0.9 * (built - 1900) + draw.gauss(0, 35)
        free = f"2025-{draw.randint(1, 12):02}-{draw.choice((1, 15)):02}"
        shown = "" if draw.random() < 0.05 else built
        writer.writerow([area, max(1, round(area / 28)), district, "yes" if balcony else "no", shown, free, round(rent)])
    return text.getvalue()


_GOOD = ("a delight", "wonderful", "clever and warm", "a joy to watch", "worth every minute", "moving", "great fun", "brilliant")
_BAD = ("a bore", "dreadful", "slow and cold", "a chore to watch", "a waste of time", "lifeless", "no fun", "terrible")
_PARTS = ("The plot", "The cast", "The music", "The ending", "The camera work", "The dialogue", "The first hour", "The direction")
_PLACES = ("in a small harbour", "on a night train", "in a school choir", "on an island", "in a bakery", "at a lighthouse")
_WHO = ("A baker", "A retired judge", "A young widow", "A shy drummer", "A pilot", "An old painter", "A clumsy thief", "A twin")


def reviews() -> str:
    """Short reviews of films that do not exist, half of them positive."""
    draw = random.Random(0)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["text", "label"])
    for i in range(SENTENCES):
        words, label = (_GOOD, "positive") if i % 2 else (_BAD, "negative")
        first, second = draw.sample(_PARTS, 2)
        one, two = draw.sample(words, 2)
        told = (
            f"{draw.choice(_WHO)} {draw.choice(('meets a stranger', 'loses a letter', 'hides a secret'))} {draw.choice(_PLACES)}."
        )
        judged = f"{first} is {one}, and {second.lower()} is {two}."
        writer.writerow([" ".join(draw.sample((told, judged), 2)), label])
    return text.getvalue()


_THINGS = ("the moon", "a river", "the old clock", "a white bird", "the garden", "a lantern", "the winter", "my brother")
_DOES = ("sings to", "waits for", "remembers", "follows", "looks for", "forgets", "keeps", "calls")


def text() -> str:
    """Verses of a few words, for a network that writes on."""
    draw = random.Random(0)
    lines = []
    for i in range(LINES):
        line = f"{draw.choice(_THINGS)} {draw.choice(_DOES)} {draw.choice(_THINGS)}"
        lines.append(f"{line[0].upper()}{line[1:]}{',' if i % 2 == 0 else '.'}" + ("\n" if i % 4 == 3 else ""))
    return "\n".join(lines) + "\n"


def tunes() -> bytes:
    """A zip of tunes in ABC notation: sixteen bars in 6/8, each a walk on the scale of D."""
    draw = random.Random(0)
    scale = [*"DEFGABcdefga"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(1, TUNES + 1):
            place, bars = draw.randint(2, 8), []
            for bar in range(16):
                notes = []
                for _ in range(6):
                    place = min(max(place + draw.choice((-2, -1, -1, 1, 1, 2)), 0), len(scale) - 1)
                    notes.append(scale[place])
                bars.append(
                    "".join(notes[:3]) + " " + "".join(notes[3:]) if bar % 8 < 7 else f"{scale[4]}{scale[2]}{scale[1]} D3"
                )
                place = 2 if bar % 8 == 7 else place
            tune = f"X:{number}\nT:Walk {number}\nM:6/8\nL:1/8\nR:jig\nK:D\n{'|'.join(bars)}|]\n"
            archive.writestr(zipfile.ZipInfo(f"walk{number:02}.abc", (2025, 1, 1, 0, 0, 0)), tune)
    return packed.getvalue()
