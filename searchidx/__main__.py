"""``python -m searchidx`` is the ``searchidx`` command."""

from searchidx.cli import main

if __name__ == "__main__":
    main()
