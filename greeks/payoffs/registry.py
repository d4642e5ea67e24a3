"""The payoffs by product name: a new payoff is one file and one line here."""

from __future__ import annotations

from typing import Any

from greeks.payoffs.asian import Asian
from greeks.payoffs.digital import Digital
from greeks.payoffs.european import European

PAYOFFS: dict[str, Any] = {payoff.kind: payoff for payoff in (European, Digital, Asian)}
