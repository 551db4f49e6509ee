"""Mappers: each turns a mindscape and a situation into a persona's core and overlay."""

from services.persona.mappers.daily_work_optimizer import DailyWorkOptimizer
from services.persona.mappers.data import Compiler, DataMapper, InvalidDocument, Problem
from services.persona.mappers.mapper import PersonaMapper
from services.persona.mappers.shipped import shipped

__all__ = [
    "Compiler",
    "DailyWorkOptimizer",
    "DataMapper",
    "InvalidDocument",
    "PersonaMapper",
    "Problem",
    "shipped",
]
