"""The market models by name: a new model is one file and one line here."""

from __future__ import annotations

from typing import Any

from greeks.models.gbm import GBM
from greeks.models.heston import Heston

MODELS: dict[str, Any] = {model.kind: model for model in (GBM, Heston)}
