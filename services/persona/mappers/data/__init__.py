"""Mappers as data: YAML documents whose rules are written in CEL."""

from services.persona.mappers.data.compiling import Compiler, InvalidDocument
from services.persona.mappers.data.mapper import DataMapper
from services.persona.mappers.data.problem import Place, Problem

__all__ = ["Compiler", "DataMapper", "InvalidDocument", "Place", "Problem"]
