"""The shape of the house: imports run one way, heavy libraries wait, modules stay small and speak for themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "pipeline"
BASE = ("types", "errors", "settings", "files", "csvtext", "progress", "versions", "code_cache")
WORKFLOWS = ("run", "results", "modelling", "model_results", "reporting", "report_results")
LAYERS = (
    BASE,
    ("ingest",),
    ("classify",),
    ("report",),
    ("batch", "spacy_pipe"),
    WORKFLOWS,
    ("commands",),
    ("cli",),
)
"""From the ground up: a module imports from its own layer or from one beneath."""
LAYER_OF = {name: height for height, layer in enumerate(LAYERS) for name in layer}
HEAVY = ("numba", "pandas", "sklearn", "spacy", "scipy", "pyarrow", "altair", "htmldate", "joblib")
LONGEST_MODULE = 300
MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_name(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def imported(path: Path) -> Iterator[str]:
    """Modules of the package that a file imports anywhere, for type checking too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "pipeline")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "pipeline":
            assert node.module is not None
            yield from (f"pipeline.{alias.name}" if node.module == "pipeline" else node.module for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it leads"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_has_its_layer(path: Path) -> None:
    module = name_of(path)
    assert module == "pipeline" or layer_name(module) in LAYER_OF


@pytest.mark.parametrize("path", [path for path in MODULES if name_of(path) != "pipeline"], ids=name_of)
def test_no_arrow_runs_back(path: Path) -> None:
    own = LAYER_OF[layer_name(name_of(path))]
    back = {module for module in imported(path) if LAYER_OF[layer_name(module)] > own}
    assert back == set()


def test_the_facade_imports_nothing_until_asked() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    at_once = [node for node in tree.body if isinstance(node, ast.ImportFrom | ast.Import)]
    assert {getattr(node, "module", None) for node in at_once} <= {"__future__", "typing", "pipeline.code_cache"}


def test_no_module_imports_itself_in_a_circle() -> None:
    """Imports made at load time, taken module by module."""
    edges = {name_of(path): set(at_load_time(path)) for path in MODULES}
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail[trail.index(module) :], module))
        if module not in done:
            for other in edges.get(module, ()):
                visit(other, (*trail, module))
            done.add(module)

    for module in edges:
        visit(module, ())


def at_load_time(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pipeline."):
            yield str(node.module)


@pytest.mark.parametrize(
    "statement", ["import pipeline", "import pipeline.cli", "from pipeline.cli import app", "import pipeline.classify"]
)
def test_heavy_libraries_wait(statement: str) -> None:
    script = f"{statement}\nimport sys\nprint(*(name for name in {(*HEAVY, 'numpy')!r} if name in sys.modules))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


def test_tagging_needs_no_trainer() -> None:
    script = (
        f"import pipeline.run, pipeline.classify.store, pipeline.classify.tags\nimport sys\n"
        f"print(*(name for name in {HEAVY!r} if name in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


def test_the_facade_names_what_there_is() -> None:
    import pipeline

    assert sorted(pipeline.__all__) == sorted(pipeline._MODULES)
    for name in pipeline.__all__:
        assert callable(getattr(pipeline, name))
    with pytest.raises(AttributeError, match="nothing_such"):
        _ = pipeline.nothing_such


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_what_is_public_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module has no docstring"
    definitions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    silent = [node.name for node in definitions if not node.name.startswith("_") and not ast.get_docstring(node)]
    assert silent == []


def calls(path: Path) -> Iterator[tuple[str, str]]:
    """What a file calls, and where."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), f"{name_of(path)}:{node.lineno}"


def test_only_the_command_line_exits_or_prints() -> None:
    others = [path for path in MODULES if name_of(path) != "pipeline.cli"]
    outspoken = {"print", "sys.exit", "exit", "quit"}
    assert [where for path in others for called, where in calls(path) if called in outspoken] == []


def test_nothing_is_unpickled_or_evaluated() -> None:
    able_to_run_code = {"eval", "exec", "joblib.load", "pickle.load", "pickle.loads", "marshal.loads"}
    assert [where for path in MODULES for called, where in calls(path) if called in able_to_run_code] == []
