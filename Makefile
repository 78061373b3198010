# make demo    everything that the pretrained models can do, on real input
# make studio  the page to play with all of them, in your browser
# make check   formatting, types and the fast tests: a minute and a half on two cores
# make test    all checks: what must pass before a change lands
# make setup   the environment alone, in .venv
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo studio studio-setup studio-browser studio-pictures check test lint setup lock

demo: setup
	$(BIN)/python -m apps.demo

studio: studio-setup
	$(BIN)/python -m apps.studio

studio-setup: setup

# A browser for the tests of the page and its pictures.
studio-browser:
	.ci/browser

studio-pictures: setup
	$(BIN)/python -m tests.web.pictures

check: lint
	$(BIN)/python -m pytest -m "not slow and not pretrained"

test: lint
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

setup: .venv/ready

# Some 700 MB are downloaded the first time, most of it TensorFlow; --require-hashes checks every file.
.venv/ready: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "Python 3.11 to 3.13 is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	touch $@

# Writes requirements.txt anew from pyproject.toml: the newest versions that fit, for Python 3.11 to 3.13 and every system, with hashes.
lock:
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --upgrade --output-file requirements.txt
