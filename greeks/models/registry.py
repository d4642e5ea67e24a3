"""The market models by name: a new model is one file and one line here."""

from __future__ import annotations

from greeks.models.base import Model
from greeks.models.black76 import Black76
from greeks.models.gbm import GBM
from greeks.models.heston import Heston

MODELS: dict[str, type[Model]] = {model.kind: model for model in (GBM, Black76, Heston)}
