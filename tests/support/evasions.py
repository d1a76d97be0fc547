"""Changes that try to get round the gate, and honest ones that must pass it: each a way to spoil a small repository.

They are run by the command in test_evasions.py, and by the shell steps of the action in test_shipping.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

RULES = """\
[index]
title = "Gate"
edition = "1"
min_coverage = 0.5
[bands]
low = 0
high = 50
[dimensions.d]
[rules.debt]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.loans]
dimension = "d"
kind = "number"
goalposts = [0, 100]
weight = 0.1
[rules.vendor]
dimension = "d"
kind = "category"
severity = { Huawei = 100, ZTE = 80, Nokia = 0, Ericsson = 0 }
weight = 0.1
[sources.a]
title = "A"
year = 2024
[sources.b]
title = "B"
year = 2025
[checks]
max_score_move = 5
max_rank_move = 0
max_band_move = 0
[[targets]]
id = "no-zte"
require = { vendor = ["Huawei", "Nokia", "Ericsson"] }
level = "error"
"""
CLAIMS = """\
country,indicator,value,as_of,source,confidence,note
ALB,debt,10,2023,a,high,
ALB,loans,5,2023,a,high,
ALB,vendor,Nokia,2023,a,high,
MNE,debt,45,2023,a,high,
MNE,loans,40,2023,a,medium,
MNE,loans,10,2023,b,low,
MNE,vendor,Huawei;Nokia,2023,a,high,
SRB,debt,60,2023,a,high,
SRB,debt,20,2020,,low,old
SRB,loans,70,2023,a,high,
SRB,loans,72,2023,b,high,
SRB,vendor,Huawei,2023,a,high,
SRB,vendor,Nokia,2023,b,medium,
"""
HEADER, *ROWS = CLAIMS.splitlines(keepends=True)
BARE = {"HEAD": b"ref: refs/heads/main\n", "objects/x": b"", "refs/x": b""}


@dataclass
class Repo:
    """A repository with RULES and CLAIMS on main, on a branch of which the change is made."""

    folder: Path
    git: Callable[..., str]
    options: tuple[str, ...] = ()
    """Of `check`, beside the base."""
    base: str = "main"
    where: str = "."
    """The folder that the command is run in."""

    def write(self, **files: str | bytes) -> None:
        """Files by their path, with __ for / and _dot_ for a dot."""
        for name, text in files.items():
            path = self.folder / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def edit(self, old: str, new: str, file: str = "indicators.csv") -> None:
        """Replaces text that stands there."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new), encoding="utf-8")

    def commit(self, message: str = "change") -> None:
        """Commits all that there is."""
        self.git(self.folder, "add", "-A")
        self.git(self.folder, "commit", "-q", "--allow-empty", "-m", message)


class Case(NamedTuple):
    """A change, and what becomes of it."""

    how: Callable[[Repo], None]
    code: int
    """The exit code."""
    said: str
    """What the output must say: the code of an error that is new, or words of it."""


def lines(*edits: tuple[str, str]) -> Callable[[Repo], None]:
    """A change of these lines of the claims."""

    def change(repo: Repo) -> None:
        for old, new in edits:
            repo.edit(old, new)

    return change


def rules(*edits: tuple[str, str]) -> Callable[[Repo], None]:
    """A change of these lines of the rules."""

    def change(repo: Repo) -> None:
        for old, new in edits:
            repo.edit(old, new, "rules.toml")

    return change


def more_rules(text: str) -> Callable[[Repo], None]:
    """A change that adds to the end of the rules."""

    def change(repo: Repo) -> None:
        path = repo.folder / "rules.toml"
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    return change


def both(*changes: Callable[[Repo], None]) -> Callable[[Repo], None]:
    """One change after the other."""

    def change(repo: Repo) -> None:
        for each in changes:
            each(repo)

    return change


def after(claim: str) -> tuple[str, str]:
    """The edit that adds a claim at the end of the file."""
    last = "SRB,vendor,Nokia,2023,b,medium,\n"
    return last, f"{last}{claim}\n"


EVIL = ("SRB,debt,60,2023,a,high,", "SRB,debt,20,2023,a,high,")


@contextmanager
def on_main(repo: Repo, message: str) -> Iterator[None]:
    """What is done meanwhile is what the change begins with."""
    repo.git(repo.folder, "checkout", "-q", "main")
    yield
    repo.commit(message)
    repo.git(repo.folder, "checkout", "-q", "-B", "change")


def planted(**more: bytes) -> Callable[[Repo], None]:
    def change(repo: Repo) -> None:
        lines(EVIL)(repo)
        for name, data in {**BARE, **more}.items():
            path = repo.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    return change


def planted_below(repo: Repo) -> None:
    """What makes a folder a repository, beside rules that lie in a folder."""
    with on_main(repo, "main has a folder"):
        (repo.folder / "data").mkdir()
        for name in ("indicators.csv", "rules.toml"):
            repo.git(repo.folder, "mv", name, f"data/{name}")
    repo.edit(*EVIL, "data/indicators.csv")
    for name, data in {**BARE, "config": b"[core]\nrepositoryformatversion = 0\nworktree = ..\n"}.items():
        path = repo.folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    repo.options = ("-i", "data/indicators.csv")


def linked(repo: Repo) -> None:
    planted_below(repo)
    (repo.folder / "data").rename(repo.folder / "other")
    (repo.folder / "data").symlink_to("other")


def linked_file(repo: Repo) -> None:
    lines(EVIL)(repo)
    (repo.folder / "indicators.csv").rename(repo.folder / "mine.csv")
    (repo.folder / "indicators.csv").symlink_to("mine.csv")


def submodule(repo: Repo) -> None:
    planted_below(repo)
    other = repo.folder.parent / "other"
    repo.git(repo.folder.parent, "clone", "-q", str(repo.folder), str(other))
    (other / "data" / "indicators.csv").rename(other / "indicators.csv")
    (other / "data" / "rules.toml").rename(other / "rules.toml")
    repo.git(other, "add", "-A")
    repo.git(other, "commit", "-qm", "mine")
    repo.git(repo.folder, "reset", "-q", "--hard", "main")
    repo.git(repo.folder, "clean", "-qfdx")
    repo.git(repo.folder, "rm", "-qr", "data")
    repo.git(repo.folder, "submodule", "--quiet", "add", str(other), "data")


def called_as_the_base(repo: Repo) -> None:
    repo.git(repo.folder, "update-ref", "refs/remotes/origin/main", "main")
    lines(EVIL)(repo)
    repo.commit()
    repo.git(repo.folder, "branch", "origin/main")
    repo.base = "origin/main"


def tag_as_the_base(repo: Repo) -> None:
    lines(EVIL)(repo)
    repo.commit()
    repo.git(repo.folder, "tag", "main")


def file_as_the_base(repo: Repo) -> None:
    lines(EVIL)(repo)
    (repo.folder / "main").write_bytes((repo.folder / "indicators.csv").read_bytes())


def moved(edit: bool = True) -> Callable[[Repo], None]:
    def change(repo: Repo) -> None:
        (repo.folder / "data").mkdir()
        for name in ("indicators.csv", "rules.toml"):
            repo.git(repo.folder, "mv", name, f"data/{name}")
        if edit:
            repo.edit(*EVIL, "data/indicators.csv")
            repo.edit("max_score_move = 5", "max_score_move = 50", "data/rules.toml")
        repo.options = ("-i", "data/indicators.csv")

    return change


def moved_beyond_recognition(repo: Repo) -> None:
    repo.git(repo.folder, "rm", "-q", "indicators.csv")
    text = HEADER + "".join(line.replace(",2023,a,high,", ",2022,a,low,another note of many words") for line in ROWS)
    repo.write(data__indicators_dot_csv=text)
    repo.options = ("-i", "data/indicators.csv", "-r", "rules.toml")


def said_to_be_the_first(repo: Repo) -> None:
    moved_beyond_recognition(repo)
    repo.options += ("--first",)


def rules_that_go_first(repo: Repo) -> None:
    """rules.toml is found before exposure/rules.toml."""
    with on_main(repo, "rules in a folder"):
        (repo.folder / "exposure").mkdir()
        repo.git(repo.folder, "mv", "rules.toml", "exposure/rules.toml")
    repo.write(rules_dot_toml=RULES.replace("weight = 0.1", "weight = 9").replace("max_score_move = 5", ""))


def merged_main(repo: Repo) -> None:
    """The first parent of a merge commit is not what main is."""
    lines(EVIL)(repo)
    repo.commit()
    repo.git(repo.folder, "checkout", "-q", "main")
    repo.write(other_dot_txt="others' work")
    repo.commit("main goes on")
    repo.git(repo.folder, "checkout", "-q", "change")
    repo.git(repo.folder, "merge", "-q", "--no-edit", "main")


def others_merged(repo: Repo) -> None:
    repo.edit("SRB,debt,20,2020,,low,old", "SRB,debt,20,2020,,low,an old figure")
    repo.commit()
    repo.git(repo.folder, "checkout", "-q", "main")
    repo.edit(*after("SRB,debt,90,2024,b,high,"))
    repo.commit("main goes on")
    repo.git(repo.folder, "checkout", "-q", "change")


def renamed_on_both_sides(repo: Repo) -> None:
    repo.git(repo.folder, "mv", "indicators.csv", "mine.csv")
    repo.commit()
    repo.git(repo.folder, "checkout", "-q", "main")
    repo.git(repo.folder, "mv", "indicators.csv", "theirs.csv")
    repo.commit("renamed here too")
    repo.git(repo.folder, "checkout", "-q", "change")
    repo.options = ("-i", "mine.csv")


def unrelated(repo: Repo) -> None:
    repo.git(repo.folder, "checkout", "-q", "--orphan", "another")
    lines(EVIL)(repo)
    repo.commit("all anew")


def shallow(repo: Repo) -> None:
    lines(EVIL)(repo)
    repo.commit()
    source = repo.folder.rename(repo.folder.parent / "source")
    repo.git(repo.folder.parent, "clone", "-q", "--depth=1", "-b", "change", f"file://{source}", str(repo.folder))


def criss_cross(repo: Repo) -> None:
    """Each side has merged an older commit of the other: there is no one commit in which they parted."""
    lines(EVIL)(repo)
    repo.commit()
    repo.git(repo.folder, "checkout", "-q", "main")
    repo.write(other_dot_txt="others' work")
    repo.commit("main goes on")
    repo.git(repo.folder, "checkout", "-q", "change")
    repo.git(repo.folder, "merge", "-q", "--no-edit", "main")
    repo.git(repo.folder, "checkout", "-q", "main")
    repo.git(repo.folder, "merge", "-q", "--no-edit", "change~1")
    repo.git(repo.folder, "checkout", "-q", "change")


def no_repository(repo: Repo) -> None:
    (repo.folder / ".git").rename(repo.folder / "not.git")


def bare(repo: Repo) -> None:
    source = repo.folder.rename(repo.folder.parent / "source")
    repo.git(repo.folder.parent, "clone", "-q", "--bare", str(source), str(repo.folder))
    for name in ("indicators.csv", "rules.toml"):
        (repo.folder / name).write_bytes((source / name).read_bytes())


def worktree(repo: Repo) -> None:
    repo.git(repo.folder, "checkout", "-q", "main")
    repo.git(repo.folder, "worktree", "add", "-q", str(repo.folder / "below" / "tree"), "change")
    repo.edit(*EVIL, "below/tree/indicators.csv")
    repo.where = "below/tree"


def detached(repo: Repo) -> None:
    lines(EVIL)(repo)
    repo.commit()
    repo.git(repo.folder, "checkout", "-q", "--detach")


def before_the_format(repo: Repo) -> None:
    """The base is of another file format."""
    with on_main(repo, "as it was"):
        repo.write(indicators_dot_csv="state;what;figure\nSRB;debt;60\n")
    repo.write(indicators_dot_csv=CLAIMS)


def broken_base_rules(repo: Repo) -> None:
    with on_main(repo, "broken"):
        repo.edit('kind = "number"', 'kind = "numbre"', "rules.toml")
    repo.write(rules_dot_toml=RULES)


def over_parts(repo: Repo) -> None:
    with on_main(repo, "a part of a country"):
        more_rules('[entities.BA-SRP]\nname = "RS"\npart_of = "BIH"\nshare = 1.0\n')(repo)
        repo.edit(*after("BA-SRP,loans,40,2023,a,high,\nBA-SRP,debt,40,2023,a,high,"))
    repo.edit("BA-SRP,loans,40", "BIH,loans,30,2023,a,low,\nBA-SRP,loans,40")


def younger(repo: Repo) -> None:
    """main has nothing but a claim that is less sure."""
    with on_main(repo, "less sure"):
        repo.edit("ALB,debt,10,2023,a,high,", "ALB,debt,10,2023,a,low,")


def base_of(data: bytes) -> Callable[[Repo], None]:
    def change(repo: Repo) -> None:
        (repo.folder / "base.txt").write_bytes(data)
        repo.base = "base.txt"

    return change


def wide(repo: Repo) -> None:
    """The same claims in the wide shape lose what only a long file says."""
    repo.write(
        indicators_dot_csv="country,debt,loans,vendor\nALB,10,5,Nokia\nMNE,45,40,Huawei;Nokia\nSRB,60,70,Huawei\n"
    )


WAIVER = '[[waivers]]\ncode = "{}"\nreason = "trust me"\n'
WAIVE_ALL = "".join(
    map(WAIVER.format, ("score-moved", "source-unchanged", "band-changed", "rank-moved", "gate-changed"))
)

EVASIONS: dict[str, Case] = {
    # what git is asked
    "a repository beside the data": Case(planted(), 1, "source-unchanged"),
    "one whose files lie above": Case(planted(config=b"[core]\nworktree = ..\n"), 1, "source-unchanged"),
    "one in the folder of the data": Case(planted_below, 1, "source-unchanged"),
    "a link for the folder": Case(linked, 2, "a symbolic link, which a change can lead elsewhere"),
    "a link for the file": Case(linked_file, 2, "a symbolic link, which a change can lead elsewhere"),
    "a submodule for the folder": Case(submodule, 2, "in the submodule data"),
    "a branch called as the base": Case(called_as_the_base, 2, "is the name of more than one branch or tag"),
    "a tag called as the base": Case(tag_as_the_base, 2, "is the name of more than one branch or tag"),
    "a file called as the base": Case(file_as_the_base, 2, "main: both a file and a revision"),
    "main merged into the edit": Case(merged_main, 1, "source-unchanged"),
    "an unrelated history": Case(unrelated, 2, "their histories are unrelated"),
    "a worktree below the repository": Case(worktree, 1, "source-unchanged"),
    "a detached head": Case(detached, 1, "source-unchanged"),
    # where the files lie
    "both files moved and edited": Case(moved(), 1, "source-unchanged"),
    "both files moved, the limit loosened": Case(moved(), 1, "score-moved"),
    "moved and rewritten": Case(moved_beyond_recognition, 1, "base-missing"),
    "said to be the first": Case(said_to_be_the_first, 2, "had such a file; leave --first out"),
    "rules that are found before those of the base": Case(rules_that_go_first, 1, "score-moved"),
    "a base that is no table": Case(both(base_of(b"# Read me\n"), lines(EVIL)), 1, "base-missing"),
    "a base of nothing": Case(both(base_of(b""), lines(EVIL)), 1, "base-missing"),
    "a base without claims": Case(both(base_of(b"country,indicator,value\n"), lines(EVIL)), 1, "holds no claim"),
    "a base in another format": Case(before_the_format, 1, "base-missing"),
    "a base whose rules are broken": Case(broken_base_rules, 1, "base-missing"),
    # claims that come
    "a claim without a source": Case(lines(after("SRB,debt,60,2022,,high,")), 1, "unsourced"),
    "two, worded like an old one": Case(
        lines(after("SRB,debt,20,2019,,low,old\nSRB,debt,20,2018,,low,old")), 1, "unsourced"
    ),
    "a source taken away": Case(lines(("SRB,loans,72,2023,b,", "SRB,loans,72,2023,,")), 1, "unsourced"),
    "of the year 9999": Case(lines(after("ALB,loans,5,9999-12-31,b,high,")), 1, "dated-after-source"),
    "of 2206 for 2026": Case(lines(("ALB,debt,10,2023", "ALB,debt,10,2206")), 1, "dated-after-source"),
    "the year of the source forged too": Case(
        both(lines(after("ALB,loans,5,2206,b,high,")), rules(("year = 2025", "year = 2206"))), 1, "dated-after-source"
    ),
    "newer, and less sure": Case(lines(after("ALB,debt,9,2025,b,low,")), 1, "weaker-newer"),
    "newer, less sure, and anywhere below": Case(lines(after("SRB,debt,<=60,2024,b,low,")), 1, "weaker-newer"),
    "a code of another list": Case(
        both(rules(('edition = "1"', 'edition = "1"\ncountries = ["ALB", "MNE", "SRB"]')),
             lines(after("AUS,debt,5,2023,a,high,"))), 1, "new-country",
    ),
    "minus 999": Case(lines(after("ALB,loans,-999,2024,b,high,")), 0, "beyond-goalposts"),
    # claims that go, or give way
    "the inconvenient claim deleted": Case(lines(("SRB,loans,70,2023,a,high,\n", "")), 1, "claim-removed"),
    "the only one of its cell deleted": Case(lines(("ALB,loans,5,2023,a,high,\n", "")), 1, "became-unknown"),
    "a claim blanked": Case(lines(("ALB,loans,5,2023", "ALB,loans,,2023")), 1, "became-unknown"),
    "a claim withdrawn": Case(lines(after("ALB,loans,withdrawn,2024,b,high,not so")), 1, "became-unknown"),
    "a severe cell that does not apply": Case(
        lines(after("SRB,vendor,not-applicable,2024,b,high,x")), 1, "became-unknown"
    ),
    "a list that is not all known": Case(lines(after("MNE,vendor,Nokia;?,2024,b,high,x")), 1, "became-unknown"),
    "replaced by one without a source": Case(
        lines(("SRB,vendor,Huawei,2023,a,high,", "SRB,vendor,Huawei,2023,,high,")), 1, "unsourced"
    ),
    "held less sure, so that another counts": Case(
        lines(("MNE,loans,40,2023,a,medium,", "MNE,loans,40,2023,a,low,"),
              ("MNE,loans,10,2023,b,low,", "MNE,loans,10,2023,b,high,")), 1, "value-switched",
    ),
    "dated back, so that another counts": Case(
        lines(("MNE,loans,40,2023,a,medium,", "MNE,loans,40,2020,a,medium,")), 1, "value-switched"
    ),
    "the sources in another order": Case(
        rules(('[sources.a]\ntitle = "A"\nyear = 2024\n[sources.b]\ntitle = "B"\nyear = 2025\n',
               '[sources.b]\ntitle = "B"\nyear = 2025\n[sources.a]\ntitle = "A"\nyear = 2024\n')), 1, "value-switched",
    ),
    "a whole country deleted": Case(
        lines(("ALB,debt,10,2023,a,high,\nALB,loans,5,2023,a,high,\nALB,vendor,Nokia,2023,a,high,\n", "")),
        1, "country-removed",
    ),
    "all claims deleted": Case(lambda repo: repo.write(indicators_dot_csv=HEADER), 1, "no-claims"),
    "the shape that has no sources": Case(wide, 1, "unsourced"),
    "too old by a new limit": Case(
        both(rules(('edition = "1"', 'edition = "2"\nmax_age = "6m"')), lines(after("ALB,debt,10,2024,b,high,"))),
        1, "became-unknown",
    ),
    # what judges
    "it waives itself": Case(both(lines(EVIL), more_rules(WAIVE_ALL)), 1, "score-moved"),
    "it says that it may waive itself": Case(
        both(lines(EVIL), rules(("[checks]", "[checks]\nself_waive = true")), more_rules(WAIVE_ALL)), 1, "score-moved"
    ),
    "it turns the findings off": Case(
        both(lines(EVIL), more_rules('[checks.levels]\nscore-moved = "off"\nsource-unchanged = "off"\n')),
        1, "score-moved",
    ),
    "it takes the limits away": Case(
        both(lines(EVIL), rules(("max_score_move = 5\nmax_rank_move = 0\nmax_band_move = 0\n", ""))), 1, "score-moved"
    ),
    "it takes a target away and misses it": Case(
        both(lines(after("ALB,vendor,ZTE,2024,b,high,")),
             lambda repo: repo.write(rules_dot_toml=RULES.partition("[[targets]]")[0])), 1, "no-zte",
    ),
    "it softens a target and misses it": Case(
        both(lines(after("ALB,vendor,ZTE,2024,b,high,")), rules(('"Ericsson"] }', '"Ericsson", "ZTE"] }'))), 1, "no-zte"
    ),
    "a weight, and no new edition": Case(rules(("weight = 0.1", "weight = 0.11")), 1, "edition-unchanged"),
    "a severity, and no new edition": Case(rules(("ZTE = 80", "ZTE = 10")), 1, "edition-unchanged"),
    "a pledge called practice, and no new edition": Case(
        rules(("[rules.vendor]\n", '[rules.vendor]\nlayer = "practice"\n')), 1, "edition-unchanged"
    ),
    "less doubt, and no new edition": Case(more_rules("[uncertainty]\nspread = 0\n"), 1, "edition-unchanged"),
    "a weak claim over what the parts of a country say": Case(over_parts, 1, "weaker-newer"),
    "a rule renamed with an edit": Case(
        both(rules(("[rules.loans]", "[rules.lent]")),
             lines((",loans,", ",lent,"), ("SRB,lent,70,", "SRB,lent,7,"))), 1, "claim-removed",
    ),
}  # fmt: skip
"""What must be stopped."""

HONEST: dict[str, Case] = {
    "nothing": Case(lines(), 0, "Nothing differs"),
    "a note": Case(lines(("2020,,low,old", "2020,,low,an old figure")), 0, "No country's score moves"),
    "a newer claim, as sure": Case(lines(after("ALB,debt,12,2024,b,high,")), 0, "Albania +1.6"),
    "others' work on main": Case(others_merged, 0, "No country's score moves"),
    "files moved and not edited": Case(moved(edit=False), 0, "Nothing differs"),
    "a file renamed on both sides": Case(renamed_on_both_sides, 0, "Nothing differs"),
    "a rule renamed": Case(
        both(rules(("[rules.loans]", "[rules.lent]")), lines((",loans,", ",lent,"))), 0, "renamed"
    ),
    "a source renamed": Case(
        both(rules(("[sources.b]", "[sources.b-2025]")), lines((",b,", ",b-2025,"))), 0, "renamed"
    ),
    "a dimension renamed": Case(
        rules(("[dimensions.d]", "[dimensions.e]"), ('dimension = "d"', 'dimension = "e"')), 0, "renamed"
    ),
    "a figure in other digits": Case(lines(("ALB,debt,10,", "ALB,debt,10.000000000000002,")), 0, "Nothing differs"),
    "an old finding stays": Case(lines(after("ALB,loans,5,2024,b,high,")), 0, "stood before"),
    "a source found": Case(lines(("SRB,debt,20,2020,,low,old", "SRB,debt,20,2020,a,low,old")), 0, "re-sourced"),
    "a claim that says the same of another date": Case(
        lines(("ALB,debt,10,2023,a", "ALB,debt,10,2024,a")), 0, "re-dated"
    ),
    "a waiver of its own": Case(more_rules(WAIVER.format("stale")), 0, "proposed-waiver"),
    "an older claim that is surer": Case(both(younger, lines(after("ALB,debt,9,2022,a,high,"))), 0, "weaker-newer"),
    "another title for a source": Case(rules(('title = "A"', 'title = "A, revised"')), 0, "re-sourced"),
    "the rows in another order": Case(
        lambda repo: repo.write(indicators_dot_csv="".join([HEADER, *reversed(ROWS)])), 0, "Nothing differs"
    ),
}  # fmt: skip
"""What must pass."""

CANNOT_RUN: dict[str, Case] = {
    "each side merged into the other": Case(criss_cross, 2, "more than one commit in which they parted"),
    "a shallow clone": Case(shallow, 2, "fetch-depth: 0"),
    "no repository": Case(no_repository, 2, "is in no git work tree; name a file"),
    "a bare repository": Case(bare, 2, "is in no git work tree; name a file"),
}
"""What has no base to look up."""
