"""Jobs rung for through real brokers and done by real Celery workers."""
