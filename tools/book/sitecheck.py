"""What a site must be: whole in itself, and silent about solutions if it is a
student's. And what Doxygen's pages lack for people who do not see them."""

import html
import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import unquote

import errors
import files
import leaks
import markers
from errors import BookError

# What Doxygen writes, and what it should have written.
LACKING = (
    ("</div><!-- top -->", '</div><!-- top -->\n<main id="main">'),
    ('<footer id="colophon">', '</main>\n<footer id="colophon">'),
    ('<input type="text" id="MSearchField"', '<input type="text" id="MSearchField" aria-label="Search"'),
    ('<a id="MSearchClose"', '<a id="MSearchClose" aria-label="Close the search"'),
    ("<iframe src=", '<iframe title="What the search has found" src='),
    # What can be scrolled can be reached by keyboard.
    ('<div class="fragment">', '<div class="fragment" tabindex="0">'),
    ('<pre class="fragment">', '<pre class="fragment" tabindex="0">'),
    ('<div class="memproto">', '<div class="memproto" tabindex="0">'),
)
_PATH = re.compile(r'<div id="nav-path".*?</div>\n?', re.S)  # of folders, which nobody needs
_TABLE = re.compile(r'<table class="markdownTable">.*?</table>', re.S)


class _Page(HTMLParser):
    """Ids and references of one page, with their lines."""

    def __init__(self, text):
        super().__init__()
        self.ids = set()
        self.links = []  # (line, target)
        self.loads = []  # (line, what the page fetches)
        self.bare_images = []  # lines
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        line = self.getpos()[0]
        named = dict(attrs)
        self.ids.update(filter(None, (named.get("id"), named.get("name"))))
        if tag == "a" and "href" in named:
            self.links.append((line, named["href"]))
        if tag in ("img", "script", "iframe") and named.get("src"):
            if not named["src"].startswith("javascript:"):
                self.loads.append((line, named["src"]))
        if tag == "link" or tag == "object":
            self.loads.append((line, named.get("href") or named.get("data") or ""))
        if tag == "img" and "alt" not in named:
            self.bare_images.append(line)


def check(folder, manifest, edition):
    """Raise what is wrong with a site; else what was looked at, in words."""
    pages = {
        path.name: _Page(files.read_text(path)) for path in sorted(folder.glob("*.html"))
    }
    counts = Counter(pages=len(pages))
    wrong = []
    for name in pages:
        wrong += _page_errors(folder, name, pages, counts, manifest.root)
    if edition == "student" and (manifest.root / "solutions").is_dir():
        wrong += leak_errors(folder, manifest)
    errors.raise_all(wrong)
    return ", ".join(f"{number} {what}" for what, number in counts.items())


def _page_errors(folder, name, pages, counts, root):
    shown = files.shown(folder / name, root)
    for line, target in pages[name].links:
        if re.match(r"https://", target):
            counts["addresses outside"] += 1
            continue
        counts["links"] += 1
        if not _leads_somewhere(folder, name, target, pages):
            yield BookError(f"a link leads nowhere: {target}", shown, line)
    for line, target in pages[name].loads:
        counts["files fetched"] += 1
        if re.match(r"[a-z]+:|//", target) or not (folder / target.split("?")[0]).is_file():
            yield BookError(f"the page would fetch what is not there: {target}", shown, line)
    for line in pages[name].bare_images:
        yield BookError("an image without a text alternative", shown, line)


def _leads_somewhere(folder, name, target, pages):
    if target.startswith("javascript:"):
        return True
    path, _, anchor = target.partition("#")
    path = unquote(path) or name
    if path in pages:
        return not anchor or unquote(anchor) in pages[path].ids
    return (folder / path).is_file()


def leak_errors(folder, manifest):
    """Each place at which a student's site shows lines of a solution."""
    watch = leaks.Watch(
        [markers.parse_file(manifest.root / "solutions" / chapter.file, manifest.root)
         for chapter in manifest.chapters]
    )  # fmt: skip
    for path in sorted([*folder.glob("*.html"), *folder.glob("search/*.js")]):
        lines = list(_text_lines(files.read_text(path)))
        for leak in watch.leaks("\n".join(text for _, text in lines).encode()):
            yield BookError(
                f"gives {leak.step} away: the lines of {leak.source}:{leak.source_line}",
                files.shown(path, manifest.root), lines[leak.line - 1][0],
            )  # fmt: skip


def _text_lines(page):
    """(line of the page, text) as a reader sees them: a block begins a new line."""
    for number, line in enumerate(page.split("\n"), 1):
        for part in re.split(r"<(?:div|pre|p|br|li|td)\b", line):
            yield number, html.unescape(re.sub(r"<[^>]*>|^[^<>]*>", "", part))


def adapt(folder):
    """Put right what keeps people who use a screen reader or a keyboard out."""
    for path in sorted(folder.glob("*.html")):
        text = _PATH.sub("", files.read_text(path))
        path.write_text(_adapted(text), encoding="utf-8")
    for path in sorted(set(folder.glob("*.html")) - _reached(folder)):
        path.unlink()  # an index that nothing leads to


def _reached(folder):
    """Pages that the first page leads to, or the search does."""
    found = re.findall(r"\.\./(\w+\.html)", "".join(
        files.read_text(path) for path in folder.glob("search/*.js")))  # fmt: skip
    ahead, reached = {folder / "index.html", *(folder / name for name in found)}, set()
    while ahead:
        path = ahead.pop()
        reached.add(path)
        links = (target.partition("#")[0] for _, target in _Page(files.read_text(path)).links)
        ahead |= {folder / name for name in links if name.endswith(".html")} - reached
        ahead = {path for path in ahead if path.is_file()}
    return reached


def _adapted(text):
    # Doxygen's page title is a division, and a text's sections are of rank 1 then.
    if '<div class="title">' in text:
        if "<h1" in text:
            for rank in range(5, 0, -1):
                text = re.sub(rf"(</?h){rank}\b", rf"\g<1>{rank + 1}", text)
        text = re.sub(r'<div class="title">(.*?)</div>', r'<h1 class="title">\1</h1>', text, count=1)
    for found, better in LACKING:
        text = text.replace(found, better)
    return _TABLE.sub(r'<div class="wide" tabindex="0">\g<0></div>', text)
