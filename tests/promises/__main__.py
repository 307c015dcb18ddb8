"""`make promises`: every campaign at full length, one line each; `make promise-NAME`: one of them."""

import sys

from tests.promises.registry import PROMISES


def main(names: list[str]) -> int:
    if unknown := [name for name in names if name not in PROMISES]:
        sys.stderr.write(f"no promise {', '.join(unknown)}; there are {', '.join(PROMISES)}\n")
        return 2
    broken = 0
    for name in names or PROMISES:
        figure = PROMISES[name](True)
        broken += not figure.holds
        sys.stdout.write(f"{name}: {figure.text}{'' if figure.holds else '  BROKEN'}\n")
        sys.stdout.flush()
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
