"""Looks at a served installation: healthy within a minute, and its front page there."""

import sys
import time

import requests


def status(address: str) -> tuple[int, str]:
    """Status and text; status 0 while nobody listens."""
    try:
        answer = requests.get(address, timeout=10)
    except requests.ConnectionError:
        return 0, ""
    return answer.status_code, answer.text


def main(base: str) -> str:
    """What was seen, or the end of the program with what was not."""
    deadline = time.monotonic() + 60
    while (seen := status(f"{base}/health/"))[0] != 200:
        if time.monotonic() > deadline:
            sys.exit(f"{base}/health/ answers {seen[0]}: {seen[1][:500]}")
        time.sleep(0.5)
    front, _ = status(base)
    if front != 200:
        sys.exit(f"{base} answers {front}")
    return f"{base} is served: {seen[1]}"


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1]) + "\n")
