"""The directory on its way out."""
