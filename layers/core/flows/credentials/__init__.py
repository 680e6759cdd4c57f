"""Credentials: secrets of accounts, encrypted before they are stored and opened only where they are used.

``service`` serves the API and never decrypts; ``use`` opens a credential and is imported by the node runner and the
integration tester only.
"""
