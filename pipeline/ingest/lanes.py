"""`LANES` float32 numbers as one value of compiled code: LLVM keeps it in as few vector registers as the processor has.

Written out as loops over arrays, the same arithmetic is loaded and stored at each step and reaches less than half the
speed. Positions in arrays are counted in C order; arrays must be contiguous.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

LANES = 32
FLOAT_BYTES = 4
MAY_FUSE = ("contract",)
VECTOR = ir.VectorType(ir.FloatType(), LANES)
FIRST = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)


class Lanes(types.Type):
    """The type that numba knows."""


lanes = Lanes(f"Lanes({LANES})")


@register_model(Lanes)
class LanesModel(models.PrimitiveModel):
    """How it is kept."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, VECTOR)  # type: ignore[no-untyped-call]


def _address(context: Any, builder: Any, kind: Any, array: Any, position: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [position]), VECTOR.as_pointer())


def _load(_context: Any, array: Any, position: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_address(context, builder, signature.args[0], *arguments), align=FLOAT_BYTES)

    return lanes(array, types.intp), generate


def _store(_context: Any, array: Any, position: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        *place, value = arguments
        builder.store(value, _address(context, builder, signature.args[0], *place), align=FLOAT_BYTES)
        return context.get_dummy_value()

    return types.void(array, types.intp, lanes), generate


def _add_scaled(_context: Any, total: Any, value: Any, factor: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        total, value, factor = arguments
        room = ir.Constant(VECTOR, ir.Undefined)
        factors = builder.shuffle_vector(
            builder.insert_element(room, factor, ir.Constant(ir.IntType(32), 0)), room, FIRST
        )
        return builder.fadd(total, builder.fmul(value, factors, flags=MAY_FUSE), flags=MAY_FUSE)

    return lanes(lanes, lanes, types.float32), generate


def _add_positive(_context: Any, total: Any, value: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        total, value = arguments
        zeros = ir.Constant(VECTOR, None)
        return builder.fadd(total, builder.select(builder.fcmp_ordered(">", value, zeros), value, zeros))

    return lanes(lanes, lanes), generate


def _dot(_context: Any, one: Any, other: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.FloatType(), [ir.FloatType(), VECTOR])
        name = f"llvm.vector.reduce.fadd.v{LANES}f32"
        add_up = cgutils.get_or_insert_function(builder.module, kind, name)  # type: ignore[no-untyped-call]
        start = ir.Constant(ir.FloatType(), 0.0)
        return builder.call(add_up, [start, builder.fmul(*arguments)], fastmath=("reassoc",))

    return types.float32(lanes, lanes), generate


load: Any = intrinsic(_load)
"""The lanes that stand in a float32 array from a position on."""
store: Any = intrinsic(_store)
"""Write lanes into a float32 array from a position on."""
add_scaled: Any = intrinsic(_add_scaled)
"""total + value * factor, `factor` one number."""
add_positive: Any = intrinsic(_add_positive)
"""total + max(value, 0)."""
dot: Any = intrinsic(_dot)
"""The sum of one * other over the lanes, a float32."""
