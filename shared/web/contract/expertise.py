"""The field types of bodies for what experts work on, and what is asked of them."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from shared.kernel.expertise import BOUNDARIES, ECOSYSTEMS, FIELDS_OF_SCIENCE

ListOfFields: TypeAlias = Annotated[list[Literal[FIELDS_OF_SCIENCE]], Field(max_length=42)]  # type: ignore[valid-type]
ListOfBoundaries: TypeAlias = Annotated[list[Literal[BOUNDARIES]], Field(max_length=9)]  # type: ignore[valid-type]
ListOfEcosystems: TypeAlias = Annotated[list[Literal[ECOSYSTEMS]], Field(max_length=17)]  # type: ignore[valid-type]
