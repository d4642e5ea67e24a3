"""A slow, obvious implementation in NumPy alone, written from the formulas and sharing no code with the package.

Paths are built one fixing at a time with the C library's functions; weights are sums over intervals, written as in
Glasserman (2004), section 7.3.
"""

from __future__ import annotations

import numpy as np

MASK = (1 << 64) - 1
ROTATIONS = (16, 42, 12, 31, 16, 32, 24, 21)


def threefry(key, counter, rounds=20):
    """Threefry2x64 in Python integers (Salmon et al. 2011, figure 2)."""
    ks = [key[0], key[1], 0x1BD11BDAA9FC1A22 ^ key[0] ^ key[1]]
    x = [(counter[0] + ks[0]) & MASK, (counter[1] + ks[1]) & MASK]
    for r in range(rounds):
        x[0] = (x[0] + x[1]) & MASK
        rot = ROTATIONS[r % 8]
        x[1] = ((x[1] << rot) | (x[1] >> (64 - rot))) & MASK
        x[1] ^= x[0]
        if r % 4 == 3:
            s = r // 4 + 1
            x[0] = (x[0] + ks[s % 3]) & MASK
            x[1] = (x[1] + ks[(s + 1) % 3] + s) & MASK
    return x


def normals(key, first_path, rows, width):
    """Box-Muller; the two normals of a draw go to paths m and m + width / 2 of the block."""
    half = width // 2
    out = np.empty((rows, width))
    for row in range(rows):
        for m in range(half):
            a, b = threefry(key, (first_path + m, row))
            u = 1.0 - (a >> 12) * 2.0**-52
            angle = 2.0 * np.pi * ((b >> 12) * 2.0**-52)
            radius = np.sqrt(-2.0 * np.log(u))
            out[row, m], out[row, m + half] = radius * np.cos(angle), radius * np.sin(angle)
    return out


def gbm_spots(z, spot, rate, dividend_yield, volatility, dates):
    x = np.full(z.shape[1], np.log(spot))
    out, previous = [], 0.0
    for row, date in zip(z, dates, strict=True):
        h = date - previous
        previous = date
        x = x + (rate - dividend_yield - 0.5 * volatility**2) * h + volatility * np.sqrt(h) * row
        out.append(np.exp(x))
    return np.array(out)


def payment(trade, spots):
    """Undiscounted payment of one path after another."""
    sign = 1.0 if trade.option_type == "call" else -1.0
    out = np.empty(spots.shape[1])
    for i, path in enumerate(spots.T):
        if trade.kind == "european":
            out[i] = max(sign * (path[-1] - trade.strike), 0.0)
        elif trade.kind == "digital":
            pays = path[-1] if trade.payout == "asset" else (trade.cash or 1.0)
            out[i] = pays if sign * (path[-1] - trade.strike) > 0 else 0.0
        else:
            number = trade.fixings or len(trade.fixing_times)
            fixed = path[:number]
            total = number + trade.past_fixings_count
            if trade.averaging == "geometric":
                average = np.exp((trade.past_fixings_sum + np.sum(np.log(fixed))) / total)
            else:
                average = (trade.past_fixings_sum + np.sum(fixed)) / total
            ahead = average - trade.strike if trade.average_of == "price" else path[-1] - average
            out[i] = max(sign * ahead, 0.0)
    return out


def price_and_difference(trade, z, parameters, name, step):
    """Discounted payments and their central difference in one parameter; ``time`` moves the valuation date."""

    def discounted(shift):
        p = dict(parameters)
        dates = np.array(trade.dates())
        elapsed = shift if name == "time" else 0.0
        if name != "time":
            p[name] += shift
        f = payment(trade, gbm_spots(z, dates=dates - elapsed, **p))
        return np.exp(-p["rate"] * (trade.maturity - elapsed)) * f

    return discounted(0.0), (discounted(step) - discounted(-step)) / (2 * step)


def likelihood_ratio(trade, z, parameters):
    """Contributions of every Greek by the score of the path."""
    s0, r, q, v = (parameters[k] for k in ("spot", "rate", "dividend_yield", "volatility"))
    dates = np.array(trade.dates())
    h = np.diff(dates, prepend=0.0)[:, None]
    mu = r - q - v * v / 2
    f = np.exp(-r * trade.maturity) * payment(trade, gbm_spots(z, dates=dates, **parameters))
    z1, h1 = z[0], h[0, 0]
    s_delta = z1 / (s0 * v * np.sqrt(h1))
    s_vega = np.sum((z**2 - 1) / v - np.sqrt(h) * z, axis=0)
    s_rate = np.sum(np.sqrt(h) * z, axis=0) / v
    ds_delta = -1 / (s0**2 * v**2 * h1) - z1 / (s0**2 * v * np.sqrt(h1))
    ds_delta_vega = 1 / (s0 * v) - 2 * z1 / (s0 * v**2 * np.sqrt(h1))
    ds_vega = np.sum((1 - 3 * z**2) / v**2 + 3 * np.sqrt(h) * z / v - h, axis=0)
    return {
        "price": f,
        "delta": f * s_delta,
        "gamma": f * (s_delta**2 + ds_delta),
        "vega": f * s_vega,
        "rho": f * (s_rate - trade.maturity),
        "dividend_rho": -f * s_rate,
        "theta": f * (r - mu * z1 / (v * np.sqrt(h1)) - (z1**2 - 1) / (2 * h1)),
        "vanna": f * (s_delta * s_vega + ds_delta_vega),
        "volga": f * (s_vega**2 + ds_vega),
    }
