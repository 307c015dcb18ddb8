"""agreements: what two organisations bind themselves to, from the first draft to its end; a room of partners.

An agreement is a stream of its own (agreement.py). Nothing in it is about a citizen.
"""
