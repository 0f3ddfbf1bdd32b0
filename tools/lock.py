"""Pins the newest dependencies that fit pyproject.toml, with hashes, and without naming any registry."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SETS = {"dev": ("dev",), "sandbox": ("sandbox",), "run": ("postgres",)}


def main() -> None:
    """dev is resolved first; the smaller sets take their versions from it, so all agree."""
    for name, extras in SETS.items():
        target = ROOT / "requirements" / f"{name}.txt"
        given = [flag for extra in extras for flag in ("--extra", extra)]
        if name != "dev":
            given += ["--constraint", "requirements/dev.txt"]
        subprocess.run(
            [
                *(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *given),
                *("--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade", "--quiet"),
                *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"),
                *("--no-emit-package", "talking-piece", "--output-file", str(target.relative_to(ROOT))),
            ],
            cwd=ROOT,
            check=True,
        )


if __name__ == "__main__":
    main()
