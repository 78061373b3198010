import subprocess
import sys
import time


def test_import_is_quick_and_loads_no_tensorflow() -> None:
    program = (
        "import sys, time; start = time.perf_counter(); import zoo; zoo.list_models();"
        "print(time.perf_counter() - start, 'tensorflow' in sys.modules)"
    )
    runs = [subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True) for _ in range(3)]
    seconds, tensorflow = min(run.stdout.split() for run in runs)
    assert tensorflow == "False"
    assert float(seconds) < 0.2


def test_help_of_every_app_is_quick() -> None:
    for app in ("models", "lessons", "perceptron", "mlp", "digits", "sentiment", "music", "demo"):
        started = time.perf_counter()
        result = subprocess.run([sys.executable, "-m", f"apps.{app}", "--help"], capture_output=True, text=True)
        assert result.returncode == 0, result.stderr
        assert f"python -m apps.{app}" in result.stdout
        # The contract says one second on a quiet machine; an import of TensorFlow would take three.
        assert time.perf_counter() - started < 2.0
