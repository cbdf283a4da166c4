"""The API of importers' shops: bearer keys with scopes, JSON in and out, refusals as problems."""
