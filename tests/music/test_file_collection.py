"""Music of many kinds is continued and harmonised; each file that is not is named here with the reason."""

import importlib.util
from pathlib import Path

import pytest

from benchmarks.midi_files import TASKS, outcomes, prepared, refusals

# Files of music21's package, which it carries for its own tests and as its corpus: MIDI files of many programs, and ABC and
# MusicXML from a fiddle tune to a string quartet.
PATTERNS = (
    "midi/testPrimitive/*.mid",
    "omr/*.mid",
    "corpus/airdsAirs/book[12].abc",
    "corpus/essenFolksong/[ab]*.abc",
    "corpus/josquin/[am]*.abc",
    "corpus/miscFolk/*.abc",
    "corpus/nottingham-dataset/*.abc",
    "corpus/ryansMammoth/[AB]*Jig.abc",
    "corpus/bach/bwv1[08]?.[67].mxl",
    "corpus/beach/*.musicxml",
    "corpus/corelli/opus3no1/*.xml",
    "corpus/haydn/opus1no1/movement[12].mxl",
    "corpus/johnson_j_r/*.mxl",
    "corpus/joplin/*.mxl",
    "corpus/leadSheet/*.mxl",
    "corpus/liliuokalani/*.mxl",
    "corpus/mozart/k545/*.mxl",
    "corpus/schumann_clara/polonaise*.mxl",
    "corpus/trecento/Fava_Dicant_nunc_iudei.xml",
    "corpus/verdi/*.mxl",
    "corpus/weber/*.mxl",
)

SLIP_JIGS = {"corpus/ryansMammoth/BarneyBrallagansJig.abc", "corpus/ryansMammoth/BarneysGoatJig.abc"}  # in 9/8

# Reason, without its numbers and names -> files. chorale_lstm knows no chorale in bars as long as those of 9/8.
REFUSED = {
    f"chorale_lstm cannot {what}: the metre N is like none of N N N: choose music in one of these": SLIP_JIGS
    for what in ("go on from this music", "harmonise this music")
}


@pytest.mark.slow
@pytest.mark.pretrained
def test_files_of_all_kinds_are_taken_but_for_these() -> None:
    spec = importlib.util.find_spec("music21")
    assert spec
    (package,) = map(Path, spec.submodule_search_locations or [])
    files = sorted(path for pattern in PATTERNS for path in package.glob(pattern))
    assert len(files) >= 80
    found = outcomes(files, {model: prepared(model) for model, _ in TASKS.values()})
    refused = refusals([path.relative_to(package) for path in files], found)
    assert {reason: set().union(*tasks.values()) for reason, tasks in refused.items()} == REFUSED
