"""File formats: CSV, XLSX and Parquet, read and written within stated limits."""
