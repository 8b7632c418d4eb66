"""What is typed about people, seats, steps, terms and occupations: types and required fields only."""

from sanzhang.forms.candidacy import AppointForm, OpinionForm, OpinionsForm, StepForm, WithdrawForm
from sanzhang.forms.meeting import CancelMeetingForm, ElectForm, FileManyForm, MeetingForm
from sanzhang.forms.occupation import OccupationForm
from sanzhang.forms.person import PersonEditForm, PersonForm
from sanzhang.forms.procedure import AuthorityForms, PolicyForm, ProcedureForm, StepRuleForms
from sanzhang.forms.renewal import RenewalForm
from sanzhang.forms.seat import EndSeatForm, FileForm, NewSeatForm, RegisterForm, VoidForm
from sanzhang.forms.term import CorrectTermForm, QuotaForm, TermForm

__all__ = [
    "AppointForm",
    "AuthorityForms",
    "CancelMeetingForm",
    "CorrectTermForm",
    "ElectForm",
    "EndSeatForm",
    "FileForm",
    "FileManyForm",
    "MeetingForm",
    "NewSeatForm",
    "OccupationForm",
    "OpinionForm",
    "OpinionsForm",
    "PersonEditForm",
    "PersonForm",
    "PolicyForm",
    "ProcedureForm",
    "QuotaForm",
    "RegisterForm",
    "RenewalForm",
    "StepForm",
    "StepRuleForms",
    "TermForm",
    "VoidForm",
    "WithdrawForm",
]
