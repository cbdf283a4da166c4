"""The shape of the house: floors, sizes, names, and what the project may not hold."""

import ast
import io
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "config",
    "core",
    "imports",
    "warehouse",
    "fx_settlement",
    "customs",
    "traceability",
    "portal",
)

SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def sources(*folders: str) -> list[Path]:
    """Python files of the product, migrations left aside."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function of a file with its length in lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", node.end_lineno - node.lineno + 1


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_the_floors_hold():
    outcome = subprocess.run(
        [ROOT / ".venv" / "bin" / "lint-imports"], cwd=ROOT, capture_output=True, text=True
    )
    assert outcome.returncode == 0, outcome.stdout


def test_functions_are_short():
    lengths = [length for path in sources(*ROOMS) for _, length in functions(path)]

    assert median(lengths) <= 10
    assert sum(length <= 25 for length in lengths) / len(lengths) >= 0.9


def statements(path: Path) -> int:
    """Lines that hold code: neither blank nor comment nor docstring."""
    text = path.read_text(encoding="utf-8")
    told = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, node.end_lineno + 1)
    }
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    held = {
        line for t in tokens if t.type not in SILENT for line in range(t.start[0], t.end[0] + 1)
    }
    return len(held - told)


def test_tests_are_at_least_half_as_long_as_the_code():
    code = sum(map(statements, sources(*ROOMS)))
    tests = sum(map(statements, sources("tests")))

    assert tests * 2 >= code


def test_no_function_is_longer_than_a_screen():
    long = [name for path in sources(*ROOMS) for name, n in functions(path) if n > 60]
    assert long == []


def test_no_file_is_longer_than_400_lines():
    long = [str(p.relative_to(ROOT)) for p in sources(*ROOMS) if lines(p) > 400]
    assert long == []


def _imports(tree: ast.AST) -> Iterator[ast.stmt]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield node


def test_no_import_hides_inside_a_function():
    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources(*ROOMS)
        for node in _imports(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert hidden == []


def test_modules_of_the_kernel_serve_two_rooms_or_the_kernel_itself():
    text = {path: path.read_text(encoding="utf-8") for path in sources(*ROOMS)}
    lonely = []
    for module in sorted((ROOT / "core" / "domain").glob("*.py")):
        name = module.stem
        users = {
            path.relative_to(ROOT).parts[0]
            for path, body in text.items()
            if f"core.domain.{name}" in body or f"core.domain import {name}" in body
        }
        if name != "__init__" and not ("core" in users or len(users) >= 2):
            lonely.append(f"core.domain.{name} serves {sorted(users)}")
    assert lonely == []


def test_top_level_names_are_those_of_the_architecture():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    names = {name.split("/")[0] for name in tracked if name}

    assert names <= {
        *ROOMS,
        ".ci",
        ".gitignore",
        "LICENSE",
        "README.md",
        "benchmarks",
        "dev",
        "docs",
        "manage.py",
        "pyproject.toml",
        "requirements.txt",
        "tests",
    }


HEAVY = ("pandas", "reportlab", "lxml", "scipy", "python_calamine", "xlsxwriter", "networkx")


def test_a_plain_command_starts_without_the_heavy_libraries():
    program = (
        "import sys, django; django.setup(); import config.urls; "
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    outcome = subprocess.run(
        [ROOT / ".venv" / "bin" / "python", "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={"DJANGO_SETTINGS_MODULE": "config.settings", "PATH": ""},
    )
    assert outcome.stdout.strip() == "[]"


@pytest.mark.parametrize("room", ROOMS[1:])
def test_each_room_has_tests(room):
    assert list((ROOT / "tests" / room).rglob("test_*.py"))


def test_requirements_are_pinned_and_name_no_registry():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    rows = [row for row in text.splitlines() if row and not row.startswith("#")]

    assert all("==" in row for row in rows)
    assert "://" not in text


def test_no_refusal_is_defined_where_the_catalogue_of_translations_does_not_look():
    hidden = [
        str(path.relative_to(ROOT))
        for path in sources(*ROOMS)
        if "management" in path.parts and "(Refusal):" in path.read_text(encoding="utf-8")
    ]

    assert hidden == []
