"""Mappers: each turns a mindscape and a situation into a persona's core and overlay."""

from services.persona.mappers.daily_work_optimizer import DailyWorkOptimizer
from services.persona.mappers.mapper import PersonaMapper

__all__ = ["DailyWorkOptimizer", "PersonaMapper"]
