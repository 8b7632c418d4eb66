"""What is typed about people, seats, steps, terms and occupations: types and required fields only."""

from sanzhang.forms.candidacy import AppointForm, StepForm, WithdrawForm
from sanzhang.forms.occupation import OccupationForm
from sanzhang.forms.person import PersonEditForm, PersonForm
from sanzhang.forms.problems import show_problems
from sanzhang.forms.seat import EndSeatForm, FileForm, NewSeatForm, RegisterForm, VoidForm
from sanzhang.forms.term import RenewTermForm, TermForm

__all__ = [
    "AppointForm",
    "EndSeatForm",
    "FileForm",
    "NewSeatForm",
    "OccupationForm",
    "PersonEditForm",
    "PersonForm",
    "RegisterForm",
    "RenewTermForm",
    "StepForm",
    "TermForm",
    "VoidForm",
    "WithdrawForm",
    "show_problems",
]
