"""What is given, checked before anything is computed."""
