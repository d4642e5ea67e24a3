"""A slow, obvious implementation in NumPy alone, written from the formulas and sharing no code with the package.

Paths are built one fixing at a time with the C library's functions; weights are sums over intervals, written as in
Glasserman (2004), section 7.3.
"""

from __future__ import annotations

from itertools import pairwise

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


def autocallable(trade, path, rate):
    """Coupons, and the notional at the first fixing at or above the autocall barrier or at the end."""
    paid, missed = 0.0, 0
    for spot in trade.past_fixings:
        missed = 0 if spot >= trade.coupon_barrier else missed + 1
    for spot, date in zip(path, trade.dates(), strict=True):
        carried = np.exp(rate * (trade.maturity - date)) * trade.notional
        if spot >= trade.coupon_barrier:
            paid += trade.coupon * (1 + (missed if trade.memory else 0)) * carried
            missed = 0
        else:
            missed += 1
        if spot >= trade.autocall_barrier:
            return paid + carried
    return paid + trade.notional * (1.0 if path[-1] >= trade.protection_barrier else path[-1] / trade.strike)


def touched(trade, path):
    """Whether a level is met at a fixing; every date is one."""
    side = getattr(trade, "direction", None) or trade.barrier_type.split("-")[0]
    return any(spot >= trade.barrier if side == "up" else spot <= trade.barrier for spot in path)


def survival(trade, spots, start, variances):
    """Probability that the bridges between the spots at the dates meet no level, by reflection or by a sine series."""
    begin, end = trade.monitoring_start or 0.0, trade.monitoring_end or trade.maturity
    alive, before = np.ones(spots.shape[1]), np.full(spots.shape[1], np.log(start))
    for spot, date, c in zip(spots, trade.dates(), variances, strict=True):
        x, y, before = before, np.log(spot), np.log(spot)
        if not begin < date <= end:
            continue
        if trade.barrier is not None:
            level = np.log(trade.barrier)
            same_side = (level - x) * (level - y) > 0
            side = getattr(trade, "direction", None) or trade.barrier_type.split("-")[0]
            inside = same_side & ((x < level) if side == "up" else (x > level))
            p = 1.0 - np.exp(-2.0 * (level - x) * (level - y) / c)
        else:
            low, high = np.log(trade.lower_barrier), np.log(trade.upper_barrier)
            width, inside = high - low, (low < x) & (x < high) & (low < y) & (y < high)
            n = np.arange(1, 200)[:, None] * np.pi / width
            waves = np.sin(n * (x - low)) * np.sin(n * (y - low)) * np.exp(-0.5 * n**2 * c)
            p = 2.0 / width * waves.sum(axis=0) * np.sqrt(2.0 * np.pi * c) * np.exp(0.5 * (y - x) ** 2 / c)
        alive = alive * np.where(inside, p, 0.0)
    return alive


def paid_at_hit(trade, spots, start, variances, rate, dividend_yield, volatility):
    """Carried to the maturity: a hit in an interval pays a mean of both (S / H)^p at its end, p the roots of r.

    H is the level, or the spot before where that is beyond it already.
    """
    dates, total, alive = trade.dates(), 0.0, np.ones(spots.shape[1])
    begin, end = trade.monitoring_start or 0.0, trade.monitoring_end or trade.maturity
    low, high = np.sort(np.roots([0.5 * volatility**2, rate - dividend_yield - 0.5 * volatility**2, -rate]))
    share = high / (high - low)  # of the lower root: the mean is flat at H
    asset, cash = (1.0, 0.0) if trade.payout == "asset" else (0.0, trade.cash)
    before = np.full(spots.shape[1], start)
    for j, (spot, date) in enumerate(zip(spots, dates, strict=True)):
        if begin < date <= end:
            inside = (
                (before < trade.barrier) & (spot < trade.barrier)
                if trade.direction == "up"
                else ((before > trade.barrier) & (spot > trade.barrier))
            )
            hit = np.where(
                inside, np.exp(-2.0 * np.log(trade.barrier / before) * np.log(trade.barrier / spot) / variances[j]), 1.0
            )
            at = np.maximum(before, trade.barrier) if trade.direction == "up" else np.minimum(before, trade.barrier)
            ratio = spot / at
            paid = (cash + asset * at) * (share * ratio**low + (1.0 - share) * ratio**high)
            total = total + alive * hit * paid * np.exp(rate * (trade.maturity - date))
            alive = alive * (1.0 - hit)
        before = spot
    return total


def watched_payment(trade, spots, start, variances, rate, dividend_yield, volatility):
    """Payment of what is watched at all times: certain given its probability to survive."""
    if getattr(trade, "pay_at", "") == "hit":
        return paid_at_hit(trade, spots, start, variances, rate, dividend_yield, volatility)
    alive, last = survival(trade, spots, start, variances), spots[-1]
    if trade.kind == "touch":
        paid = last if trade.payout == "asset" else trade.cash
        return paid * (1.0 - alive if trade.touch_type == "one-touch" else alive)
    sign = 1.0 if trade.option_type == "call" else -1.0
    ahead = sign * (last - trade.strike)
    paid = np.where(ahead > 0.0, {"vanilla": ahead, "asset": last}.get(trade.payout, trade.cash), 0.0)
    lives = alive if trade.barrier_type.endswith("out") else 1.0 - alive
    return lives * paid + (1.0 - lives) * trade.rebate


def realised(trade, path, today):
    """Sum of squared log-returns over the years from the first fixing to the last."""
    fixed = [*trade.past_fixings, *path] if trade.past_fixings else [today, *path]
    years = trade.dates()[-1] - (trade.start or 0.0)
    return sum(np.log(b / a) ** 2 for a, b in pairwise(fixed)) / years


def limits(low, high):
    """Infinite where there is none."""
    return -np.inf if low is None else low, np.inf if high is None else high


def years_of_discount(trade):
    """From payment to today; none of what is settled every day."""
    return 0.0 if trade.kind == "future" else trade.maturity


def payment(trade, spots, rate, start=None, variances=None, dividend_yield=None, volatility=None):
    """Undiscounted payment of one path after another, what is paid early carried to the maturity.

    What is watched between dates needs the spot now, and the variance of each interval; a first return the spot now;
    what is paid at a hit the rest of the model.
    """
    if getattr(trade, "between", False):
        return watched_payment(trade, spots, start, variances, rate, dividend_yield, volatility)
    sign = 1.0 if getattr(trade, "option_type", "") == "call" else -1.0
    out = np.empty(spots.shape[1])
    for i, path in enumerate(spots.T):
        if trade.kind == "european":
            out[i] = max(sign * (path[-1] - trade.strike), 0.0)
        elif trade.kind == "digital":
            pays = path[-1] if trade.payout == "asset" else (trade.cash or 1.0)
            out[i] = pays if sign * (path[-1] - trade.strike) > 0 else 0.0
        elif trade.kind in ("forward", "future"):
            out[i] = path[-1] - (trade.strike or 0.0)
        elif trade.kind == "lookback":
            largest = (trade.option_type == "call") == (trade.lookback_type == "fixed")
            past = trade.past_max if largest else trade.past_min
            spots_seen = [*path[: len(trade.fixing_times or range(trade.fixings))], *([past] if past else [])]
            extreme = max(spots_seen) if largest else min(spots_seen)
            other = trade.strike or path[-1]
            out[i] = max(extreme - other if largest else other - extreme, 0.0)
        elif trade.kind == "autocallable":
            out[i] = autocallable(trade, path, rate)
        elif trade.kind == "barrier":
            lives = touched(trade, path) != trade.barrier_type.endswith("out")
            out[i] = max(sign * (path[-1] - trade.strike), 0.0) if lives else trade.rebate
        elif trade.kind == "touch":
            out[i] = trade.cash if touched(trade, path) == (trade.touch_type == "one-touch") else 0.0
        elif trade.kind == "gap":
            out[i] = sign * (path[-1] - trade.strike) if sign * (path[-1] - trade.trigger) > 0 else 0.0
        elif trade.kind == "power":
            out[i] = max(sign * (path[-1] ** trade.exponent - trade.strike), 0.0)
        elif trade.kind == "range_accrual":
            low, high = trade.lower or 0.0, trade.upper or np.inf
            fixed = [*trade.past_fixings, *path]
            out[i] = trade.notional * sum(low < spot < high for spot in fixed) / len(fixed)
        elif trade.kind == "cliquet":
            fixed = [*trade.past_fixings, *path] if trade.past_fixings else [start, *path]
            local = limits(trade.local_floor, trade.local_cap)
            out[i] = trade.notional * np.clip(
                sum(np.clip(b / a - 1.0, *local) for a, b in pairwise(fixed)),
                *limits(trade.global_floor, trade.global_cap),
            )
        elif trade.kind == "volatility_swap":
            level = min(np.sqrt(realised(trade, path, start)), np.inf if trade.cap is None else trade.cap)
            out[i] = trade.notional * (level - trade.strike_volatility)
        elif trade.kind == "variance_swap":
            level = min(realised(trade, path, start), np.inf if trade.cap is None else trade.cap**2)
            out[i] = trade.notional * (level - trade.strike_volatility**2)
        elif trade.kind == "forward_start":
            out[i] = max(sign * (path[1] - trade.moneyness * path[0]), 0.0)
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
        intervals = np.diff(dates - elapsed, prepend=0.0)
        spots = gbm_spots(z, dates=dates - elapsed, **p)
        law = p["volatility"] ** 2 * intervals, p["dividend_yield"], p["volatility"]
        f = payment(trade, spots, p["rate"], p["spot"], *law)
        return np.exp(-p["rate"] * (years_of_discount(trade) - elapsed * (trade.kind != "future"))) * f

    return discounted(0.0), (discounted(step) - discounted(-step)) / (2 * step)


AT_FIXED_SPOTS = {
    "delta": "spot",
    "vega": "volatility",
    "rho": "rate",
    "theta": "time",
    "dividend_rho": "dividend_yield",
}
STEPS = {"spot": 0.01, "volatility": 1e-4, "rate": 1e-5, "time": 1e-5, "dividend_yield": 1e-5}


def scores(z, parameters, dates):
    """First derivatives of the logarithm of the path's density, and second ones over the density."""
    s0, r, q, v = (parameters[k] for k in ("spot", "rate", "dividend_yield", "volatility"))
    h = np.diff(np.array(dates), prepend=0.0)[:, None]
    mu = r - q - v * v / 2
    z1, h1 = z[0], h[0, 0]
    delta = z1 / (s0 * v * np.sqrt(h1))
    vega = np.sum((z**2 - 1) / v - np.sqrt(h) * z, axis=0)
    rate = np.sum(np.sqrt(h) * z, axis=0) / v
    gamma = delta**2 - 1 / (s0**2 * v**2 * h1) - z1 / (s0**2 * v * np.sqrt(h1))
    return {
        "delta": delta,
        "vega": vega,
        "rho": rate,
        "dividend_rho": -rate,
        "theta": -mu * z1 / (v * np.sqrt(h1)) - (z1**2 - 1) / (2 * h1),
        "gamma": gamma,
        "vanna": delta * vega + 1 / (s0 * v) - 2 * z1 / (s0 * v**2 * np.sqrt(h1)),
        "volga": vega**2 + np.sum((1 - 3 * z**2) / v**2 + 3 * np.sqrt(h) * z / v - h, axis=0),
    }


def likelihood_ratio(trade, z, parameters):
    """Contributions of every Greek by the score of the path, and what a parameter does to the payment at fixed spots.

    With scores s and payment f, the derivative along a is f s_a + f_a, and along a and b f s_ab + f_a s_b + f_b s_a +
    f_ab; the payment's own derivatives by differences.
    """
    r, dates = parameters["rate"], np.array(trade.dates())
    spots, discount = gbm_spots(z, dates=dates, **parameters), np.exp(-r * years_of_discount(trade))

    def paid(*moves):
        p = {**parameters, "time": 0.0}
        for name, step in moves:
            p[name] += step
        variances = p["volatility"] ** 2 * np.diff(dates - p["time"], prepend=0.0)
        law = variances, p["dividend_yield"], p["volatility"]
        return discount * payment(trade, spots, p["rate"], p["spot"], *law)

    def moved(*names):
        """Central differences of fourth order, one within the other."""
        name, *rest = names
        step, total = STEPS[name], 0.0
        for size, weight in ((1, 2 / 3), (-1, -2 / 3), (2, -1 / 12), (-2, 1 / 12)):
            total = total + weight / step * (
                paid((name, size * step)) if not rest else inner((name, size * step), *rest)
            )
        return total

    def inner(move, name):
        step = STEPS[name]
        sides = ((1, 2 / 3), (-1, -2 / 3), (2, -1 / 12), (-2, 1 / 12))
        return sum(weight / step * paid(move, (name, size * step)) for size, weight in sides)

    s, f = scores(z, parameters, dates), paid()
    found = {"price": f}
    for greek, name in AT_FIXED_SPOTS.items():
        carry = {"rho": -years_of_discount(trade), "theta": r * (trade.kind != "future")}.get(greek, 0.0)
        found[greek] = f * (s[greek] + carry) + moved(name)
    for greek, (a, b) in {"gamma": ("delta",) * 2, "vanna": ("delta", "vega"), "volga": ("vega",) * 2}.items():
        one, other = AT_FIXED_SPOTS[a], AT_FIXED_SPOTS[b]
        found[greek] = f * s[greek] + moved(one) * s[b] + moved(other) * s[a] + moved(one, other)
    return found
