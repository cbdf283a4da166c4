"""The EPCIS 2.0 event repository: capture, queries, subscriptions, and their REST binding."""
