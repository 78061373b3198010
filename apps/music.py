"""Folk tunes: train an LSTM on melodies, evaluate it, let it compose, and look for what it copied."""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from apps import cli
from zoo import cards
from zoo.errors import UserError
from zoo.music.phrasing import LOUDNESS

NAME = "folk_lstm"
DATA = "folk, or a folder of MIDI files (%(default)s)"
SAMPLES = 1000  # pieces whose bars `evaluate` checks
BASELINE_ORDER = 5
FORMATS = ("mid", "png", "wav", "abc", "musicxml")
FOLK, CHORALES = "folk", "chorales"  # what `similarity` compares with
CHORALE_VOICES = 4


def train(arguments: argparse.Namespace) -> None:
    """Trains a network and publishes it at --out."""
    from dataclasses import asdict, replace

    import tensorflow as tf

    from zoo import evaluation, export, processor, training
    from zoo.composer import Composer
    from zoo.data import melodies, melody_sets
    from zoo.models import folk_lstm

    export.check_writable(arguments.out)
    shards = processor.shards(folk_lstm.RECIPE.batch_size)
    start = cards.find_network(arguments.start, NAME) if arguments.start else None
    data, told = melody_sets.load(arguments.data, _vocabulary(start) if start else None)
    cli.notice(told)
    recipe = folk_lstm.QUICK_RECIPE if arguments.quick else folk_lstm.RECIPE
    precision = processor.precision(arguments.precision)
    recipe = replace(recipe, seed=arguments.seed, epochs=arguments.epochs or recipe.epochs, precision=precision)
    if start:
        config = folk_lstm.Config.of(cards.read_card(start).architecture)
    else:
        config = folk_lstm.Config.fitting(data.vocabulary, **(folk_lstm.QUICK if arguments.quick else {}))
    batches = melodies.pipeline(data.scores["train"], data.scores["validation"], data.vocabulary, recipe.batch_size, recipe.seed)
    model = training.seeded(recipe, lambda: folk_lstm.build(config))
    if start:
        export.restore(model, start)
    state = cli.state_folder(arguments.out)
    history = training.train(model, folk_lstm.loss, batches, recipe, state, arguments.resume, arguments.log_dir, shards)
    model = training.in_float32(model, lambda: folk_lstm.build(config))

    card = export.draft(
        model,
        task="music generation",
        description="An LSTM that composes melodies of a type, metre, key and mode of your choice; every bar is complete.",
        architecture={"network": NAME, **asdict(config)},
        dataset=data.describe(),
        recipe=recipe,
        history=history,
        command=arguments.command_line,
        limits=[
            "One voice; note lengths down to a 32nd and triplets; no dynamics: all notes have one velocity.",
            "It knows the style of its training tunes only, and can repeat a phrase of one of them: check before you publish.",
            "The form is learned, not enforced: parts may not come back where a dancer expects them.",
            "Left without a number of bars a quarter of its tunes go on for too long: ask for 16 or 32 bars.",
        ],
    )
    command = f"python -m apps.music evaluate --model {arguments.out} --data {arguments.data}"

    def measure(folder: Path) -> Any:
        composer = Composer(replace(card, name=arguments.out.name), tf.saved_model.load(str(folder)), folder)
        split = "test" if data.scores["test"] else "validation"
        flag = "" if split == "test" else " --split validation"
        metrics = evaluation.melody_metrics(composer, data.scores[split], data.scores["train"], split, SAMPLES, command + flag)
        return [*metrics, _baseline(data, split, command + flag)]

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "vocabulary.txt"
        data.vocabulary.save(file)
        endpoints = folk_lstm.endpoints(model, config, data.vocabulary, file)
        export.publish(
            arguments.out,
            card,
            write=lambda out: export.write_saved_model(model, endpoints, out),
            measure=measure,
            extra=lambda out: training.draw_curves(history, out / "curves.png"),
        )
    export.forget(state)
    print(arguments.out)


def _vocabulary(folder: Path) -> Any:
    from zoo.music.tokens import Vocabulary

    return Vocabulary.load(folder / "assets" / "vocabulary.txt")


def _baseline(data: Any, split: str, command: str) -> Any:
    """The nats per note of a 5-gram on the same tokens and the same split."""
    from benchmarks.ngram import NGram, nats_per_note

    scores, vocabulary = data.scores[split], data.vocabulary
    train_tokens = [vocabulary.encode(score) for score in data.scores["train"]]
    model = NGram(BASELINE_ORDER, len(vocabulary.tokens)).fit(train_tokens)
    notes = sum(len(score.notes) for score in scores)
    value = nats_per_note(model, [vocabulary.encode(score) for score in scores], notes, vocabulary.controls)
    return cards.Metric("baseline_nats_per_note", value, split, len(scores), command)


def evaluate(arguments: argparse.Namespace) -> None:
    """Prints the metrics of a network on a split of melodies."""
    import zoo
    from zoo import evaluation
    from zoo.data import melody_sets

    composer = zoo.load(cards.find_network(arguments.model, NAME))
    data, _ = melody_sets.load(arguments.data, composer.vocabulary)
    scores = data.scores[arguments.split]
    if not scores:
        raise UserError(f"--data {arguments.data} has no melody in its {arguments.split} split: bring more files")
    samples = arguments.samples or SAMPLES
    train = data.scores["train"]
    metrics = evaluation.melody_metrics(composer, scores, train, arguments.split, samples, arguments.command_line)
    cli.show_metrics([*metrics, _baseline(data, arguments.split, arguments.command_line)], arguments)


def generate(arguments: argparse.Namespace) -> None:
    """Composes tunes and writes them."""
    import zoo

    _check_place(arguments)
    composer = zoo.load(cards.find_network(arguments.model, NAME))
    tunes = composer.generate(
        key=arguments.key,
        mode=arguments.mode,
        metre=arguments.metre,
        type=arguments.type,
        **_sampling(arguments),
    )
    _write(tunes, arguments)


def continue_(arguments: argparse.Namespace) -> None:
    """Continues a melody in its key, metre, tempo and instrument."""
    from dataclasses import replace

    import zoo
    from zoo.data.midi_reading import fitted
    from zoo.music import midi
    from zoo.music.melody import melody

    _check_place(arguments)
    read = midi.read(arguments.primer)
    try:
        primer = melody(read)
    except ValueError as error:
        raise UserError(f"{arguments.primer} holds no melody: {error}") from error
    if len(primer.notes) < len(read.notes):
        cli.notice(
            f"{arguments.primer} has several voices: its highest one leads ({len(primer.notes)} of {len(read.notes)} notes)"
        )
    composer = zoo.load(cards.find_network(arguments.model, NAME))
    low, high = composer.vocabulary.pitches
    pitches = [note.pitch for note in primer.notes]
    # The nearest octave in which all of it can be sung; the result is brought back from there.
    shifts = [
        octaves * 12
        for octaves in (0, 1, -1, 2, -2, 3, -3)
        if low <= min(pitches) + octaves * 12 <= max(pitches) + octaves * 12 <= high
    ]
    if not shifts:
        raise UserError(
            f"{arguments.primer} spans {max(pitches) - min(pitches)} semitones: {composer.card.name} writes {low} to {high}"
        )
    if shifts[0]:
        cli.notice(f"{arguments.primer} is continued {shifts[0]:+} semitones from where it stands, and brought back")
    primer = fitted(primer.transpose(shifts[0]), composer.vocabulary)
    tunes = composer.continue_(
        replace(primer, type=arguments.type or ""),
        only_new=arguments.only_new,
        **_sampling(arguments),
    )
    _write([tune.transpose(-shifts[0]) for tune in tunes], arguments)


def similarity(arguments: argparse.Namespace) -> None:
    """Tells which training pieces a MIDI file is nearest to, and whether it copies any of them."""
    from zoo.music import midi
    from zoo.music.copying import COPIED_BARS, Index
    from zoo.music.notation import one_line

    score = midi.read(arguments.file)
    voices = len({note.voice for note in score.notes if not score.voices[note.voice].drums})
    if not voices:
        raise UserError(f"{arguments.file} holds only drums: choose a file with a melody")
    polyphonic = voices >= CHORALE_VOICES
    data = (CHORALES if polyphonic else FOLK) if arguments.data is None else arguments.data
    pieces = _training_pieces(data, polyphonic)
    sounding = f"{voices} {'voice' if voices == 1 else 'voices'}"
    cli.notice(f"{arguments.file} ({sounding}) is compared with the training pieces of {data} ({len(pieces):,})")
    index = Index(pieces)
    score = _snapped(score)
    nearest = [piece for piece in index.nearest(score, arguments.n) if piece.notes or piece.containment]
    longest = nearest[0].bars if nearest else 0.0
    copied, covered = longest >= COPIED_BARS, index.covered(score)
    if arguments.json:
        shown = [
            {"title": piece.title, "notes": piece.notes, "bars": piece.bars, "containment": piece.containment}
            for piece in nearest
        ]
        print(
            json.dumps(
                {
                    "file": str(arguments.file),
                    "data": data,
                    "pieces": len(pieces),
                    "nearest": shown,
                    "longest_bars": longest,
                    "copied": copied,
                    "copied_share": covered,
                }
            )
        )
        return
    print(f"{'title':48} {'notes':>5} {'bars':>6} {'intervals in common':>20}")
    for piece in nearest:
        print(f"{one_line(piece.title)[:48]:48} {piece.notes:5} {piece.bars:6.2f} {piece.containment:20.0%}")
    if copied:
        print(f"copied: runs of {COPIED_BARS:g} bars or more that training pieces have, too, are {covered:.0%} of it")
    else:
        print(
            f"not copied: the longest run that it shares with a training piece is {longest:.2f} bars, less than {COPIED_BARS:g}"
        )


def _training_pieces(data: str, polyphonic: bool) -> Any:
    """The training split of folk, chorales or a folder, whose pieces are read as what the file is: melodies or all voices."""
    if data not in (FOLK, CHORALES) and not (data and Path(data).exists()):
        raise UserError(f"no data set is called {data!r}: there are {FOLK} and {CHORALES}, or give a folder of MIDI files")
    cli.import_tensorflow_quietly()  # which the data sets are read with: seconds, not spent on a mistake
    from zoo.data import chorales, folk, midi_folder

    if data in (FOLK, CHORALES):
        return (folk if data == FOLK else chorales).load("train")
    read = midi_folder.load(data, melodies=not polyphonic)
    cli.notice(str(read))
    if not read.scores["train"]:
        raise UserError(f"--data {data} has no piece in its train split: bring more files")
    return read.scores["train"]


def _snapped(score: Any) -> Any:
    """The score with starts and ends on the grid of the training pieces, to which theirs were brought, too."""
    from dataclasses import replace

    from zoo.music.melody import snap

    notes = []
    for note in score.notes:
        start = snap(note.start)
        notes.append(replace(note, start=start, duration=max(3, snap(note.end) - start)))
    return replace(score, notes=tuple(notes))


def _check_place(arguments: argparse.Namespace) -> None:
    """Raises UserError where no tune could be written, before one is composed."""
    out = arguments.out
    if out.exists() and not out.is_dir():
        raise UserError(f"--out {out} is a file: name a folder for the tunes")
    parent = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise UserError(f"--out {out}: {parent} is no folder that can be written to; name another place")
    if "wav" in arguments.formats:
        from zoo.music import sound

        sound.soundfont()


def _write(tunes: Any, arguments: argparse.Namespace) -> None:
    """Writes tune-1 ... in each of --formats, with the loudness of a player, and prints a line for each tune.

    Nothing is written where one of them cannot be.
    """
    tunes = [_played(tune, arguments) for tune in tunes]
    paths = [[arguments.out / f"tune-{i}.{suffix}" for suffix in arguments.formats] for i in range(1, len(tunes) + 1)]
    for tune, files in zip(tunes, paths, strict=True):
        for path in files:
            _check_writable(tune, path)
    arguments.out.mkdir(parents=True, exist_ok=True)
    print(f"{'file':32} {'metre':6} {'key':14} {'bars':>4} {'notes':>5}")
    for tune, files in zip(tunes, paths, strict=True):
        for path in files:
            tune.save(path)
        print(f"{files[0]!s:32} {tune.metre!s:6} {tune.key!s:14} {tune.bars:4} {len(tune.notes):5}")


def _played(tune: Any, arguments: argparse.Namespace) -> Any:
    """The tune with the tempo and the instrument that were asked for, and velocities."""
    from dataclasses import replace

    from zoo.music.phrasing import phrased
    from zoo.music.score import TICKS_PER_QUARTER

    if arguments.tempo is not None:
        quarters = arguments.tempo * tune.metre.beat_ticks / TICKS_PER_QUARTER
        tune = replace(tune, tempos=((0, quarters),))
    if arguments.instrument is not None:
        voices = [voice if voice.drums else replace(voice, program=arguments.instrument) for voice in tune.voices]
        tune = replace(tune, voices=tuple(voices))
    return phrased(tune, arguments.loudness)


def _check_writable(tune: Any, path: Path) -> None:
    """Raises UserError for what `tune.save(path)` would refuse only after other files are written."""
    if path.is_dir():
        raise UserError(f"{path} is a folder, where a file is to be written: name another --out")
    if not tune.notes and path.suffix not in (".mid", ".png"):
        raise UserError(f"{path.stem} holds no notes, which only mid and png can be without: choose another --seed or --formats")
    if path.suffix == ".wav":
        from zoo.music import synthesis

        synthesis.length(tune)
    elif path.suffix == ".abc":
        from zoo.music import abc_writing

        abc_writing.to_abc(tune)


def _formats(text: str) -> tuple[str, ...]:
    """An argparse type: formats with commas between them, each once."""
    formats = tuple(dict.fromkeys(each.strip().lower() for each in text.split(",")))
    for each in formats:
        if each not in FORMATS:
            raise argparse.ArgumentTypeError(f"no format is called {each!r}: there are {', '.join(FORMATS)}")
    return formats


def _instrument(text: str) -> int:
    """An argparse type: a General MIDI program."""
    from zoo.music import instruments

    try:
        return instruments.program(text)
    except UserError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _tempo(text: str) -> float:
    """An argparse type: felt beats a minute."""
    try:
        tempo = float(text)
    except ValueError:
        tempo = 0
    if not 10 <= tempo <= 500:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of beats a minute from 10 to 500")
    return tempo


def _add_sampling_flags(command: Any, model: str, tempo: str) -> None:
    """The flags of every command that composes. `tempo`: in words, the one of what it writes without --tempo."""
    cli.add_model_flag(command, model)
    command.add_argument("--n", type=cli.positive, default=1, metavar="N", help="how many tunes (%(default)s)")
    command.add_argument(
        "--temperature", type=float, default=1.0, metavar="T", help="below 1 safer, above 1 bolder, 0 no chance (%(default)s)"
    )
    command.add_argument(
        "--top-k", type=int, default=0, metavar="K", help="only the K most probable tokens; 0 = all (%(default)s)"
    )
    command.add_argument(
        "--top-p", type=float, default=0.98, metavar="P", help="only the most probable tokens up to this mass (%(default)s)"
    )
    command.add_argument("--tempo", type=_tempo, metavar="BPM", help=f"felt beats a minute, 10 to 500; left out, {tempo}")
    command.add_argument(
        "--instrument",
        type=_instrument,
        metavar="NAME|0-127",
        help="the General MIDI instrument of all voices, such as violin; left out, their own",
    )
    command.add_argument(
        "--loudness",
        type=cli.whole(1, 127),
        default=LOUDNESS,
        metavar="1-127",
        help="the average velocity (%(default)s)",
    )
    command.add_argument(
        "--formats",
        type=_formats,
        default=FORMATS[:1],
        metavar="FORMATS",
        help=f"the files of each tune, of {','.join(FORMATS)} with commas between them ({FORMATS[0]})",
    )
    command.add_argument(
        "--out", type=Path, default=Path("out") / "tunes", metavar="PATH", help="the folder for the tunes (%(default)s)"
    )
    cli.add_seed_flag(command)


def _sampling(arguments: argparse.Namespace) -> dict[str, Any]:
    """What these flags ask for, as the composer's methods take it."""
    return {name: getattr(arguments, name) for name in ("n", "bars", "temperature", "top_k", "top_p", "seed")}


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser, commands = cli.app("music", __doc__)
    example = "python -m apps.music train --data my_midi_files --quick --out out/mine"
    command = cli.command(commands, "train", train, "train on melodies", example)
    cli.add_training_flags(command, NAME, "folk")
    cli.add_precision_flag(command)

    command = cli.command(commands, "evaluate", evaluate, "measure on a data set", "python -m apps.music evaluate --json")
    cli.add_model_flag(command, NAME)
    command.add_argument("--data", default="folk", metavar="NAME|PATH", help=DATA)
    cli.add_split_flag(command)
    command.add_argument("--samples", type=cli.positive, metavar="N", help=f"pieces to compose and look at ({SAMPLES})")
    cli.add_json_flag(command)

    example = "python -m apps.music generate --n 4 --type jig --key D --metre 6/8 --bars 16 --seed 7 --out out/tunes"
    command = cli.command(commands, "generate", generate, "compose new tunes", example)
    _add_sampling_flags(command, NAME, "112")
    command.add_argument("--key", metavar="KEY", help='D, Dm or "D dorian"; left out, the model chooses')
    command.add_argument("--mode", metavar="MODE", help="major, minor, dorian, mixolydian ...; left out, the key's or any")
    command.add_argument("--metre", metavar="METRE", help="4/4, 6/8 ...; left out, the model chooses")
    command.add_argument("--type", metavar="TYPE", help="jig, reel, hornpipe ...; left out, the model chooses")
    command.add_argument("--bars", type=cli.positive, metavar="N", help="exactly so many; left out, the model chooses")

    example = "python -m apps.music continue my_tune.mid --bars 8 --only-new --out out/continued"
    command = cli.command(commands, "continue", continue_, "go on from a MIDI file", example)
    command.add_argument("primer", type=Path, metavar="PRIMER.mid", help="a melody, or music whose highest voice is one")
    _add_sampling_flags(command, NAME, "the primer's")
    command.add_argument("--type", metavar="TYPE", help="jig, reel, hornpipe ...; left out, any")
    command.add_argument("--bars", type=cli.positive, default=8, metavar="N", help="how many to add (%(default)s)")
    command.add_argument("--only-new", action="store_true", help="leave the primer out of the file")

    example = "python -m apps.music similarity out/tunes/tune-1.mid --n 3"
    text = "which training pieces a MIDI file is nearest to, and whether it copies any"
    command = cli.command(commands, "similarity", similarity, text, example, tensorflow=False)
    command.add_argument("file", type=Path, metavar="FILE.mid", help="a tune, or music in several voices")
    command.add_argument(
        "--data",
        metavar="NAME|PATH",
        help=f"{FOLK}, {CHORALES} or a folder of MIDI files ({FOLK}; for {CHORALE_VOICES} voices or more {CHORALES})",
    )
    command.add_argument("--n", type=cli.positive, default=5, metavar="N", help="how many pieces to show (%(default)s)")
    cli.add_json_flag(command)
    return cli.run(parser, argv)


if __name__ == "__main__":
    sys.exit(main())
