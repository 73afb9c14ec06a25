"""Small wrong changes to a Python source, one at a time: what `studies.mutants` draws from.

Kinds of change: a comparison turned or moved by its edge, a number off by one or doubled, plus for minus, times for
divided by, and for or, a condition negated, yes for no, the largest for the smallest, a statement dropped. Existing
generators were weighed: mutmut 3 rewrites whole modules and cannot be asked for single changes, Cosmic Ray drops no
statement, swaps no `min`, and brings twenty packages; what is needed of either is this file.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
ARITHMETIC: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
}
OPPOSITES = {
    "min": "max",
    "max": "min",
    "minimum": "maximum",
    "maximum": "minimum",
    "argmin": "argmax",
    "argmax": "argmin",
    "any": "all",
    "all": "any",
    "sum": "max",
    "mean": "max",
    "zeros": "ones",
    "ones": "zeros",
}
UNTOUCHED = (ast.Import, ast.ImportFrom, ast.Assert, ast.Raise)


@dataclass(frozen=True)
class Change:
    """One change of a source text.

    Attributes
    ----------
    line : int
        Line on which it begins, from 1.
    first, last : int
        Characters of the text that are replaced.
    becomes : str
    """

    line: int
    first: int
    last: int
    becomes: str

    def applied(self, text: str) -> str:
        """The text with the change."""
        return text[: self.first] + self.becomes + text[self.last :]


def changes_of(text: str) -> list[Change]:
    """Every change that can be made to a source, in the order of the text."""
    return sorted(set(_Finder(text).found()), key=lambda change: (change.first, change.last, change.becomes))


class _Finder:
    def __init__(self, text: str):
        self.text = text
        self.starts = [0]
        for line in text.encode().splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.raw = text.encode()

    def found(self) -> Iterator[Change]:
        yield from self._walk(ast.parse(self.text))

    def _walk(self, node: ast.AST) -> Iterator[Change]:
        if isinstance(node, UNTOUCHED) or _is_docstring(node) or _is_only_for_types(node):
            return
        yield from self._of(node)
        for name, value in ast.iter_fields(node):
            # Annotations and decorators say what a thing is, not what it does.
            if name in ("annotation", "returns", "decorator_list", "type_params"):
                continue
            for child in value if isinstance(value, list) else [value]:
                # `zip` is strict only so that a mistake in other code is heard.
                if isinstance(child, ast.AST) and getattr(child, "arg", "") != "strict":
                    yield from self._walk(child)

    def _of(self, node: ast.AST) -> Iterator[Change]:
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            for other in COMPARISONS.get(type(node.ops[0]), ()):
                yield self._to(node, ast.Compare(node.left, [other()], node.comparators))
        elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC and not _is_text(node):
            yield self._to(node, ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right))
        elif isinstance(node, ast.BoolOp):
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield self._to(node, ast.BoolOp(other, node.values))
        elif isinstance(node, ast.Constant):
            yield from self._of_constant(node)
        elif isinstance(node, ast.If | ast.IfExp):
            yield self._to(node.test, ast.UnaryOp(ast.Not(), node.test))
        elif isinstance(node, ast.Call):
            yield from self._of_call(node)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield self._to(node, node.operand)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield self._to(node, ast.Call(ast.Name("bool"), [node.operand], []))
        yield from self._of_statement(node)

    def _of_constant(self, node: ast.Constant) -> Iterator[Change]:
        value = node.value
        if isinstance(value, bool):
            yield self._to(node, ast.Constant(not value))
        elif isinstance(value, int):
            yield self._to(node, ast.Constant(value + 1))
            if value > 0:
                yield self._to(node, ast.Constant(value - 1))
        elif isinstance(value, float):
            yield self._to(node, ast.Constant(2.0 * value if value else 1.0))

    def _of_call(self, node: ast.Call) -> Iterator[Change]:
        name = node.func
        if isinstance(name, ast.Name) and name.id in OPPOSITES:
            yield self._to(name, ast.Name(OPPOSITES[name.id]))
        elif isinstance(name, ast.Attribute) and name.attr in OPPOSITES:
            yield self._to(name, ast.Attribute(name.value, OPPOSITES[name.attr]))

    def _of_statement(self, node: ast.AST) -> Iterator[Change]:
        if isinstance(node, ast.AugAssign):
            if type(node.op) in ARITHMETIC:
                yield self._to(node, ast.AugAssign(node.target, ARITHMETIC[type(node.op)](), node.value))
            yield self._to(node, ast.Pass())
        elif isinstance(node, ast.Assign) and all(
            isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets
        ):
            yield self._to(node, ast.Pass())
        elif isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
            value = node.value
            silent = isinstance(value, ast.Yield | ast.YieldFrom)
            # A generator stays one.
            yield self._to(node, ast.Expr(ast.YieldFrom(ast.Tuple([], ast.Load()))) if silent else ast.Pass())

    def _to(self, node: ast.AST, other: ast.AST) -> Change:
        first, last = (
            len(self.raw[: self.starts[line - 1] + column].decode())
            for line, column in (
                (node.lineno, node.col_offset),  # type: ignore[attr-defined]
                (node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
            )
        )
        words = ast.unparse(ast.fix_missing_locations(other))
        if isinstance(other, ast.expr) and not isinstance(other, ast.Constant | ast.Name | ast.Attribute):
            words = f"({words})"
        return Change(node.lineno, first, last, words)  # type: ignore[attr-defined]


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_only_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def _is_text(node: ast.BinOp) -> bool:
    """Whether either side is text, which has no minus."""
    sides = (node.left, node.right)
    return any(isinstance(s, ast.JoinedStr) or isinstance(getattr(s, "value", 0), str) for s in sides)
