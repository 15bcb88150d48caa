"""Rows to records: one module or package for each source."""
