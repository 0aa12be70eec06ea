"""Every code block of the documentation is run as a reader would run it, and prints what the page says."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import click
import pytest

from structurer.cli import cli
from tests.walkthrough import ROOT, Block, Outcome, Page, matches, pages, read_page, run_page, serving

REASONS = ("the network", "a key", "an extra", "a server", "a model", "a cluster")
"""What a block may need that the tests have not; anything else is run."""
PAGES = {page.name: page for page in map(read_page, pages())}
RUN = [name for name, page in PAGES.items() if page.steps()]
NOT_RUN = [(name, block) for name, page in PAGES.items() for block in page.not_run()]

Runs = Mapping[str, Future[list[Outcome]]]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    folder = tmp_path_factory.mktemp
    with serving(folder("warm")) as server, ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield {name: pool.submit(run_page, PAGES[name], folder("page"), server) for name in RUN}


@pytest.mark.parametrize("name", RUN)
def test_every_block_prints_what_the_page_says(name: str, runs: Runs) -> None:
    problems = [outcome.problem for outcome in runs[name].result() if outcome.problem]
    assert not problems, "\n\n".join(problems)


@pytest.mark.parametrize(
    ("name", "block"), NOT_RUN, ids=[f"{name}:{block.line + 1}" for name, block in NOT_RUN]
)
def test_a_block_that_is_not_run_says_why(name: str, block: Block) -> None:
    assert block.said.removeprefix("needs ") in REASONS
    for command in _commands(block):
        assert not _unknown(command), f"{name}:{block.line + 1}: {shlex.join(command)}"
    pytest.skip(f"{name}:{block.line + 1} is not run: {block.said}")


@pytest.mark.parametrize("name", PAGES)
def test_every_block_has_a_language_that_says_what_happens_to_it(name: str) -> None:
    others = {"text", "json", "toml", "yaml", "diff", "sql"}
    for block in PAGES[name].blocks:
        shown = block.language in others or block.language.startswith("{")
        assert shown or block.language in {"console", "bash", "python"}, (
            f"{name}:{block.line}: use console, bash or python for what is run, else {', '.join(sorted(others))}"
        )


def _commands(block: Block) -> Iterator[list[str]]:
    """The commands of structurer in a block, up to what the shell does with them."""
    text = block.text.replace("\\\n", " ")
    for match in re.finditer(r"^(?:\$ )?(?:\S+=\S+ )*(?:\S*/)?structurer (.*)$", text, re.MULTILINE):
        words = shlex.split(match[1], comments=True)
        ends = (index for index, word in enumerate(words) if word in ("|", "&&", ">", "<"))
        yield words[: next(ends, len(words))]


def _unknown(words: list[str]) -> list[str]:
    """The words that look like commands or options of structurer and are none."""
    command: click.Command = cli
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        inner = command.get_command(click.Context(command), rest[0])
        if inner is None:
            return rest[:1]
        command, rest = inner, rest[1:]
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    known |= {"--help", "-h", "--version"}
    return [word for word in rest if word.startswith("-") and word != "-" and word.split("=")[0] not in known]


def test_expected_output_may_leave_out_lines_and_parts() -> None:
    assert matches(["a", "...", "d"], ["a", "b", "c", "d"])
    assert matches(["a ... d"], ["a b c d "])
    assert not matches(["a ... d"], ["a b", "c d"])
    assert not matches(["a"], ["a", "b"])
    assert not matches(["..b"], ["a.b"])


def test_a_page_that_is_wrong_is_told(tmp_path: Path) -> None:
    page = _page("```console\n$ echo yes\nno\n$ false\n```\n\n```python\nprint(1)\n```\n```text\n2\n```\n")
    problems = [outcome.problem for outcome in run_page(page, tmp_path)]
    assert [problem.split("\n")[0] for problem in problems] == [
        "docs/none.md:2: echo yes",
        "docs/none.md:2: false",
        "docs/none.md:8: python - <<'END-OF-PYTHON'",
    ]
    assert "-no\n+yes" in problems[0]
    assert "exit code 1" in problems[1]
    assert "-2\n+1" in problems[2]


def test_a_page_runs_in_one_shell_with_its_files(tmp_path: Path) -> None:
    page = _page(
        "<!-- file: in/a.txt -->\n```text\n1\n```\n```bash\ncd in\nexport b=2\n```\n"
        "```console\n$ cat a.txt\n1\n$ echo $b; false\n2\n$ echo $?\n1\n$ cat\n> 3\n```\n"
        "<!-- not run: needs a key -->\n```bash\nexit 9\n```\n"
    )
    outcomes = run_page(page, tmp_path)
    assert [outcome.problem for outcome in outcomes][:-1] == [""] * 5
    assert outcomes[-1].printed == ("3",)
    assert page.not_run()[0].said == "needs a key"


def test_what_is_not_run_is_held_to_the_commands_there_are() -> None:
    assert not _unknown(["import", "reports/", "--model", "x", "--max-cost", "5"])
    assert _unknown(["import", "--batches"]) == ["--batches"]
    assert _unknown(["improt"]) == ["improt"]
    block = Block(
        "bash", ("A=1 structurer import \\", "  x --batch  # later", "structurer show a | less"), 0, 0
    )
    assert list(_commands(block)) == [["import", "x", "--batch"], ["show", "a"]]


def _page(text: str) -> Page:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "none.md"
        path.write_text(text)
        page = read_page(path)
    page.path = ROOT / "docs" / "none.md"
    return page
