"""The worker: does the work in the background, and rings for what waits."""
