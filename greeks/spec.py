"""Validated, frozen, JSON-serialisable specifications, and the numeric types they share.

One definition serves the Python API, the CSV reader, the JSON schema and what a remote worker receives.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import Sequence
from functools import cached_property, partial, wraps
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar, get_type_hints

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as _pydantic_dataclass
from typing_extensions import dataclass_transform

from greeks.checks.ranges import LAG, MULTIPLIER, PRICE, QUANTITY, VOLATILITY, YEARS, Range, truth
from greeks.checks.spoken import problems_of
from greeks.errors import SpecError, UsageError
from greeks.market.date_forms import iso_of

T = TypeVar("T")
_CONFIG = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def spec(cls: type) -> Any:
    """Make a frozen pydantic dataclass: unknown keywords and bad values raise :class:`~greeks.errors.SpecError`."""
    made: Any = _pydantic_dataclass(frozen=True, config=_CONFIG)(cls)
    validated = made.__init__

    @wraps(validated)
    def init(self: Any, *args: Any, **keywords: Any) -> None:
        try:
            validated(self, *args, **keywords)
        except ValidationError as error:
            raise _spoken(type(self), error) from None

    made.__init__ = init
    made.__signature__ = _signature(made)
    return made


def _signature(made: Any) -> inspect.Signature:
    """As help and editors show it: plain types, and what may stand for a field (expiry for maturity) last."""
    found = inspect.signature(made)
    hints = {name: getattr(hint, "type", hint) for name, hint in get_type_hints(made, include_extras=True).items()}
    plain = get_type_hints(type("", (), {"__annotations__": hints}))  # without what the validator needs
    own = {field.name for field in dataclasses.fields(made)}
    shown = [part.replace(annotation=plain.get(name, part.annotation)) for name, part in found.parameters.items()]
    return found.replace(parameters=sorted(shown, key=lambda part: part.name not in own))


def _spoken(cls: Any, error: ValidationError) -> SpecError:
    names = list(cls.__signature__.parameters)
    details = error.errors(include_url=False)
    return SpecError(cls.__name__, problems_of(details, names), details)


def _number(value: Any) -> Any:
    if truth(value):
        raise ValueError(f"{value} is no number")
    return value


def within(allowed: Range, value: float) -> float:
    """The value, or a ``ValueError`` that says the range."""
    if problem := allowed.problem(value):
        raise ValueError(problem)
    return value


def _volatility(value: float) -> float:
    if value > 4.0:
        two_digits = f"{value / 100:.2f}"
        remedy = two_digits if float(two_digits) == value / 100 else f"{value / 100:g}"
        raise ValueError(f"a volatility of {value:g} is {value:.0%}: write {remedy} for {value:g} %")
    return within(VOLATILITY, value)


def _rate(value: float) -> float:
    if abs(value) > 1.0:
        raise ValueError(f"a rate of {value:g} is {value:.0%} a year: write {value / 100:g} for {value:g} %")
    return value


def _maturity(value: float) -> float:
    if value > 100.0:
        if day := iso_of(f"{value:.0f}"):
            raise ValueError(f"{value:.0f} is the date {day}, and a maturity is in years: write it as expiry")
        raise ValueError(
            f"{value:g} years: a maturity is in years, not days; write {value / 365:.4g} for {value:g} days"
        )
    return within(YEARS, value)


def _plain(value: Any) -> Any:
    """An array or a series as a list."""
    return value.tolist() if hasattr(value, "tolist") else value


Number = Annotated[float, BeforeValidator(_number)]
Whole = Annotated[int, BeforeValidator(_number)]
Count = Annotated[Whole, Field(ge=1, le=100_000)]
CountOrNone = Annotated[Whole, Field(ge=0, le=100_000)]
Finite = Annotated[Number, Field(allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[Number, Field(ge=0, allow_inf_nan=False)]
Price = Annotated[Positive, AfterValidator(partial(within, PRICE))]
Quantity = Annotated[Finite, AfterValidator(partial(within, QUANTITY))]
Multiplier = Annotated[Positive, AfterValidator(partial(within, MULTIPLIER))]
Volatility = Annotated[NonNegative, AfterValidator(_volatility)]
Rate = Annotated[Finite, AfterValidator(_rate)]
Years = Annotated[Positive, AfterValidator(partial(within, YEARS))]
Lag = Annotated[NonNegative, AfterValidator(partial(within, LAG))]
Maturity = Annotated[NonNegative, AfterValidator(_maturity)]
if TYPE_CHECKING:  # what may be given; a tuple is kept
    Prices: TypeAlias = Sequence[float]
    Times: TypeAlias = Sequence[float]
else:
    Prices = Annotated[tuple[Price, ...], BeforeValidator(_plain)]
    Times = Annotated[tuple[Years, ...], BeforeValidator(_plain)]


def to_json(value: Any) -> dict[str, Any]:
    """A specification as JSON-ready data, with its type's registry name under ``kind``."""
    data = json.loads(TypeAdapter(type(value)).dump_json(value))
    return {"kind": value.kind, **data}


def from_json(data: dict[str, Any], registry: dict[str, Any]) -> Any:
    """The inverse of :func:`to_json`; ``registry`` maps a kind to its class.

    Raises
    ------
    UsageError
        If the kind is not in the registry, or a field is out of range.
    """
    fields = dict(data)
    kind = fields.pop("kind", None)
    if kind not in registry:
        raise UsageError(f"unknown kind {kind!r}: choose from {', '.join(registry)}")
    return registry[kind](**fields)


def altered(value: T, **fields: Any) -> T:
    """A copy with some fields set, not validated: a study may leave the range a user may ask for."""
    copy = object.__new__(type(value))
    kept = {name: part for name, part in value.__dict__.items() if not _derived(type(value), name)}
    copy.__dict__.update(kept | fields)
    return copy


def _derived(cls: type, name: str) -> bool:
    return isinstance(getattr(cls, name, None), cached_property)


def shifted(value: Any, field: str, step: float) -> Any:
    """A copy with one field moved by ``step``, not validated: a bump may leave the range a user may ask for."""
    return altered(value, **{field: getattr(value, field) + step})
