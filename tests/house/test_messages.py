"""Every sentence exists in both languages, with the same fields, and is used; every used sentence exists."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, Module, modules, package_with, require_none

LANGUAGES = ("en", "ko")
HANGUL = re.compile("[가-힣]")
# After a placeholder nobody knows whether a final consonant comes: these particles would be wrong half of the time.
PARTICLE = re.compile(r"\}['’\"”]?(?:을|를|은|는|이|가|과|와|으로|로)(?![가-힣])")


def catalogue(package: Path) -> dict[str, dict[str, str]]:
    """Read all messages of a package: key -> language -> template."""
    found = {}
    for path in sorted((package / "messages").glob("*.toml")):
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            found[f"{path.stem}.{name}"] = entry
    return found


def fields(template: str) -> set[str]:
    """Names of a template's placeholders."""
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def entry_faults(key: str, entry: object) -> list[str]:
    """Find a missing language, fields that differ, English left in Korean, particles after a placeholder."""
    if not isinstance(entry, dict) or set(entry) != set(LANGUAGES):
        return [f"{key}: needs exactly {' and '.join(LANGUAGES)}"]
    try:
        told = {lang: fields(entry[lang]) for lang in LANGUAGES}
    except (ValueError, AttributeError, TypeError) as error:
        return [f"{key}: {error}"]
    faults = [f"{key}.{lang}: empty" for lang in LANGUAGES if not entry[lang].strip()]
    if told["en"] != told["ko"]:
        faults.append(f"{key}: fields differ: {sorted(told['en'] ^ told['ko'])}")
    if PARTICLE.search(entry["ko"]):
        faults.append(f"{key}.ko: a particle that depends on the value: {PARTICLE.search(entry['ko']).group()}")  # type: ignore[union-attr]
    if HANGUL.search(re.sub(r"['\"“][^'\"”]*['\"”]", "", entry["en"])) and not key.endswith("_examples"):
        faults.append(f"{key}.en: Korean in the English sentence")
    return faults


def _calls(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Walk over calls whose first argument is a string, such as ``raise DataError("corpus.empty", path=path)``."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            if isinstance(node.args[0].value, str):
                yield node, node.args[0].value


def _is_raised(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name.endswith("Error") or name == "render"


def field_faults(package: list[Module], known: dict[str, dict[str, str]]) -> list[str]:
    """Find keys that do not exist, and calls that leave a placeholder without a value."""
    stages = {key.partition(".")[0] for key in known}
    faults = []
    for module in package:
        for call, key in _calls(module):
            if not re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", key) or not (
                _is_raised(call) or key.partition(".")[0] in stages
            ):
                continue
            where = f"{module.name}:{call.lineno}: {key}"
            if key not in known:
                faults += [f"{where}: no such message"] if _is_raised(call) else []
            elif _is_raised(call) and all(keyword.arg for keyword in call.keywords):
                missing = fields(known[key].get("en", "")) - {keyword.arg for keyword in call.keywords}
                faults += [f"{where}: no value for {sorted(missing)}"] if missing else []
    return faults


def _quoted(package: list[Module], folder: Path) -> tuple[set[str], list[re.Pattern[str]]]:
    """Strings that may name a message: constants as they are, f-strings as patterns, words of templates."""
    constants: set[str] = set()
    patterns = []
    for module in package:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(v.value) if isinstance(v, ast.Constant) else "[a-z0-9_]+" for v in node.values]
                if any(isinstance(v, ast.Constant) and re.search("[a-z]{3,}|_", v.value) for v in node.values):
                    patterns.append(re.compile("".join(parts)))
    for path in folder.rglob("*"):
        if path.suffix in {".html", ".j2"}:
            constants |= set(re.findall(r"[a-z0-9_.]+", path.read_text(encoding="utf-8")))
    return constants, patterns


def unused(package: list[Module], known: dict[str, dict[str, str]], folder: Path = PACKAGE) -> list[str]:
    """Find messages that nothing names, whole or without their stage."""
    constants, patterns = _quoted(package, folder)
    faults = []
    for key in known:
        names = {key, key.partition(".")[2]}
        if not names & constants and not any(pattern.fullmatch(name) for pattern in patterns for name in names):
            faults.append(f"{key}: nothing says this")
    return faults


def test_every_message_is_whole() -> None:
    require_none([fault for key, entry in catalogue(PACKAGE).items() for fault in entry_faults(key, entry)])


def test_every_message_that_is_used_exists() -> None:
    require_none(field_faults(modules(), catalogue(PACKAGE)))


def test_every_message_is_used() -> None:
    require_none(unused(modules(), catalogue(PACKAGE)))


@pytest.mark.parametrize(
    "entry",
    [
        {"en": "One."},
        {"en": "One.", "ko": "하나.", "fr": "Un."},
        {"en": "One {n}.", "ko": "하나."},
        {"en": "", "ko": "하나."},
        {"en": "{path} is missing.", "ko": "{path}을 찾지 못했습니다."},
        {"en": "'{path}' is missing.", "ko": "'{path}'가 없습니다."},
        {"en": "하나.", "ko": "하나."},
        {"en": "One {.", "ko": "하나 {."},
        "One.",
    ],
)
def test_a_bad_message_is_found(entry: object) -> None:
    assert len(entry_faults("corpus.one", entry)) == 1


@pytest.mark.parametrize(
    "entry",
    [
        {"en": "{path}: {n:,} rows of {whole.size}.", "ko": "{path}: {whole.size} 가운데 {n:,}행입니다."},
        {"en": "Write {{x}}.", "ko": "{{x}}라고 쓰세요."},
        {"en": "A word, such as '영화'.", "ko": "'영화' 같은 낱말."},
    ],
)
def test_a_good_message_is_fine(entry: dict[str, str]) -> None:
    assert entry_faults("corpus.one", entry) == []


KNOWN = {"corpus.one": {"en": "{a} {b}", "ko": "{a} {b}"}, "corpus.two": {"en": "x", "ko": "x"}}


@pytest.mark.parametrize(
    "text",
    ['raise DataError("corpus.none")', 'raise DataError("corpus.one", a=1)', 'render("nowhere.one", lang="ko")'],
)
def test_a_wrong_use_is_found(tmp_path: Path, text: str) -> None:
    assert len(field_faults(package_with(tmp_path, corpus__reader=text), KNOWN)) == 1


@pytest.mark.parametrize(
    "text",
    ['raise DataError("corpus.one", a=1, b=2, c=3)', 'raise DataError("corpus.one", **fields)', 'open("corpus.txt")'],
)
def test_a_right_use_is_fine(tmp_path: Path, text: str) -> None:
    assert field_faults(package_with(tmp_path, corpus__reader=text), KNOWN) == []


def test_an_unused_message_is_found(tmp_path: Path) -> None:
    package = package_with(tmp_path, corpus__reader='say("corpus.one")')
    assert unused(package, KNOWN, tmp_path) == ["corpus.two: nothing says this"]
    (tmp_path / "page.html").write_text("{{ say.two }} {{ t('corpus.two') }}", encoding="utf-8")
    assert unused(package, KNOWN, tmp_path) == []


def test_a_message_named_by_its_pieces_is_used(tmp_path: Path) -> None:
    package = package_with(tmp_path, corpus__reader='say(f"corpus.{name}")')
    assert unused(package, KNOWN, tmp_path) == []
