"""What the cards of music networks say beyond their figures."""

from pathlib import Path

from zoo.core.about import About
from zoo.core.metrics import Meaning
from zoo.music.model import Composer

FOLK_TUNES, BACH_CHORALES = "folk_tunes", "bach_chorales"  # what the cards call the data sets
_REAL = "reference: the real pieces of the split"
_COMPARED = {
    "degree": "the degrees of the scale",
    "interval": "the intervals from note to note",
    "duration": "the lengths of the notes",
    "onset": "the places in the bar where notes begin",
}
_LIKENESS = {  # neither is better: near the real pieces is good
    "pitch_range": "semitones from the lowest to the highest note",
    "n_pitch_classes_used": "how many of the twelve pitch classes a piece uses",
    "polyphony": "how many pitches sound at once",
    "scale_consistency": "share of the notes in the best fitting major or minor scale",
    "pitch_entropy": "entropy of the pitches, in bits",
    "pitch_class_entropy": "entropy of the pitch classes, in bits",
    "groove_consistency": "how alike the rhythms of neighbouring bars are; 1 is equal",
}
_WHOLE = {  # of pieces as wholes; neither is better
    "tonic_endings": "share of the pieces whose melody ends on the tonic",
    "minor_tonic_endings": "share of the pieces in minor whose melody ends on the tonic",
    "long_endings": "share of the pieces whose melody ends on a quarter note or a longer one",
    "upbeat_endings": "share of the pieces with an upbeat whose last bar is short by its length",
    "bass_tonic_endings": "share of the pieces whose lowest voice ends on the tonic",
    "cadences": "share of the pieces whose last two chords are V-I, V7-I or IV-I",
    "aabb_share": "share of the pieces of two parts of eight bars, each of which is played twice",
}
_FAULTS = {
    "dissonant_beats": "share of the beats whose chord is not made of thirds",
    "parallel_fifths": "parallel fifths per 100 chord changes",
    "parallel_octaves": "parallel octaves and unisons per 100 chord changes",
    "voice_crossings": "crossings of two voices per 100 chord changes",
    "out_of_range": "notes outside the range of their voice per 100 chord changes",
}
_COPIES = {
    "copied_share": "share of the pieces that share two bars or more with a training piece, in any key",
    "longest_copy_median": "bars of the longest passage that a piece shares with a training piece, median",
    "longest_copy_95": "the same, 95th percentile",
    "looping_share": "share of the pieces that say one or two bars four times in a row",
}
MEANINGS = {
    "nats_per_note": Meaning(
        "surprise at a note of held-out music: minus its log-probability, in nats; reference: a 5-gram on the same tokens",
        "lower",
        "baseline_nats_per_note",
    ),
    "baseline_nats_per_note": Meaning("nats_per_note of a 5-gram on the same tokens", "lower"),
    "complete_bars": Meaning("share of composed pieces in which every bar is full and the end is proper", "higher"),
    "grid_nats_per_cell": Meaning("surprise at a voice in a sixteenth of a held-out chorale, in nats", "lower"),
    "lower_nats_per_cell": Meaning(
        "the same for the voices below a given melody; reference: without a look at the melody's future",
        "lower",
        "lower_nats_per_cell_without_lookahead",
    ),
    "lower_nats_per_cell_without_lookahead": Meaning("lower_nats_per_cell without a look at the melody's future", "lower"),
    **{
        f"{kind}_overlapping_area": Meaning(
            f"how like real pieces {what} are (Yang and Lerch 2020); 1 is the most; reference: the training pieces",
            "higher",
            f"{kind}_ceiling",
        )
        for kind, what in _COMPARED.items()
    },
    **{f"{kind}_ceiling": Meaning(f"{kind}_overlapping_area of the training pieces") for kind in _COMPARED},
    **{name: Meaning(f"{text}; {_REAL}", "", f"{name}_of_real") for name, text in (_LIKENESS | _WHOLE).items()},
    **{name: Meaning(f"{text}; {_REAL}", "lower", f"{name}_of_real") for name, text in (_FAULTS | _COPIES).items()},
    "*_of_real": Meaning("the same figure of the real pieces"),
}

_TUNES = (
    "O'Neill, F. (1903), Music of Ireland; Ryan's Mammoth Collection (1883); Aird, J. (1782-1803), A Selection of Scotch, "
    "English, Irish and Foreign Airs: the tunes, as music21's corpus has them."
)
_PAPERS = (
    "Hochreiter, S. and Schmidhuber, J. (1997). Long short-term memory. Neural Computation 9(8), 1735-1780.",
    "See, A., Liu, P. J. and Manning, C. D. (2017). Get to the point: summarization with pointer-generator networks. ACL. "
    "arXiv 1704.04368. (Tokens found by looking back are copied after this paper.)",
    "Cuthbert, M. S. and Ariza, C. (2010). music21: a toolkit for computer-aided musicology. ISMIR, 637-642.",
)


# Of the melody to harmonise.
_IMPORTS = ("from zoo.music.notation.score import Score", "from zoo.music.notation.theory import Key, Note")


def about(model: Composer, folder: Path) -> About:
    """What the card of a music network says; `folder` is not read."""
    sizes, vocabulary = model.card.architecture, model.vocabulary
    data = "" if model.card.dataset.own else model.card.dataset.name
    structure = (
        f"{sizes['layers']} LSTM layers of {sizes['units']} units write one token at a time: bar, position, pitch or duration. "
        "Each step also sees the key, the place in the bar, what each voice holds and what stood at this place some bars ago. "
        "A grammar inside the graph forbids tokens that would break a bar."
    )
    if vocabulary.parts:
        structure += " To harmonise a melody, each step also sees the melody's notes to come."
    what = "four-part chorales" if data == BACH_CHORALES else "folk tunes" if data == FOLK_TUNES else "music in one style"
    return About(
        structure=structure,
        intended_use=f"For learning about sequence models and for composing {what} to play, change and build on. Not for passing "
        "its pieces off as found or historical music, and not for judging how good music is.",
        citation=(*((_TUNES,) if data == FOLK_TUNES else ()), *_PAPERS),
        tags=("music-generation", "lstm", "symbolic-music", "midi", *(("harmonisation",) if vocabulary.parts else ())),
        code=_code(model),
        signatures=_signatures(model),
        imports=_IMPORTS if "harmonize" in model.saved_model.signatures else (),
        meanings=MEANINGS,
    )


def _wanted(model: Composer) -> dict[str, str]:
    """Controls for an example, as far as the model knows them."""
    liked = {"type": "jig", "key": "D", "metre": "6/8"} if model.vocabulary.voices == 1 else {"key": "G", "metre": "4/4"}
    known = {"type": model.controls("type"), "key": model.controls("tonic"), "metre": model.controls("metre")}
    return {name: value for name, value in liked.items() if value in known[name]}


def _code(model: Composer) -> str:
    words = "".join(f'{name}="{value}", ' for name, value in _wanted(model).items())
    lines = [
        f"tunes = model.generate(n=2, {words}bars=4, seed=7)",
        "for tune in tunes:",
        '    print(f"{tune.bars} bars of {tune.metre} in {tune.key}, {len(tune.notes)} notes: {tune.log_probability:.1f} nats")',
        '# tunes[0].save("tune.mid"), and .abc .musicxml .wav .png',
    ]
    if "harmonize" in model.saved_model.signatures:
        lines += [
            "",
            "pitches = [67, 69, 71, 72, 74, 72, 71, 69]",
            'melody = Score(tuple(Note(24 * i, 24, pitch) for i, pitch in enumerate(pitches)), key=Key.parse("G"))',
            "(harmony,) = model.harmonize(melody, seed=1)",
            "for number, voice in enumerate(harmony.voices):",
            "    print(voice.name, [note.pitch for note in harmony.notes if note.voice == number])",
        ]
    return "\n".join(lines)


def _signatures(model: Composer) -> dict[str, str]:
    prompt = model.prompt(**_wanted(model))
    composing = [
        f'prompt = tf.constant(["{prompt}"] * 3)  # three pieces; a * is left to the network',
        'choices = {"temperature": tf.constant(1.0), "top_k": tf.constant(0), "top_p": tf.constant(0.9)}',
        'choices |= {"bars": tf.constant(2), "seed": tf.constant(7, tf.int64)}',
        'pieces = signatures["generate"](prompt=prompt, **choices)',
        'print(pieces["text"][0].numpy().decode())',
        'print(pieces["log_probability"].numpy().round(1))',
    ]
    composing_few = [
        'few = signatures["generate_few"](prompt=prompt, **choices)  # the same, not compiled: sooner for a few pieces',
        'print(few["log_probability"].numpy().round(1))',
    ]
    harmonising = [
        'melody = {"start": tf.constant([[0, 24, 48, 72]]), "duration": tf.constant([[24, 24, 24, 24]])}',
        'melody |= {"pitch": tf.constant([[67, 69, 71, 72]])}  # times in 24ths of a quarter note',
        'choices["bars"] = tf.constant(1)',
        'harmony = signatures["harmonize"](prompt=prompt[:1], **melody, **choices)',
        'print(harmony["text"][0].numpy().decode())',
    ]
    scoring = 'scored = signatures["{}"]({})\nprint(scored["log_probability"][0, :6].numpy().round(2))  # of the first tokens'
    return {
        "generate": "\n".join(composing),
        "generate_few": "\n".join(composing_few),
        "harmonize": "\n".join(harmonising),
        "score": scoring.format("score", 'text=pieces["text"]'),
        "score_harmony": scoring.format("score_harmony", 'text=harmony["text"], **melody'),
    }
