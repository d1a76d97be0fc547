"""Lines against hand-counted cases, and against a writer that notes each line as it writes."""

import re
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exposure.rulebook.lines import Path, key_lines, line_of

CASES = {
    "an empty text has no paths": ("", {}),
    "only comments and blank lines": ("# a = 1\n\n  # [b]\n", {}),
    "no line feed at the end": ("a = 1", {("a",): 1}),
    "comments beside and between keys": ("# x\na = 1 # b = 2\n\n#\nc = 3\n", {("a",): 2, ("c",): 5}),
    "indented keys and headers": ("  [ a ]\n\tb = 1\n", {("a",): 1, ("a", "b"): 2}),
    "quoted keys with dots, hashes and brackets": (
        "\"a.b\" = 1\n'# [c]' = 2\n\"\" = 3\n'C:\\n' = 4\n",
        {("a.b",): 1, ("# [c]",): 2, ("",): 3, ("C:\\n",): 4},
    ),
    "escapes in a quoted key": (
        '"\\"q\\" \\\\ \\t\\n" = 1\n"\\u00e9\\U0001F600" = 2\n"\\b\\f\\r" = 3\n',
        {('"q" \\ \t\n',): 1, ("\u00e9\U0001f600",): 2, ("\b\f\r",): 3},
    ),
    "an escaped backslash is not the start of an escape": ('"\\\\u00e9" = 1\n', {("\\u00e9",): 1}),
    "a bare key of digits and dots is dotted": ("3.14 = 1\n", {("3",): 1, ("3", "14"): 1}),
    "dotted keys give each parent its first mention": (
        'x = 0\na . b."c.d" = 1\na.b.e = 2\n',
        {("x",): 1, ("a",): 2, ("a", "b"): 2, ("a", "b", "c.d"): 2, ("a", "b", "e"): 3},
    ),
    "a header gives its implicit parents its own line": (
        '\n[rules.five_g_vendor.severity]\nHuawei = 100\n"ZTE Corp" = 100\n',
        {
            ("rules",): 2,
            ("rules", "five_g_vendor"): 2,
            ("rules", "five_g_vendor", "severity"): 2,
            ("rules", "five_g_vendor", "severity", "Huawei"): 3,
            ("rules", "five_g_vendor", "severity", "ZTE Corp"): 4,
        },
    ),
    "a table after its subtable has the line of its header": (
        "[a.b]\nx = 1\n[a]\ny = 2\n",
        {("a",): 3, ("a", "b"): 1, ("a", "b", "x"): 2, ("a", "y"): 4},
    ),
    "arrays of tables": (
        '[[targets]]\nid = "p"\n\n[[targets]]\n[[targets]]\nid = "q"\n',
        {
            ("targets",): 1,
            ("targets", 0): 1,
            ("targets", 0, "id"): 2,
            ("targets", 1): 4,
            ("targets", 2): 5,
            ("targets", 2, "id"): 6,
        },
    ),
    "tables and arrays of tables under the latest entry": (
        "[[a]]\n[[a.b]]\nx = 1\n[[a.b]]\n[a.c]\ny.z = 2\n[[a]]\n[[a.b]]\n[a.b.d]\n",
        {
            ("a",): 1,
            ("a", 0): 1,
            ("a", 0, "b"): 2,
            ("a", 0, "b", 0): 2,
            ("a", 0, "b", 0, "x"): 3,
            ("a", 0, "b", 1): 4,
            ("a", 0, "c"): 5,
            ("a", 0, "c", "y"): 6,
            ("a", 0, "c", "y", "z"): 6,
            ("a", 1): 7,
            ("a", 1, "b"): 8,
            ("a", 1, "b", 0): 8,
            ("a", 1, "b", 0, "d"): 9,
        },
    ),
    "inline tables, nested and dotted": (
        'set = { SRB = { "joint drills" = "air-defence", n.m = 1 }, e = {} }\nz = 1\n',
        {
            ("set",): 1,
            ("set", "SRB"): 1,
            ("set", "SRB", "joint drills"): 1,
            ("set", "SRB", "n"): 1,
            ("set", "SRB", "n", "m"): 1,
            ("set", "e"): 1,
            ("z",): 2,
        },
    ),
    "an array over several lines with comments and a trailing comma": (
        "[rules.x]\ngoalposts = [ # ]\n  0,\n\n  # 7,\n  25 # ,\n  , ]\nz = []\n",
        {
            ("rules",): 1,
            ("rules", "x"): 1,
            ("rules", "x", "goalposts"): 2,
            ("rules", "x", "goalposts", 0): 3,
            ("rules", "x", "goalposts", 1): 6,
            ("rules", "x", "z"): 8,
        },
    ),
    "arrays of arrays and of inline tables": (
        "steps = [[0, 0],\n [\n  10,\n  60], { a = [\n1] }]\n",
        {
            ("steps",): 1,
            ("steps", 0): 1,
            ("steps", 0, 0): 1,
            ("steps", 0, 1): 1,
            ("steps", 1): 2,
            ("steps", 1, 0): 3,
            ("steps", 1, 1): 4,
            ("steps", 2): 4,
            ("steps", 2, "a"): 4,
            ("steps", 2, "a", 0): 5,
        },
    ),
    "one-line strings that look like TOML": (
        'a = "]} # \\" [b]"\nc = \'x\\\'\nd = ["],", \'[#\']\n',
        {("a",): 1, ("c",): 2, ("d",): 3, ("d", 0): 3, ("d", 1): 3},
    ),
    "a multi-line basic string with quotes, comments and headers inside": (
        'a = """\n[b]\n# c = "" \\"""\n"x" = 1 \\\n  y"""""\nz = 1\n',
        {("a",): 1, ("z",): 6},
    ),
    "a multi-line literal string with quotes, comments and headers inside": (
        "a = '''''[b]\n# '' \\'''''\nz = 1\n",
        {("a",): 1, ("z",): 3},
    ),
    "multi-line strings in an array": (
        "a = [ \"\"\"\n\n\"\"\", '''\n''',\n  1 ]\n",
        {("a",): 1, ("a", 0): 1, ("a", 1): 3, ("a", 2): 5},
    ),
    "empty strings of each kind": (
        "a = \"\"\nb = ''\nc = \"\"\"\"\"\"\nd = ''''''\ne = 1\n",
        {("a",): 1, ("b",): 2, ("c",): 3, ("d",): 4, ("e",): 5},
    ),
    "dates with a space, and other scalars": (
        "a = 1979-05-27 07:32:00Z # d\nb = [07:32:00, -inf, 1_000, 0xFF,true]\n",
        {("a",): 1, ("b",): 2} | {("b", i): 2 for i in range(5)},
    ),
    "carriage returns before line feeds": (
        'a = """\r\nx \\\r\n y"""\r\n[b] # c\r\nd = [\r\n1,\r\n]\r\n',
        {("a",): 1, ("b",): 4, ("b", "d"): 5, ("b", "d", 0): 6},
    ),
    "line separators that are not TOML's": (
        "a = '\u2028\u2029\x85'\n'b\u2028' = 1 # \u2028\nc = 1\n",
        {("a",): 1, ("b\u2028",): 2, ("c",): 3},
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_each_path_has_the_line_it_is_written_on(text: str, expected: dict[Path, int]) -> None:
    assert set(expected) == set(paths(tomllib.loads(text)))
    assert key_lines(text) == expected


def test_nesting_is_limited_by_neither_the_stack_nor_the_caller() -> None:
    lines = key_lines("a = " + "[\n" * 2000 + "]" * 2000)
    assert lines == {("a", *[0] * depth): depth + 1 for depth in range(2000)}


@pytest.mark.parametrize("text", ["a", "a =", "a = [", "a = { b", "[a", '"a', "= 1"])
def test_text_that_is_not_toml_is_an_error_and_not_a_hang(text: str) -> None:
    with pytest.raises(ValueError, match="line 1: not TOML"):
        key_lines(text)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param(("a", "b", 0), 6, id="a known path"),
        pytest.param(("a", "b", 7, "x"), 5, id="the longest known prefix"),
        pytest.param(("a", "c"), 4, id="only the first part known"),
        pytest.param(("z", "b"), 1, id="an unknown path"),
        pytest.param((), 1, id="the document"),
    ],
)
def test_line_of_falls_back_on_the_longest_known_prefix(path: Path, line: int) -> None:
    assert line_of({("b",): 9, ("a",): 4, ("a", "b"): 5, ("a", "b", 0): 6}, path) == line


def paths(value: Any, at: Path = ()) -> Iterator[Path]:
    """Yield the path of everything inside a parsed document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*at, key)
        yield from paths(inner, (*at, key))


class Writer:
    """Writes nested data as TOML in styles that `draw` picks, noting the line of each path."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[Path, int] = {}

    def pick(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def here(self) -> int:
        return self.text.count("\n") + 1

    def end(self) -> None:
        self.text += self.pick("\n", "\n\n", ' # [x] = "\n', "\t#\n\n # y = '''\n")

    def gap(self) -> None:
        self.text += self.pick("", " ", "\n", ' # ], """\n\t')

    def section(self, at: Path, header: list[str], table: dict[str, Any]) -> None:
        """Write a table's keys, then its subtables under headers of their own."""
        keys = {}
        subtables: list[tuple[str, Any]] = []
        for key, value in table.items():
            tables = isinstance(value, dict) or (value and all(isinstance(v, dict) for v in value))
            if not isinstance(value, str) and tables and self.pick(True, False):
                subtables.append((key, value))
            else:
                keys[key] = value
        # An array's entry needs its own header, before its subtables.
        inner_first = bool(header) and isinstance(at[-1], str) and bool(subtables) and self.pick(True, False)
        if inner_first:
            self.subtables(at, header, subtables)
        if header and (keys or not inner_first or self.pick(True, False)):
            brackets = "[]" if isinstance(at[-1], str) else "[[]]"
            half = len(brackets) // 2
            self.text += self.pick("", "  ") + brackets[:half]
            self.mention(at, header)
            self.lines[at] = self.here()
            self.text += brackets[half:]
            self.end()
        for key, value in keys.items():
            self.pairs(at, [key], value, self.end)
        if not inner_first:
            self.subtables(at, header, subtables)

    def subtables(self, at: Path, header: list[str], subtables: list[tuple[str, Any]]) -> None:
        for key, value in subtables:
            if isinstance(value, dict):
                self.section((*at, key), [*header, key], value)
            else:
                for index, entry in enumerate(value):
                    self.section((*at, key, index), [*header, key], entry)

    def mention(self, at: Path, header: list[str]) -> None:
        self.text += self.pick(" . ", ".").join(self.draw(spellings(part)) for part in header)
        for length in range(1, len(at)):
            self.lines.setdefault(at[:length], self.here())

    def pairs(self, at: Path, key: list[str], value: Any, end: Callable[[], None]) -> None:
        """Write one key and value, or a table as several with dotted keys."""
        if isinstance(value, dict) and value and self.pick(True, False):
            for inner, inner_value in value.items():
                self.pairs(at, [*key, inner], inner_value, end)
            return
        self.text += self.pick(".", " . ").join(self.draw(spellings(part)) for part in key)
        for part in key:
            at = (*at, part)
            self.lines.setdefault(at, self.here())
        self.text += self.pick("=", " =\t")
        self.value(at, value)
        end()

    def value(self, at: Path, value: Any) -> None:
        if isinstance(value, dict):
            self.text += "{ "
            for key, inner in value.items():
                self.pairs(at, [key], inner, self.comma)
            self.text = self.text.removesuffix(", ") + "}"
        elif isinstance(value, list):
            self.text += "["
            for index, inner in enumerate(value):
                self.gap()
                self.lines[*at, index] = self.here()
                self.value((*at, index), inner)
                self.gap()
                if index < len(value) - 1 or self.pick(True, False):
                    self.text += ","
            self.gap()
            self.text += "]"
        else:
            self.text += value

    def comma(self) -> None:
        self.text += ", "


AWKWARD = st.text(st.sampled_from("\"'\\#[]{}=,.\n\t a1\u00e9\u2028\x85"), max_size=8)
KEYS = st.sampled_from(["a", "b", "c-1", "7"]) | AWKWARD


def basic(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\u00e9": "\\u00E9", "\x85": "\\U00000085"}
    return '"' + "".join(escapes.get(character, character) for character in text) + '"'


def spellings(key: str) -> st.SearchStrategy[str]:
    """Return the ways to write a key."""
    literal = [f"'{key}'"] if not set(key) & set("'\n") else []
    bare = [key] if re.fullmatch("[A-Za-z0-9_-]+", key) else []
    return st.sampled_from([basic(key), *literal, *bare])


SCALARS = st.one_of(
    st.sampled_from(["0", "-1.5e3", "true", "inf", "1979-05-27", "1979-05-27 07:32:00", "07:32:00.5"]),
    AWKWARD.map(basic),
    AWKWARD.map(lambda text: "'" + re.sub(r"['\n]", "", text) + "'"),
    AWKWARD.map(lambda text: '"""' + text.replace("\\", "\\\\").replace('"""', '""\\"') + '"""'),
    AWKWARD.map(lambda text: '"""x\\\n\n ' + re.sub('\\\\|"{3,}', "", text) + '"""'),
    AWKWARD.map(lambda text: "'''" + re.sub("'{3,}", "''", text) + "'''"),
)
TABLES = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(KEYS, inner, max_size=3)
            | st.lists(st.dictionaries(KEYS, inner, max_size=2), max_size=3)
        ),
        max_leaves=12,
    ),
    max_size=4,
)


@st.composite
def documents(draw: Any) -> tuple[str, dict[Path, int]]:
    writer = Writer(draw)
    writer.section((), [], draw(TABLES))
    return writer.text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))), writer.lines


@given(documents())
@example(("", {}))
def test_every_path_of_any_document_has_its_line(document: tuple[str, dict[Path, int]]) -> None:
    text, written = document
    lines = key_lines(text)
    assert set(lines) == set(paths(tomllib.loads(text)))
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())
    assert lines == written
