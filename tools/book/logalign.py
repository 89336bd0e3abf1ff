"""Two lists of lines side by side: which match, which are wrong or missing."""

from dataclasses import dataclass, field


@dataclass
class Alignment:
    """What the best alignment found."""

    pairs: list = field(default_factory=list)  # (index expected, index found)
    wrong: list = field(default_factory=list)  # indices found
    missing: list = field(default_factory=list)  # (index found after, text)

    def breach(self, make):
        """The alignment as a broken rule, or None if all lines match."""
        if not self.wrong and not self.missing:
            return None
        parts = []
        if self.wrong:
            parts.append(f"{len(self.wrong)} wrong")
        if self.missing:
            parts.append(f"{len(self.missing)} missing")
        notes = {index: "" for index in self.wrong}
        return make(", ".join(parts), notes, self.missing)


def align(expected, found, passed=None):
    """Align with as few wrong and missing lines as possible.

    None in `expected` stands for any lines. The line found at index `passed` is
    left out of the comparison.
    """
    kept = [index for index in range(len(found)) if index != passed]
    cost = _costs(expected, [found[index] for index in kept])
    result = Alignment()
    row, column = 0, 0
    while row < len(expected) or column < len(kept):
        step = _step(expected, found, kept, cost, row, column)
        if step == "match":
            result.pairs.append((row, kept[column]))
        elif step == "missing":
            after = kept[column] if column < len(kept) else len(found)
            result.missing.append((after, expected[row]))
        elif step == "wrong":
            result.wrong.append(kept[column])
        row += step in ("match", "missing", "end of any")
        column += step in ("match", "wrong", "any")
    return result


def _step(expected, found, kept, cost, row, column):
    """The next step on a cheapest way from (row, column) to the end."""
    here = cost[row][column]
    line = found[kept[column]] if column < len(kept) else None
    if row < len(expected) and expected[row] is None:
        return "end of any" if cost[row + 1][column] == here else "any"
    if row < len(expected) and line is not None and expected[row] == line:
        return "match"
    if line is not None and cost[row][column + 1] + 1 == here:
        return "wrong"
    return "missing"


def _costs(expected, found):
    """cost[i][j]: how many are wrong or missing from expected[i], found[j] on."""
    rows, columns = len(expected), len(found)
    cost = [[0] * (columns + 1) for _ in range(rows + 1)]
    for j in range(columns - 1, -1, -1):
        cost[rows][j] = columns - j
    for i in range(rows - 1, -1, -1):
        for j in range(columns, -1, -1):
            cost[i][j] = _cost(cost, expected[i], found, i, j)
    return cost


def _cost(cost, wanted, found, i, j):
    at_end = j == len(found)
    if wanted is None:
        return cost[i + 1][j] if at_end else min(cost[i + 1][j], cost[i][j + 1])
    if at_end:
        return cost[i + 1][j] + 1
    if wanted == found[j]:
        return cost[i + 1][j + 1]
    return 1 + min(cost[i + 1][j], cost[i][j + 1])
