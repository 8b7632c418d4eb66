"""The language of rules and formulas: cells, arithmetic, comparison; no names but those of the form, no loops, no code.

A text is read once into a small tree (:func:`read`), checked against the form it belongs to (:func:`check`), and worked
out by one evaluator (:func:`evaluate`). Whatever is not known makes the whole unknown, and an unknown demand is quiet.
"""

from reporting.expressions.checking import Vocabulary, Word, check
from reporting.expressions.evaluating import Scene, Value, evaluate
from reporting.expressions.reading import MOST_CHARACTERS, ExpressionError, read
from reporting.expressions.saying import canonical, say
from reporting.expressions.spreadsheet import Ground, Operand, as_formula
from reporting.expressions.tree import Node, cells_of, is_linear, parts_of_ratio, registry_keys

__all__ = [
    "MOST_CHARACTERS",
    "ExpressionError",
    "Ground",
    "Node",
    "Operand",
    "Scene",
    "Value",
    "Vocabulary",
    "Word",
    "as_formula",
    "canonical",
    "cells_of",
    "check",
    "evaluate",
    "is_linear",
    "parts_of_ratio",
    "read",
    "registry_keys",
    "say",
]
