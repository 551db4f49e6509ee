"""The profiler as others meet it."""

from services.profiler.api.sections import sections
from services.profiler.api.servicer import ProfilerApi

__all__ = ["ProfilerApi", "sections"]
