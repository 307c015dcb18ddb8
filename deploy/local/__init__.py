"""Samspor on one machine without docker: private servers on free loopback ports, data in one folder, a supervisor."""
