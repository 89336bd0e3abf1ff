"""Small changes of a text that leave it readable: whole lines come and go."""


def whole_lines(text, start, end):
    """The range with its indentation and line break, if nothing else is there."""
    before = text.rfind("\n", 0, start) + 1
    after = text.find("\n", end)
    if text[before:start].strip() == "" and text[end:after].strip() == "":
        return before, after + 1
    return start, end


def indentation(text, offset):
    """The white space before the first character of the offset's line."""
    line = text[text.rfind("\n", 0, offset) + 1 :]
    return line[: len(line) - len(line.lstrip(" "))]


def dropped(text, statement):
    """Without a statement; a branch or loop that has nothing else goes with it."""
    alone = statement
    while alone.parent is not None and alone.parent.kind != "block":
        if alone.parent.has_else or alone.parent.kind == "do":
            return [(alone.start, alone.end, ";")]
        alone = alone.parent
    return [(*whole_lines(text, alone.start, alone.end), "")]


def wrapped(text, statement, before, after):
    """Statements put before and behind one; braces where it was alone."""
    if statement.parent.kind == "block":
        return [
            *(inserted_before(text, statement, before) if before else []),
            *(inserted_behind(text, statement, after) if after else []),
        ]
    outer = indentation(text, statement.parent.start)
    inner = outer + "    "
    lines = [line for line in (before, text[statement.start : statement.end], after) if line]
    body = "".join(f"{inner}{line}\n" for line in lines)
    gap = len(text[: statement.start].rstrip())
    return [(gap, statement.end, f" {{\n{body}{outer}}}")]


def inserted_before(text, statement, line):
    start, _ = whole_lines(text, statement.start, statement.end)
    return [(start, start, f"{indentation(text, statement.start)}{line}\n")]


def inserted_behind(text, statement, line):
    _, end = whole_lines(text, statement.start, statement.end)
    return [(end, end, f"{indentation(text, statement.start)}{line}\n")]


def apply(text, edits):
    """The text with all edits made; two may not touch the same characters."""
    for start, end, new in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        text = text[:start] + new + text[end:]
    return text
