"""A client of a Countersign authority, with Authlib: a web app that people sign in to, and a service."""
