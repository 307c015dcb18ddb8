"""The pages, one module per part of the work. Each module ends with the table of its routes."""
