"""docs/extending.md is true: in a copy of the project its files are written, then its Python runs from top to bottom."""

import json
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import zoo
from zoo.music.notation.score import Score
from zoo.music.notation.theory import Key, Note

ROOT = Path(zoo.__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r'(?:^<!-- (\w+): (\S+)(?: "([^\n]*)")? -->\n)?^```python\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE)

# The app that the registry names measures the new network, as its card says.
MEASURE = """
import importlib, json, pathlib, shlex
command = json.loads(pathlib.Path("out/gru/card.json").read_text(encoding="utf-8"))["metrics"][0]["command"]
module, *words = shlex.split(command)[2:]
raise SystemExit(importlib.import_module(module).main([*words, "--json"]))
"""


def _inserted(path: Path, anchor: str, code: str, after: str = "") -> None:
    """Puts code before the first line that is `anchor`, behind the first `after`."""
    text = path.read_text(encoding="utf-8")
    start = text.index(after)
    at = text.index(f"\n{anchor}", start) + 1
    path.write_text(text[:at] + code + text[at:], encoding="utf-8")


@pytest.mark.slow
def test_every_block_of_code_runs(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "zoo", tmp_path / "zoo", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("apps", "saved_models"):
        (tmp_path / name).symlink_to(ROOT / name)
    random = np.random.default_rng(0)
    rows = [f"{a:.2f},{b:.2f},{100 * a - 50 * b:.0f}" for a, b in random.normal(size=(80, 2))]
    (tmp_path / "table.csv").write_text("\n".join(["rooms,age,price", *rows]), encoding="utf-8")
    (tmp_path / "folder_of_midi").mkdir()
    for i in range(30):
        notes = tuple(Note(24 * at, 24, 62 + int(step)) for at, step in enumerate(random.integers(0, 12, 32)))
        Score(notes, key=Key.parse("D")).save(tmp_path / "folder_of_midi" / f"{i}.mid")
    program = []
    for kind, path, anchor, code in BLOCKS:
        if kind == "file":
            (tmp_path / path).write_text(code, encoding="utf-8")
        elif kind == "entry":
            entry = textwrap.indent(code.rstrip() + ",\n", 8 * " ")
            _inserted(tmp_path / path, "    )\n}", entry, after="NETWORKS = {")
        elif kind == "before":
            _inserted(tmp_path / path, anchor, textwrap.indent(textwrap.dedent(code), " " * (len(anchor) - len(anchor.lstrip()))))
        else:
            program.append(code)
    assert len(program) >= 4
    result = subprocess.run([sys.executable, "-c", "\n".join([*program, MEASURE])], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    for made in ("out/wide", "out/gru"):
        assert (tmp_path / made / "saved_model.pb").is_file()
    assert json.loads(result.stdout.splitlines()[-1])["model"] == "out/gru"
