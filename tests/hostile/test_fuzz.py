"""The REST API against its own document: schemathesis thinks of requests, good and bad."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.stack import Run
from tests.hostile.budget import EXAMPLES

DOCUMENT = Path("gateway/openapi.json")
# Beyond 5xx: whether every answer, refusals included, has the status, type and form it should.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "use_after_free",
)


@pytest.mark.timeout(3600)
def test_no_request_gets_an_answer_that_the_document_does_not_know(
    unharmed: Run, tmp_path: Path
) -> None:
    run = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("st")), "run", str(DOCUMENT.absolute())),
            *("--url", f"http://127.0.0.1:{unharmed.port}", "--checks", ",".join(CHECKS)),
            *("--max-examples", str(EXAMPLES // 2), "--no-color"),
            # What goes on for an hour has no answer to hold against anything.
            *("--exclude-path-regex", ":watch$"),
            "--continue-on-failure",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    print(run.stdout[run.stdout.rfind("= SUMMARY =") :])  # noqa: T201 - for `make fuzz`
    assert run.returncode == 0, run.stdout
    tried = re.search(r"(\d+) generated", run.stdout)
    assert tried
    assert int(tried[1]) > 300
