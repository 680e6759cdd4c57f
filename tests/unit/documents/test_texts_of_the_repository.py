"""What is committed is about the product: no paths of the machine that it was written on, no word about how it came to be."""

from __future__ import annotations

import re
import subprocess
from functools import lru_cache

import pytest

from tests.template import ROOT

# A letter of each word stands in brackets, so that this file does not hold what it looks for.
FORBIDDEN = {
    "a path of a machine": r"(?<![\w.$}])/(?:wor[k]|hom[e]/\w+|User[s]/\w+)/|/tmp/brie[f]|\.librar[y]/|bash_job[s]",
    "a host of a package registry": (
        r"\b(?:test\.)?pyp[i]\.org|pythonhoste[d]\.org|registry\.npmj[s]\.(?:org|com)|proxy\.golan[g]\.org|registry\.yarnpk[g]\.com"
    ),
    "how it was made": (
        r"(?i)\b(?:this|another|other|previous|next|earlier|later|owner'?s?|lead'?s?) (?:agen[t]|helpe[r])s?\b"
        r"|\bsub-?agent[s]?\b|\bco-authored-b[y]\b"
        r"|\b(?:written|generated|made) (?:by|with) (?:an? )?(?:A[I]|LL[M]|language mode[l]|Claud[e]|ChatGP[T])\b"
        r"|\b(?:in|of|from|by) (?:an?|the|this|that|another|one|previous|next) (?:coding )?sessio[n] of (?:the project|work)\b"
        r"|\b(?:the|my|your|our) brie[f] (?:says|asks|tells|names)\b|\bhidden (?:test )?suite[s]\b|\bplan of recor[d]\b|\bseams\.m[d]\b"
    ),
    "work that was left": r"\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K])\b",
}


@lru_cache(maxsize=1)
def tracked() -> dict[str, str]:
    """Every tracked text file with its text."""
    if not (ROOT / ".git").exists():
        pytest.skip("an export without its history: nothing tells what is tracked")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    texts = {}
    for name in filter(None, names):
        try:
            texts[name] = (ROOT / name).read_text()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # a picture, or a file that is being removed
    return texts


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_text_tells(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = {
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"
        for name, text in tracked().items()
        for match in pattern.finditer(text)
    }
    assert found == set()
