"""``python -m greeks``: the command line."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, or say how to install it."""
    try:
        from greeks_cli.main import main as command_line
    except ModuleNotFoundError as error:
        if error.name not in ("greeks_cli", "click"):
            raise
        sys.exit(f"the command line is not installed ({error.name} is missing): python -m pip install mc-greeks")
    command_line()


if __name__ == "__main__":
    main()
