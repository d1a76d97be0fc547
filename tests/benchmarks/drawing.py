"""How long drawing ranks takes against the bare numpy arithmetic, and against packages looped over weight vectors.

    python tests/benchmarks/drawing.py [DRAWS] [PAIRS]

1. 51 countries × 49 rules in a tree of four levels, a tenth of the cells unknown: `Scores.rank_range` against the same
   draws, weighted sums, rescaling for missing and ranks as one would write them by hand for this one tree; with the
   weights drawn alone, and with weights, claims and unknowns drawn. The promise is at most 2.
2. The same at ten times the draws: cost and memory against the draws.
3. 200 alternatives × 50 criteria in one dimension, weights alone, against WSM of pymcdm and saw_method of pyDecision
   called once a weight vector; what is not installed is left out. The promise is at least 20 times faster than the
   better one.

All in this process, in turn; the median of the pairwise ratios is the figure to quote.
"""

from __future__ import annotations

import contextlib
import importlib
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

from exposure.observations.countries import countries
from exposure.observations.reading import read_observations
from exposure.rulebook.loading import load_rulebook
from exposure.scoring.drawing import KINDS, UncertainInputs, drawn_scores
from exposure.scoring.ranking import RankRange, rank_range
from exposure.scoring.score import Scores, score

CODES = [
    "ALB",
    "AND",
    "ARM",
    "AUT",
    "AZE",
    "BEL",
    "BGR",
    "BIH",
    "BLR",
    "CHE",
    "CYP",
    "CZE",
    "DEU",
    "DNK",
    "ESP",
    "EST",
    "FIN",
    "FRA",
    "GBR",
    "GEO",
    "GRC",
    "HRV",
    "HUN",
    "IRL",
    "ISL",
    "ITA",
    "KAZ",
    "LIE",
    "LTU",
    "LUX",
    "LVA",
    "MCO",
    "MDA",
    "MKD",
    "MLT",
    "MNE",
    "NLD",
    "NOR",
    "POL",
    "PRT",
    "ROU",
    "RUS",
    "SMR",
    "SRB",
    "SVK",
    "SVN",
    "SWE",
    "TUR",
    "UKR",
    "VAT",
    "XKX",
]
SPREAD, WRONG = 0.25, 0.08


def tree_of(rules: int) -> tuple[str, list[list[int]], list[list[int]]]:
    """Rules of a tree of four levels, in sevens and threes: the file, and the children of either kind of node."""
    sevens = [list(range(at, min(at + 7, rules))) for at in range(0, rules, 7)]
    threes = [list(range(at, min(at + 3, len(sevens)))) for at in range(0, len(sevens), 3)]
    lines = ["[index]", 'title = "T"', 'edition = "1"', "[uncertainty]", f"spread = {SPREAD}"]
    lines += [f"wrong = {{ high = {WRONG}, medium = {WRONG}, low = {WRONG} }}"]
    for at, inside in enumerate(threes):
        lines += [f"[dimensions.t{at}]"]
        for seven in inside:
            lines += [f"[dimensions.s{seven}]", f'parent = "t{at}"']
            for rule in sevens[seven]:
                lines += [f"[rules.r{rule:02}]", f'dimension = "s{seven}"', 'kind = "number"', "goalposts = [0, 100]"]
    return "\n".join(lines), sevens, threes


def flat(rules: int) -> str:
    """Rules of one dimension."""
    lines = ["[index]", 'title = "T"', 'edition = "1"', "[dimensions.d]"]
    for rule in range(rules):
        lines += [f"[rules.r{rule:02}]", 'dimension = "d"', 'kind = "number"', "goalposts = [0, 100]"]
    return "\n".join(lines)


def scores_of(countries: list[str], rules: int, gaps: float, text: str) -> tuple[Scores, np.ndarray]:
    """Scores of random severities, some of them unknown, and the severities (rules, countries)."""
    generator = np.random.default_rng(1)
    # Never 0, by which pymcdm will not divide.
    severity = np.round(1 + generator.random((rules, len(countries))) * 99, 1)
    severity[generator.random(severity.shape) < gaps] = np.nan
    rows = ["country,indicator,value,as_of,source,confidence"]
    rows += [
        f"{country},r{rule:02},{severity[rule, at]},2020,,medium"
        for at, country in enumerate(countries)
        for rule in range(rules)
        if not np.isnan(severity[rule, at])
    ]
    rulebook = load_rulebook(text.encode())
    return score(read_observations("\n".join([*rows, ""]).encode(), rulebook), rulebook), severity


def by_hand(severity: np.ndarray, draws: int, everything: bool, block: int = 200) -> np.ndarray:
    """(countries, 2): the 5th and 95th percentile of the ranks, written for this tree alone.

    With everything drawn a claim is wrong as often as medium confidence says, and what is then or always unknown comes
    out of the urn of its dimension: the same model.
    """
    generator = np.random.default_rng(1)
    rules, countries = severity.shape
    _, sevens, threes = tree_of(rules)
    unknown = np.isnan(severity)
    filled, known = np.where(unknown, 0.0, severity), (~unknown).astype(float)
    dimension = np.repeat(np.arange(len(sevens)), [len(inside) for inside in sevens])
    found = np.empty((draws, countries), np.int16)
    for start in range(0, draws, block):
        count = min(block, draws - start)

        def weights(n: int, count: int = count) -> np.ndarray:
            return 1 - SPREAD + 2 * SPREAD * generator.random((count, n))

        middle, covered = [], []
        if everything:
            right = (generator.random((count, rules, countries)) >= WRONG) & ~unknown
            x = np.where(right, severity, 0.0)
            for inside in sevens:
                draw_unknown(x, right, inside, dimension, threes, generator)
        for inside in sevens:
            w = weights(len(inside))
            if everything:
                middle.append(np.einsum("dk,dkc->dc", w, x[:, inside]) / w.sum(1, keepdims=True))
                covered.append(np.ones((count, countries)))
            else:
                total = w @ known[inside]
                middle.append((w @ filled[inside]) / np.where(total > 0, total, 1))
                covered.append((total > 0).astype(float))
        top, seen = [], []
        for inside in threes:
            w = weights(len(inside))
            total = sum(w[:, [k]] * covered[at] for k, at in enumerate(inside))
            top.append(sum(w[:, [k]] * middle[at] * covered[at] for k, at in enumerate(inside)) / total)
            seen.append((total > 0).astype(float))
        w = weights(len(threes))
        total = sum(w[:, [k]] * seen[k] for k in range(len(threes)))
        index = np.round(sum(w[:, [k]] * top[k] * seen[k] for k in range(len(threes))) / total, 1)
        order = np.argsort(-index, axis=1)
        ordered = np.take_along_axis(index, order, 1)
        new = np.ones(ordered.shape, bool)
        new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
        best = np.maximum.accumulate(np.where(new, np.arange(1, countries + 1), 0), axis=1)
        np.put_along_axis(found[start : start + count], order, best.astype(np.int16), 1)
    found.sort(axis=0)
    return np.asarray([found[-(-draws * share // 100) - 1] for share in (5, 95)]).T


def draw_unknown(
    x: np.ndarray,
    right: np.ndarray,
    inside: list[int],
    dimension: np.ndarray,
    threes: list[list[int]],
    generator: np.random.Generator,
) -> None:
    """Fills the unknown cells of one dimension, (draws, rules, countries), from its urn: equal weights within it."""
    x_in, known = x[:, inside], right[:, inside].copy()
    # Where nothing of the seven is known the three dimensions around it are looked at, which is rare.
    for draw, country in np.argwhere(~known.any(axis=1)):
        around = next(np.isin(dimension, three) for three in threes if dimension[inside[0]] in three)
        pool = list(x[draw, around & right[draw, :, country], country])
        for k in range(len(inside)):
            pick = generator.random() * (len(pool) + 1)
            x_in[draw, k, country] = pick * 100 if pick < 1 else pool[int(pick - 1)]
            pool.append(x_in[draw, k, country])
        known[draw, :, country] = True
    for k in range(len(inside)):
        draws, countries = np.nonzero(~known[:, k])
        pool = known[draws, :, countries]
        size = pool.sum(axis=1)
        pick = generator.random(len(draws)) * (size + 1)
        nth = np.argmax(np.cumsum(pool, axis=1) > (pick - 1)[:, None], axis=1)
        x_in[draws, k, countries] = np.where(pick < 1, pick * 100, x_in[draws, nth, countries])
        # What was drawn joins the pool with a weight of one, as a known one has.
        known[draws, k, countries] = True
    x[:, inside] = x_in


def ranges_of(scores: Scores, inputs: UncertainInputs, draws: int) -> RankRange:
    """The ranges over so many draws, as `Scores.rank_range` makes them of all that is in doubt."""
    return rank_range(drawn_scores(inputs, draws, 1), scores.score, scores.rank, {}, 1)


def paired(mine: Callable[[], object], other: Callable[[], object], pairs: int) -> tuple[float, float, float]:
    """Median seconds of each, and the median of their ratios."""
    times = []
    for _ in range(pairs):
        both = []
        for run in (mine, other):
            start = time.perf_counter()
            run()
            both.append(time.perf_counter() - start)
        times.append(both)
    medians = [statistics.median(column) for column in zip(*times, strict=True)]
    return medians[0], medians[1], statistics.median(a / b for a, b in times)


def peak(run: Callable[[], object]) -> float:
    """Most memory in use at once, in MB, as numpy reports it to tracemalloc."""
    tracemalloc.start()
    run()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def packages(severity: np.ndarray, draws: int) -> dict[str, Callable[[], object]]:
    """What loops each package over the weight vectors."""
    matrix, calls = severity.T, {}
    vectors = np.random.default_rng(1).random((draws, len(severity)))
    vectors /= vectors.sum(1, keepdims=True)
    types = np.ones(len(severity))
    with contextlib.suppress(ImportError):
        method = importlib.import_module("pymcdm.methods").WSM()
        calls["pymcdm"] = lambda: [method.rank(method(matrix, weights, types)) for weights in vectors]
    with contextlib.suppress(ImportError):
        saw = importlib.import_module("pyDecision.algorithm").saw_method
        most = ["max"] * len(severity)
        calls["pyDecision"] = lambda: [np.argsort(-saw(matrix, most, w, False, False)[:, 1]) for w in vectors]
    return calls


def say(text: str) -> None:
    """A line of the result."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print the ratios."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    scores, severity = scores_of(CODES, 49, 0.1, tree_of(49)[0])
    for name, vary in (("weights alone", ("weights",)), ("everything", KINDS)):
        inputs, everything = scores.uncertain_inputs(vary), len(vary) > 1

        def mine(many: int = draws, inputs: object = inputs) -> object:
            return ranges_of(scores, inputs, many)  # type: ignore[arg-type]

        ours, bare, ratio = paired(mine, lambda e=everything: by_hand(severity, draws, e), pairs)
        say(f"{name}, 51 × 49 × {draws:,}: {ours:.3f} s, by hand {bare:.3f} s, ratio {ratio:.2f} ({pairs} pairs)")
        *_, growth = paired(lambda m=mine: m(10 * draws), mine, 3)
        memory = peak(mine), peak(lambda m=mine: m(10 * draws))
        say(f"  ten times the draws: {growth:.1f} × the time; {memory[0]:.0f} MB, then {memory[1]:.0f} MB")
    scores, severity = scores_of(list(countries())[:200], 50, 0.0, flat(50))
    inputs = scores.uncertain_inputs(("weights",))
    for name, loop in packages(severity, draws).items():
        ours, other, ratio = paired(lambda: ranges_of(scores, inputs, draws), loop, 3)
        say(f"200 × 50 × {draws:,}, weights alone: {ours:.3f} s, {name} {other:.2f} s, {1 / ratio:.0f} times faster")


if __name__ == "__main__":
    main()
