"""Arrays and floats only: generator, elementary functions, moments."""
