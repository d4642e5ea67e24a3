"""From a job to moments: the heart."""
