"""Feedback as gRPC: converts, calls a use case, converts back."""

from services.feedback.api.sections import sections
from services.feedback.api.servicer import FeedbackApi
from services.feedback.api.suggestions import SignedSuggestions

__all__ = ["FeedbackApi", "SignedSuggestions", "sections"]
