"""XLSX workbooks: checked, read row by row, and written."""
