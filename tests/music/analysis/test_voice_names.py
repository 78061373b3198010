import pytest

from zoo.music.analysis.voice_names import choir_part, melody_rank, says_accompaniment


@pytest.mark.parametrize(
    ("name", "rank"),
    [
        ("Melody", 3),
        ("LEAD VOCAL", 3),
        ("Mélodie_1", 3),
        ("Gesang", 3),
        ("Voz", 3),
        ("Canto ", 3),
        ("メロディ1", 3),
        ("Jazz Guitar (melody)", 3),
        ("Right Hand", 2),
        ("R. H.", 2),
        ("Piano RH", 2),
        ("Rechte Hand", 2),
        ("Mão direita", 2),
        ("Solo", 1),
        ("Lead Guitar", 1),
        ("Backing Vocals", 0),
        ("Voice 2 (Harmony)", 0),
        ("Solo-Left", 0),
        ("Bass Solo", 0),
        ("Alto voice", 0),
        ("Lead 1 (square)", 0),
        ("Voice Oohs", 0),
        ("Misleading", 0),
        ("", 0),
    ],
)
def test_how_surely_a_name_says_melody(name, rank):
    assert melody_rank(name) == rank


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Soprano", 0),
        ("S", 0),
        ("Sopran 1", 0),
        ("ALTO", 1),
        ("a", 1),
        ("Ténor", 2),
        ("Basse", 3),
        ("Soprano/Alto", None),
        ("Trumpet in A", None),
        ("Choir", None),
    ],
)
def test_the_part_of_a_choir_that_a_name_says(name, part):
    assert choir_part(name) == part


def test_names_of_accompaniments():
    assert all(map(says_accompaniment, ("Chords", "Left hand", "L.H.", "Strings pad", "Bass")))
    assert not any(map(says_accompaniment, ("Lead", "Bassoon", "", "Flute")))
