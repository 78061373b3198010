import subprocess
import sys

from apps.__main__ import names

# Packages that take from half a second to many seconds to import. benchmarks/startup.py measures the time itself.
SLOW = ("tensorflow", "keras", "tensorflow_datasets", "matplotlib", "scipy", "sklearn", "music21")


def run(program: str) -> str:
    """What a program prints that ends by telling which of the slow packages it has imported."""
    told = f"\nimport sys\nprint('imported', *(set({SLOW}) & sys.modules.keys()))"
    return subprocess.run([sys.executable, "-c", program + told], capture_output=True, text=True, check=True).stdout


def test_import_loads_no_slow_package() -> None:
    assert run("import zoo; zoo.list_models()") == "imported\n"


def test_help_of_every_app_loads_no_slow_package() -> None:
    program = f"""
import importlib
for app in {names()}:
    try:
        importlib.import_module("apps." + app).main(["--help"])
    except SystemExit as end:
        assert not end.code, end
"""
    told = run(program)
    assert told.endswith("imported\n")
    for app in names():
        assert f"usage: python -m apps.{app}" in told
