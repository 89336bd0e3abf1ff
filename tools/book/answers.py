"""The Answers: the book's last part, which shows every region of the solutions."""

import csource
import files
import handout
import markers
from errors import BookError

TITLE = "Answers"


def part_of(book):
    """(first line, last line) of the Answers; (0, 0) without them."""
    headings = [h for h in book.headings()]
    for index, heading in enumerate(headings):
        if heading.text == TITLE:
            after = [h.line for h in headings[index + 1 :] if h.depth <= heading.depth]
            return heading.line, (after[0] - 1 if after else len(book.lines))
    return 0, 0


def errors_of(manifest, book):
    """Solutions shown before the Answers, and regions that no listing shows."""
    first, last = part_of(book)
    shown = {}
    for directive in book.directives:
        if directive.kind != "listing" or not directive.words:
            continue
        path = directive.words[0]
        if not path.startswith("solutions/"):
            continue
        if not first <= directive.line <= last:
            yield book.error("a solution is shown outside the Answers", directive.line)
        shown.setdefault(path, set()).add((directive.words[1:] or [""])[0])
    for chapter in manifest.chapters:
        path = f"solutions/{chapter.file}"
        if (manifest.root / path).is_file():
            yield from _unshown(manifest.root, path, shown.get(path, set()))


def leak_errors(manifest):
    """Each place before the Answers at which the book gives a solution away."""
    if (manifest.root / "solutions").is_dir():
        text = handout.without_answers(files.read_bytes(manifest.root / "book.md", manifest.root))
        yield from handout.leak_errors(manifest, {"book.md": (text, False)})


def _unshown(root, path, names):
    """The regions of a file that none of the listings' names covers."""
    text = files.read_text(root / path, root)
    solution = markers.parse_file(root / path, root)
    functions = [item for item in csource.items(text) if names & item.names]
    numbers = {}
    for region in solution.regions:
        numbers[region.step] = numbers.get(region.step, 0) + 1
        wanted = {"", region.step, f"{region.step}:{numbers[region.step]}"}
        inside = any(
            item.line < region.line <= item.line + item.text.count("\n") for item in functions
        )
        if not inside and not names & wanted:
            yield BookError(f"region {region.step} is shown nowhere in the Answers",
                            path, region.line)  # fmt: skip
