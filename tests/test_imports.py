"""The rules of the house: which part of the project may import which. Imports inside functions count too."""

import ast
from pathlib import Path

import pytest

import zoo
from zoo import registry

ROOT = Path(zoo.__file__).resolve().parent.parent
BENEATH = {"core", "layers", "text", "images", "scratch"}  # what knows no task
# The packages of zoo/ that are neither beneath the wings nor the course nor the page.
WINGS = {path.parent.name for path in (ROOT / "zoo").glob("*/__init__.py")} - BENEATH - {"lessons", "web"}
ROOMS = {"about", "data", "graph", "metrics", "model", "training"}  # modules or packages that every wing has


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {_module(path): path for top in ("zoo", "apps", "benchmarks") for path in sorted((ROOT / top).rglob("*.py"))}


def imports(text: str, module: str = "") -> set[str]:
    """The modules that a file's text imports, at its top or inside functions; what only type checkers see is left out."""
    found: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            # A package's own files import each other as `from . import cli`: from the package of the module.
            base = ".".join(module.split(".")[: -node.level]) if node.level else ""
            source = ".".join(filter(None, (base, node.module)))
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                found.add(inner if inner in FILES else source)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(text))
    return found


GRAPH = {module: imports(path.read_text(encoding="utf-8"), module) for module, path in FILES.items()}


def _part(module: str) -> str:
    """The part of the house that a module is in: "core", "music" ..., "apps"; of a file directly in zoo/ the file's name."""
    words = module.split(".")
    return words[1] if words[0] == "zoo" and len(words) > 1 else words[0]


def _crossing(parts: set[str], forbidden: set[str]) -> list[str]:
    return [
        f"{module} imports {other}"
        for module, others in GRAPH.items()
        if _part(module) in parts
        for other in sorted(others)
        if other.split(".")[0] in ("zoo", "apps", "benchmarks") and _part(other) in forbidden
    ]


def test_imports_are_found_in_functions_and_not_for_annotations():
    text = (
        "from typing import TYPE_CHECKING\nfrom zoo import core\nif TYPE_CHECKING:\n    import zoo.music\n"
        "def f():\n    import mido\n    from zoo.core import files\n"
    )
    assert imports(text) == {"typing", "zoo.core", "zoo.core.files", "mido"}


def test_what_knows_no_task_imports_no_wing():
    assert _crossing(BENEATH, WINGS | {"registry", "lessons", "web", "zoo"}) == []


@pytest.mark.parametrize("wing", sorted(WINGS))
def test_a_wing_imports_no_other_wing(wing):
    assert _crossing({wing}, WINGS - {wing} | {"registry", "lessons", "web", "zoo"}) == []


@pytest.mark.parametrize("wing", sorted({network.wing for network in registry.NETWORKS.values()}))
def test_every_wing_has_the_same_rooms(wing):
    assert [room for room in sorted(ROOMS) if f"zoo.{wing}.{room}" not in FILES] == []


def test_the_library_imports_neither_apps_nor_benchmarks():
    library = {_part(module) for module in GRAPH if module.split(".")[0] == "zoo"}
    assert _crossing(library, {"apps", "benchmarks"}) == []
    assert _crossing({"apps"}, {"benchmarks"}) == []


def test_the_page_sees_core_and_the_registry_only():
    assert _crossing({"web"}, WINGS | BENEATH - {"core"} | {"lessons", "zoo"}) == []


def test_notation_needs_no_tensorflow():
    def reached(module: str, seen: set[str]) -> set[str]:
        for other in GRAPH.get(module, ()):
            if other not in seen:
                seen.add(other)
                reached(other, seen)
        return seen

    for module in GRAPH:
        if module.startswith("zoo.music.notation"):
            heavy = {other.split(".")[0] for other in reached(module, set())} & {"tensorflow", "keras"}
            assert not heavy, f"{module} reaches {heavy}"


def test_networks_read_no_files():
    for module in GRAPH:
        if module.endswith((".network", ".tables.perceptron", ".tables.mlp")):
            readers = {"pathlib", "os", "io", "zoo.core.files", "zoo.core.sources"} & GRAPH[module]
            assert not readers, f"{module} imports {readers}"


def circles() -> list[list[str]]:
    """Strongly connected sets of more than one module, by Tarjan's algorithm."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        order[module] = low[module] = len(order)
        stack.append(module)
        for other in sorted(GRAPH[module] & GRAPH.keys()):
            if other not in order:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], order[other])
        if low[module] == order[module]:
            circle = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(circle) > 1:
                found.append(sorted(circle))

    for module in GRAPH:
        if module not in order:
            visit(module)
    return found


def test_no_imports_run_in_a_circle():
    assert circles() == []
