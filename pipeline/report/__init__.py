"""Reporting: tags in, coverage tables, charts and one HTML page out. Renders finished values; reads no document."""
