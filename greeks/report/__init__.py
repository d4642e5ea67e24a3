"""The variance report: which estimator to trust for each number of a book."""
