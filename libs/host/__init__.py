"""Runs services: settings, the rpc process and the worker process, and all that a call passes before its handler.

Read service.py first (what a service declares), then rpc.py and dispatch.py (one call), validation.py, tokens.py,
authorize.py and errors.py (what may be refused, and how it is told), clients.py (asking others), worker.py.
"""
