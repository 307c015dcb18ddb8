"""Reading what others wrote: tables and documents in, commands and findings out. Pure but for reading files."""
