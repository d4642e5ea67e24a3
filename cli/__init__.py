"""The command line: parse, call :mod:`greeks`, print."""
