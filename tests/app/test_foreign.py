"""What somebody else wrote is never markup: the function that shows it, every place that shows text, and the page."""

import ast
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import corridor_app
from corridor_app.words.foreign import LONGEST_LINE, MOST_CHARACTERS, MOST_LINES, nearest, plain, shortened

APP = Path(corridor_app.__file__).parent
HOSTILE = (
    "![x](http://evil.example/a.png)",
    "[Log in](http://evil.example)",
    "http://evil.example/ www.evil.example me@evil.example",
    ":material/warning: :smile: :red[paid] $x^2$ `code` **bold** <b>big</b> &lt; -> # head\n- item\n1. one\n\n    code",
    "](http://evil.example) ] :blue-badge[x]",
)
MARKDOWN = MarkdownIt("commonmark")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_foreign_text_is_one_paragraph_of_text(text):
    for before, after in (("", ""), (":small[:gray[", "]]"), ("- ", ""), ("**", "**")):
        tokens = MARKDOWN.parse(f"{before}{plain(text, 1_000)}{after}")
        inline = [each for token in tokens for each in token.children or ()]
        assert {each.type for each in inline} <= {"text", "text_special", "strong_open", "strong_close"}


@given(st.text(max_size=400) | st.text(alphabet="![](){}<>:/.$`*_~^#-+=|&;@ \n\\\u2060wh", max_size=60))
def test_no_mark_of_a_foreign_text_stands_alone(text):
    shown = plain(text)
    assert "\n" not in shown
    marks = [
        at for at, each in enumerate(shown) if each.isascii() and each.isprintable() and not each.isalnum()
    ]
    free = [at for at in marks if shown[at] not in " \\" and shown[at - 2 : at] != "\u2060\\"]
    assert free == []
    assert len(shown.replace("\u2060\\", "")) <= MOST_CHARACTERS


def test_what_is_shown_of_a_foreign_text_is_bounded():
    assert len(plain("x" * 10**6)) == MOST_CHARACTERS
    lines = shortened("\n".join(["y" * 10**5] * 10**3)).split("\n")
    assert len(lines) == MOST_LINES + 1
    assert max(map(len, lines)) == LONGEST_LINE


def test_the_nearest_name_is_found_whatever_the_case():
    assert nearest("strat", ["start", "show"]) == "start"
    assert nearest("VENEZULA", ["Venezuela", "Cuba"]) == "Venezuela"
    assert nearest("zzz", ["start"]) == ""


# --- every place that shows a text as markup ----------------------------------------------------------------------

TEXTS = {
    "badge", "button", "caption", "checkbox", "date_input", "divider", "download_button", "error", "expander",
    "exception", "file_uploader", "form_submit_button", "header", "html", "info", "link_button", "markdown", "metric",
    "multiselect", "number_input", "open_page", "page_link", "pills", "popover", "progress", "radio",
    "segmented_control", "select_slider", "selectbox", "slider", "small", "spinner", "status", "subheader",
    "success", "tabs", "table", "text_area", "text_input", "time_input", "title", "toast", "toggle", "warning", "write",
}  # fmt: skip
"""Calls whose first argument, or one of `ARGUMENTS`, Streamlit takes for Markdown or HTML."""
ARGUMENTS = ("help", "label", "body", "placeholder", "delta", "text")
GIVEN_BACK = {"format", "join", "strip"}


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def sinks(file: Path) -> list[ast.expr]:
    """The texts that a module shows as markup."""
    found = []
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in TEXTS:
                found += node.args[:1] + [each.value for each in node.keywords if each.arg in ARGUMENTS]
            found += [each.value for each in node.keywords if each.arg == "format_func"]
    return found


def leaves(node: ast.AST) -> set[str]:
    """What a text is put together from, besides constants, texts of the catalogue, and what `plain` returns."""
    match node:
        case ast.Constant():
            return set()
        case ast.Call(func=ast.Name(id="plain")):
            return set()
        case ast.Call(func=ast.Name(id="_" | "N_"), args=[argument]):
            return leaves(argument)
        case ast.Call(func=ast.Attribute(value=text, attr=attr), args=args, keywords=keywords) if (
            attr in GIVEN_BACK
        ):
            return set().union(leaves(text), *map(leaves, args), *(leaves(each.value) for each in keywords))
        case ast.JoinedStr(values=values):
            return set().union(*map(leaves, values))
        case ast.FormattedValue(value=value) | ast.Lambda(body=value):
            return leaves(value)
        case ast.BinOp(left=one, right=other) | ast.IfExp(body=one, orelse=other):
            return leaves(one) | leaves(other)
        case ast.BoolOp(values=values):
            return set().union(*map(leaves, values))
        case ast.GeneratorExp(elt=each) | ast.ListComp(elt=each):
            return leaves(each)
        case _:
            return {ast.unparse(node)}


@cache
def assigned(file: Path) -> dict[str, list[ast.expr]]:
    """What names of a module stand for, where an assignment says it."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def shown(file: Path) -> set[str]:
    """What a module's texts are put together from, through the names that it gives to parts of them."""
    open_, done = set().union(*map(leaves, sinks(file)), set()), set()
    while open_ - done:
        name = (open_ - done).pop()
        done.add(name)
        for value in assigned(file).get(name, ()):
            open_ |= leaves(value)
    return {name for name in done if name not in assigned(file)}


OWN = Path(__file__).with_name("own_words.txt")


def test_every_text_of_the_page_is_our_own_or_shown_as_plain_text():
    """A new line of `own_words.txt` says that somebody looked: the text is of this project, not of a visitor."""
    found = {f"{file.relative_to(APP)}: {each}" for file in APP.rglob("*.py") for each in shown(file)}
    listed = OWN.read_text(encoding="utf-8").splitlines()
    assert sorted(found) == listed


def test_no_error_reaches_the_page_in_its_own_words():
    for file in APP.rglob("*.py"):
        caught = {
            each.name for each in ast.walk(tree(file)) if isinstance(each, ast.ExceptHandler) and each.name
        }
        repeated = {each for each in shown(file) if names(each) & caught}
        assert all(each.endswith(".said(_)") for each in repeated), file


def names(expression: str) -> set[str]:
    return {each.id for each in ast.walk(ast.parse(expression)) if isinstance(each, ast.Name)}


def test_the_test_of_texts_sees_what_it_is_for(tmp_path):
    file = tmp_path / "page.py"
    file.write_text(
        "try:\n    run()\nexcept ValueError as error:\n    why = f'{error}'\n"
        "    st.warning(_('No: {why}').format(why=why))\n"
        "st.info(_('Yes: {why}').format(why=plain(error)))\n"
    )
    assert shown(file) == {"error"}


def test_the_entry_holds_no_bare_text_which_streamlit_would_draw():
    entry = ast.parse((Path(corridor_app.__file__).parent / "entry" / "main.py").read_text(encoding="utf-8"))
    bare = [
        node for node in entry.body[1:] if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    assert not bare, [node.lineno for node in bare]
