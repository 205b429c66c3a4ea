"""Training: batches, the loop, schedules, checkpoints, metrics."""
