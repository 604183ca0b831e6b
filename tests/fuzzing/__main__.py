"""Fuzzing by hand: ``python -m tests.fuzzing link --seconds 300``; without a name, each in turn.

An input that breaks its promise is kept in ``test-artefacts/fuzzing``, and the exit status is 1.
"""

import argparse
import os
import sys
import tempfile
import warnings
from pathlib import Path
from random import Random

LONGEST_SECONDS = 10
"""For one input."""
MOST_MEGABYTES = 2_048
FOLLOWED = ("roi_model", "ui", "reports", "server", "yaml", "openpyxl", "tests.fuzzing.planted")
"""Packages whose branches are counted."""
KEPT = Path(__file__).resolve().parents[2] / "test-artefacts" / "fuzzing"


def main() -> int:
    """Fuzz what is asked, each target in a process of its own; return the exit status."""
    asked = _asked()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a process with threads must not be forked
    import atheris

    with atheris.instrument_imports(include=list(FOLLOWED)):
        from tests.fuzzing.planted import seeds, tried
        from tests.fuzzing.targets import TARGETS, Target

    known = {**TARGETS, "planted": Target(tried=tried, seeds=seeds)}
    unknown = [one for one in asked.target if one not in known]
    if unknown:
        sys.exit(f"{unknown[0]} is none of {', '.join(known)}")
    warnings.simplefilter("error")
    KEPT.mkdir(parents=True, exist_ok=True)
    broken = []
    for name in asked.target or TARGETS:
        process = os.fork()
        if not process:
            _fuzz(name, known[name], asked)
        _, status = os.waitpid(process, 0)
        broken += [name] * (status != 0)
    sys.stdout.write(f"broken: {', '.join(broken) or 'none'}\n")
    return bool(broken)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("target", nargs="*", help="default: all of them")
    parser.add_argument("--seconds", type=int, default=60, help="for each; default: 60")
    parser.add_argument("--corpus", type=Path, help="where to keep what reached something new")
    parser.add_argument("--seed", type=int, default=1, help="what chance begins with; default: 1")
    return parser.parse_args()


def _fuzz(name: str, target, asked: argparse.Namespace) -> None:
    """Fuzz one target; the process ends with it."""
    import atheris

    place = Path(tempfile.mkdtemp(prefix="fuzzing-"))
    corpus = (asked.corpus or place) / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed_{number}").write_bytes(seed)
    options = [f"-dict={_dictionary(place, target.words)}"] if target.words else []
    bounds = {"timeout": LONGEST_SECONDS, "rss_limit_mb": MOST_MEGABYTES}
    bounds |= {"max_total_time": asked.seconds, "max_len": target.longest, "len_control": 0}
    options += [f"-{option}={value}" for option, value in bounds.items()]
    options += [f"-seed={asked.seed}", f"-artifact_prefix={KEPT}/{name}-", "-print_final_stats=1"]
    more = {}
    if target.shape is not None:

        def changed(content: bytes, size: int, seed: int) -> bytes:
            return target.shape(content, size, Random(seed), atheris.Mutate)

        more["custom_mutator"] = changed
    atheris.Setup(["fuzzing", *options, str(corpus)], target.tried, **more)
    atheris.Fuzz()


def _dictionary(place: Path, words: tuple[str, ...]) -> Path:
    """Write words for libFuzzer, which knows these two escapes, and return the file."""
    quoted = [one.replace("\\", "\\\\").replace('"', '\\"') for one in words]
    (place / "words").write_text("".join(f'"{one}"\n' for one in quoted))
    return place / "words"


if __name__ == "__main__":
    sys.exit(main())
