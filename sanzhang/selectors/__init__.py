"""What pages, papers and other floors ask of the registry."""

from sanzhang.selectors.board import Waiting
from sanzhang.selectors.doubles import doubles_of, merges_into, namesakes_elsewhere
from sanzhang.selectors.people import life_of, seats_of_people
from sanzhang.selectors.seats import HeadSummary, in_office, summary_of_unit
from sanzhang.selectors.terms import BodyTerm, TermState, body_terms

__all__ = [
    "BodyTerm",
    "HeadSummary",
    "TermState",
    "Waiting",
    "body_terms",
    "doubles_of",
    "in_office",
    "life_of",
    "merges_into",
    "namesakes_elsewhere",
    "seats_of_people",
    "summary_of_unit",
]
