"""Wrong implementations, planted on purpose: which test catches which; see ``docs/mutants.md``."""
