"""A hook of MkDocs: the site's pages are the repository's, at the same places."""

import subprocess
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

# What pages are made of, and what they link to.
SHOWN = ("*.md", "*.svg", "eval/*.png", "examples/*", "clients/connect.py", "gateway/openapi.json")
HIDDEN = (":!tests",)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Puts the repository's pages in the place of those that MkDocs has found in its own folder."""
    for file in list(files):
        if file.src_dir == config.docs_dir:
            files.remove(file)
    root = Path(config.config_file_path).parent
    for uri in shown(root):
        files.append(File.generated(config, uri, abs_src_path=str(root / uri)))
    return files


def shown(root: Path) -> list[str]:
    """Returns the paths of what is shown, committed or about to be."""
    found = subprocess.run(  # noqa: S603 - all of it is ours
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *SHOWN, *HIDDEN],  # noqa: S607
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted(uri for uri in set(found.stdout.splitlines()) if (root / uri).is_file())
