"""The sections of the report, one file each; ``registry`` has their order."""
