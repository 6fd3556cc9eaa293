"""Parquet files: checked before they are read, and read in batches."""
