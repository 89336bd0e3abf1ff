"""make docs: whole, silent about solutions, and every fault at its place."""

import shutil
import subprocess
import sys
import unittest

import here
from here import DECLARED, HEADER, TEXT

import needs


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


@needs.tool("doxygen")
class Site(here.Site):
    def test_a_page_for_each_chapter(self):
        site = self.site()
        page = (site / "book-adding.html").read_text()
        self.assertRegex(page, r'<h1 class="title">Adding ?</h1>')
        self.assertIn('<a id="adder.1"></a>', page)
        self.assertIn('href="book-adding.html#adder.2"', page)
        self.assertIn("adder_8h.html#", page)  # the function leads to its declaration
        self.assertIn('aria-label="A box, and an arrow to another."', page)
        self.assertIn("<h2", (site / "exercises.html").read_text())
        self.assertRegex(self.said, r"\d+ pages, \d+ links")

    def test_a_students_edition_has_no_answers(self):
        told = "".join(path.read_text() for path in self.site().rglob("*.html"))
        self.assertNotIn("Answers", told)
        self.assertNotIn("report_sum", told)

    def test_an_instructors_edition_has_all(self):
        self.put("tests/mutants/adder/subtracts.patch",
                 "Fault: It subtracts.\nVerdict: wrong\nTest: adder/adds\nInterleaving: no\n"
                 "Book: adding It subtracts.\n\n")  # fmt: skip
        site = self.site("instructor")
        self.assertIn("report_sum", (site / "book-answers-adder.html").read_text())
        self.assertIn("report_sum", (site / "solution-adder.html").read_text())
        self.assertNotIn("//&gt;", (site / "solution-adder.html").read_text())
        self.assertIn("It subtracts.", (site / "mistakes.html").read_text())
        self.assertIn("adds", (site / "marking.html").read_text())

    def test_nothing_comes_from_elsewhere(self):
        for path in self.site().rglob("*.html"):
            self.assertNotRegex(path.read_text(), r'(src|<link[^>]*href)="https?:')

    def test_it_is_replaced_whole(self):
        site = self.site()
        self.put(HEADER, DECLARED.replace(" * @param b the second\n", ""))
        self.tool("site.py", status=1)
        self.assertIn("the second", (site / "adder_8h.html").read_text())

    def test_a_parameter_that_is_not_documented(self):
        self.put(HEADER, DECLARED.replace(" * @param b the second\n", ""))
        self.refused(f"{HEADER}:9", "parameter of adder_add.* is not documented.*'b'")

    def test_a_parameter_that_is_gone(self):
        self.put(HEADER, DECLARED.replace("@param b", "@param c"))
        self.refused(rf"{HEADER}:\d+", "'c'.* is not found")

    def test_a_result_that_is_not_documented(self):
        self.put(HEADER, DECLARED.replace(" * @return their sum\n", ""))
        self.refused(rf"{HEADER}:\d+", "return type of member adder_add is not documented")

    def test_a_function_that_is_not_documented(self):
        self.put(HEADER, DECLARED + "int adder_twice(int a);\n")
        self.refused(f"{HEADER}:14", "adder_twice.* is not documented")

    def test_words_that_doxygen_takes_for_a_command(self):
        self.put("book.md", TEXT.replace("It doubles.", r"It doubles \nothing."))
        self.refused(f"book.md:{line_of(TEXT, 'It doubles')}", "unknown command")

    def test_lines_of_a_solution(self):
        leak = "```c\nint sum = a;\nsum = sum + b;\nreport_sum(sum);\n```\n"
        self.put("book.md", TEXT.replace("## Answers", f"{leak}\n## Answers", 1))
        self.refused(r"build/docs/student.new/book-adding.html:\d+", "gives adder.1 away")

    def test_a_page_that_would_fetch_something(self):
        header = "tools/docs/theme/header.html"
        script = '<script src="https://example.org/a.js"></script>\n</head>'
        self.put(header, self.read(header).replace("</head>", script))
        self.refused(r"build/docs/student.new/index.html:\d+", "would fetch.*example.org")

    def test_a_link_that_leads_nowhere(self):
        footer = "tools/docs/theme/footer.html"
        self.put(footer, '<a href="gone.html">gone</a>' + self.read(footer))
        self.refused(r"build/docs/student.new/index.html:\d+", "leads nowhere: gone.html")

    def test_an_image_without_a_text_alternative(self):
        footer = "tools/docs/theme/footer.html"
        self.put(footer, '<img src="doxygen.css"/>' + self.read(footer))
        self.refused(r"build/docs/student.new/index.html:\d+", "without a text alternative")

    def test_a_picture_that_is_gone(self):
        (self.root / "tools/docs/pictures/d.svg").unlink()
        self.refused("tools/docs/pictures/d.svg", "cannot be read")

    def test_an_edition_that_there_is_not(self):
        error = self.tool("site.py", "--edition", "teacher", status=2)
        self.assertEqual(error, "no edition is called 'teacher'; there are: student instructor\n")

    def test_a_handout_has_a_students_edition_only(self):
        shutil.rmtree(self.root / "solutions")
        self.site()
        self.assertIn("a handout has none",
                      self.tool("site.py", "--edition", "instructor", status=1))  # fmt: skip


@needs.tool("pandoc", "weasyprint")
class Book(here.Site):
    def test_pdf_and_epub(self):
        self.tool("printed.py")
        book = self.root / "build/book/concurrency-patterns-student"
        self.assertEqual(book.with_suffix(".pdf").read_bytes()[:5], b"%PDF-")
        self.assertEqual(book.with_suffix(".epub").read_bytes()[:2], b"PK")

    def test_a_warning_is_an_error(self):
        self.put("tools/docs/print.css", self.read("tools/docs/print.css") + "p { colour: red }\n")
        self.assertIn("book.md: weasyprint: ", self.tool("printed.py", status=1))

    def test_a_book_without_a_title(self):
        self.put("book.md", "Adding\n")
        self.assertIn("book.md:1: must begin with its title", self.tool("printed.py", status=1))


@needs.tool("doxygen")
class TheRealOne(unittest.TestCase):
    def site(self, edition):
        command = [sys.executable, "tools/book/site.py", "--edition", edition]
        done = subprocess.run(command, cwd=here.ROOT, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_student(self):
        self.site("student")

    @needs.solutions()
    def test_instructor(self):
        self.site("instructor")


if __name__ == "__main__":
    unittest.main()
