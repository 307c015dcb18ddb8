"""The directory as HSDS 3.0 over HTTP, open to everybody.

parameters: what each address takes. routes: the addresses. description: the same as an OpenAPI document.
"""
