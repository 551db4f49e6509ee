"""What feedback does: take a verdict, sum verdicts up, tell the weights, put them back."""

from services.feedback.usecases.judging import Desk, Verdict, submit
from services.feedback.usecases.newcomers import Newcomers
from services.feedback.usecases.ports import Feedbacks, Populations, Stand, Suggestions, Turn
from services.feedback.usecases.weighing import Weights, analyse, forget_changes, reset, weigh

__all__ = [
    "Desk",
    "Feedbacks",
    "Newcomers",
    "Populations",
    "Stand",
    "Suggestions",
    "Turn",
    "Verdict",
    "Weights",
    "analyse",
    "forget_changes",
    "reset",
    "submit",
    "weigh",
]
