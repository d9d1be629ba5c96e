"""The frame of both web apps: who is asking, whether they may, through which door, and how a
refusal is answered. A page module needs only these names."""

from design.frame.answers import answer_file, block, page, redirect_to, toast
from design.frame.application import make_app
from design.frame.audience import Audience, Reader
from design.frame.forms import Form
from design.frame.permits import (
    ACROSS,
    FIRM,
    HALF_SIGNED_IN,
    HOUSE,
    NEW_CLIENT,
    NOTHING,
    permitted,
)
from design.frame.signing_in import sign_in, sign_out

__all__ = [
    "ACROSS",
    "FIRM",
    "HALF_SIGNED_IN",
    "HOUSE",
    "NEW_CLIENT",
    "NOTHING",
    "Audience",
    "Form",
    "Reader",
    "answer_file",
    "block",
    "make_app",
    "page",
    "permitted",
    "redirect_to",
    "sign_in",
    "sign_out",
    "toast",
]
