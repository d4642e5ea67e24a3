"""Barrier and touch options in mpmath, written another way: the table A to F of Haug (2007, section 4.17) for one
barrier, eigenfunctions alone for two. Slow, of any precision, and independent of the package."""

from __future__ import annotations

import mpmath as mp

PARAMETERS = ("spot", "rate", "dividend_yield", "volatility", "maturity")


def _pairs(x, strike, level, eta, phi):
    """(asset, cash) legs of A, B, C, D; a vanilla is phi (asset - strike cash)."""
    s0, r, q, sigma, t = (x[name] for name in PARAMETERS)
    s, mu = sigma * mp.sqrt(t), (r - q) / sigma**2 - mp.mpf(1) / 2
    grow, bond, ratio = s0 * mp.exp(-q * t), mp.exp(-r * t), level / s0

    def legs(z, sign, mirrored):
        a = grow * (ratio ** (2 * (mu + 1)) if mirrored else 1) * mp.ncdf(sign * z)
        return mp.matrix([a, bond * (ratio ** (2 * mu) if mirrored else 1) * mp.ncdf(sign * (z - s))])

    edge = (1 + mu) * s
    return (
        legs(mp.log(s0 / strike) / s + edge, phi, False),
        legs(mp.log(s0 / level) / s + edge, phi, False),
        legs(mp.log(level**2 / (s0 * strike)) / s + edge, eta, True),
        legs(mp.log(level / s0) / s + edge, eta, True),
    )


def single(x, option_type, payout, strike, up, knock, level, rebate, rebate_at):
    """A single barrier, by Haug's table; cash pays 1."""
    eta, phi = (-1 if up else 1), (1 if option_type == "call" else -1)
    a, b, c, d = _pairs(x, strike, level, eta, phi)
    above = strike > level
    # a call beyond an upper barrier, or a put beyond a lower one, has no value before the touch
    if (eta, phi) in ((1, 1), (-1, -1)):
        near = above if phi == 1 else not above
        inside = c if near else a - b + d
    else:
        inside = (a if above else b - c + d) if phi == 1 else (b - c + d if above else a)
    claim = inside if knock == "in" else a - inside
    value = {"vanilla": phi * (claim[0] - strike * claim[1]), "asset": claim[0], "cash": claim[1]}[payout]
    if not rebate:
        return value
    if knock == "out" and rebate_at == "hit":
        return value + rebate * at_hit(x, level)
    cash = touch_at_expiry(x, level, up)[1]
    return value + rebate * (cash if knock == "out" else mp.exp(-x["rate"] * x["maturity"]) - cash)


def touch_at_expiry(x, level, up):
    """(asset, cash) paid at maturity if the level was touched."""
    eta = -1 if up else 1
    _, b, _, d = _pairs(x, level, level, eta, -eta)
    return b + d


def at_hit(x, level):
    """1 of cash paid when the level is touched; Haug's F."""
    s0, r, q, sigma, t = (x[name] for name in PARAMETERS)
    eta = -1 if level > s0 else 1
    s, mu = sigma * mp.sqrt(t), (r - q) / sigma**2 - mp.mpf(1) / 2
    root = mp.sqrt(mu**2 + 2 * r / sigma**2)  # complex at negative rates
    z = mp.log(level / s0) / s + root * s
    ratio = level / s0

    def ncdf(u):
        return mp.erfc(-u / mp.sqrt(2)) / 2

    return mp.re(ratio ** (mu + root) * ncdf(eta * z) + ratio ** (mu - root) * ncdf(eta * (z - 2 * root * s)))


def _waves(width, variance):
    """All frequencies that are felt at the working precision."""
    last = width / mp.pi * mp.sqrt(2 * mp.log(10) * (mp.mp.dps + 5) / variance)
    return (k * mp.pi / width for k in range(1, int(last) + 2))


def survival(x, low, high, lower, upper):
    """(asset, cash) paid at maturity if the spot stayed in the corridor and ends between two levels in it."""
    s0, r, q, sigma, t = (x[name] for name in PARAMETERS)
    width, place, slope = mp.log(mp.mpf(high) / low), mp.log(s0 / low), (r - q) / sigma**2 - mp.mpf(1) / 2
    out = []
    for beta in (slope + 1, slope):

        def primitive(y, w, beta=beta):
            return mp.exp(beta * (y - place)) * (beta * mp.sin(w * y) - w * mp.cos(w * y)) / (beta**2 + w**2)

        total = mp.mpf(0)
        for w in _waves(width, sigma**2 * t):
            factor = mp.exp(-(w**2 + slope**2) * sigma**2 * t / 2)
            ends = primitive(mp.log(mp.mpf(upper) / low), w) - primitive(mp.log(mp.mpf(lower) / low), w)
            total += 2 / width * mp.sin(w * place) * factor * ends
        out.append(total * mp.exp(-r * t))
    return mp.matrix([s0 * out[0], out[1]])


def double_at_hit(x, low, high):
    """1 of cash paid when the lower level is left by, and the same for the upper one."""
    s0, r, q, sigma, t = (x[name] for name in PARAMETERS)
    width, drift = mp.log(mp.mpf(high) / low), r - q - sigma**2 / 2
    root = mp.sqrt(drift**2 + 2 * r * sigma**2) / sigma**2
    out = []
    for b in (mp.log(low / s0), mp.log(high / s0)):
        c = abs(b)
        total = mp.re(mp.sinh((width - c) * root) / mp.sinh(width * root)) if root else 1 - c / width
        for w in _waves(width, sigma**2 * t):
            decay = r + drift**2 / (2 * sigma**2) + sigma**2 * w**2 / 2
            total -= sigma**2 * w / width * mp.sin(w * c) * mp.exp(-decay * t) / decay
        out.append(mp.exp(drift * b / sigma**2) * total)
    return out


def plain(x, option_type, payout, strike):
    """The option without barriers, by its legs."""
    phi = 1 if option_type == "call" else -1
    claim = _pairs(x, strike, strike, 1, phi)[0]
    return {"vanilla": phi * (claim[0] - strike * claim[1]), "asset": claim[0], "cash": claim[1]}[payout]


def double(x, option_type, payout, strike, knock, low, high, rebate, rebate_at):
    """Two barriers; cash pays 1."""
    phi = 1 if option_type == "call" else -1
    lower, upper = (max(strike, low), high) if phi == 1 else (low, min(strike, high))
    claim = survival(x, low, high, lower, upper) if lower < upper else mp.matrix([0, 0])
    value = {"vanilla": phi * (claim[0] - strike * claim[1]), "asset": claim[0], "cash": claim[1]}[payout]
    if knock == "in":
        value = plain(x, option_type, payout, strike) - value
    if not rebate:
        return value
    if knock == "out" and rebate_at == "hit":
        return value + rebate * sum(double_at_hit(x, low, high))
    stays = survival(x, low, high, low, high)[1]
    return value + rebate * (stays if knock == "in" else mp.exp(-x["rate"] * x["maturity"]) - stays)


def greeks(price, trade, digits=50):
    """All nine Greeks of ``price(x)`` by differences of the high-precision price."""
    with mp.workdps(digits):
        point = {name: mp.mpf(trade[name]) for name in PARAMETERS}

        def at(**steps):
            return price({name: value + steps.get(name, 0) for name, value in point.items()})

        h = {name: mp.mpf(10) ** (-digits // 4) * (abs(value) or 1) for name, value in point.items()}
        here = at()

        def first(name):
            return (at(**{name: h[name]}) - at(**{name: -h[name]})) / (2 * h[name])

        def second(name):
            return (at(**{name: h[name]}) - 2 * here + at(**{name: -h[name]})) / h[name] ** 2

        a, b = h["spot"], h["volatility"]
        cross = sum(i * j * at(spot=i * a, volatility=j * b) for i in (-1, 1) for j in (-1, 1)) / (4 * a * b)
        out = {
            "price": here, "delta": first("spot"), "gamma": second("spot"), "vega": first("volatility"),
            "rho": first("rate"), "dividend_rho": first("dividend_yield"), "theta": -first("maturity"),
            "vanna": cross, "volga": second("volatility"),
        }  # fmt: skip
        return {name: float(value) for name, value in out.items()}
