"""Quality and speed, measured: ``python -m benchmarks.FOLDER.SCRIPT --help``, from the root of the repository."""
