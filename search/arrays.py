"""NumPy and PyArrow, imported when they are first used.

A web process needs them from its first search on. Until then it saves 42 MB and 0.15 s: docs/decisions/0027.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[Any]
    Vector = npt.NDArray[np.float32]

__all__ = ["Array", "Vector", "np", "pa", "pc"]


class LateModule:
    """Stands for a module, and imports it for the first of its attributes that is used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        value = getattr(import_module(self._name), name)
        setattr(self, name, value)
        return value


pa: Any = LateModule("pyarrow")
pc: Any = LateModule("pyarrow.compute")
if not TYPE_CHECKING:
    np = LateModule("numpy")
    Array = Vector = Any
