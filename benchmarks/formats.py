"""Cells right and wrong, seconds a page and peak memory by format, on the real PDFs and what they become.

    python -m benchmarks.formats [--reports FOLDER] [--only pdf,word,ocr,cost,memory]

The truth is tests/golden/formats.jsonl. Word files are made from it; pictures are the PDFs' pages rendered
at 100, 150 and 200 dots an inch, straight, and turned with noise. Every line is measured in a process of
its own. Reading a PDF is timed against pdfplumber extracting the text and the tables of the same pages.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from benchmarks.peak import peak_bytes
from benchmarks.sources import ROOT
from structurer import structure
from structurer.errors import StructurerError
from structurer.evaluate import Gold, marks, read_gold
from structurer.forms import load_forms
from structurer.read import eyes
from tests import docxs, pictures
from tests.pdfs import pdf, text

GOLDEN = Path(__file__).resolve().parents[1] / "tests" / "golden" / "formats.jsonl"
REPORTS = Path(
    os.environ.get("STRUCTURER_REPORTS") or Path(__file__).resolve().parents[2] / "shared" / "reports"
)
PDFS = {"huaian-2024.pdf": 6, "hongze-2023.pdf": 5}
LIMIT = 1.2
TURNED = {100: (1.5, 12.0), 150: (-2.0, 20.0), 200: (2.0, 12.0)}


def main() -> None:
    """Print what was asked for; exits 1 when a wrong value is accepted, or a limit broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=Path, default=REPORTS)
    parser.add_argument("--only", default="pdf,word,ocr,cost,memory")
    parser.add_argument("--one", nargs=4, metavar=("FORMAT", "FILE", "GOLD", "PAGES"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(*given.one)))
        return
    wanted = given.only.split(",")
    good = True
    if {"pdf", "word", "ocr"} & set(wanted):
        print(f"{'format':34} {'right':>6} {'wrong':>6} {'waits':>6} {'s/page':>7} {'peak MB':>8}")
        with tempfile.TemporaryDirectory() as folder:
            for kind, file, name, pages in cases(wanted, given.reports, Path(folder)):
                good &= show(kind, file, name, pages)
    if "cost" in wanted:
        good &= cost(given.reports)
    if "memory" in wanted:
        good &= memory()
    raise SystemExit(0 if good else 1)


def cases(wanted: list[str], reports: Path, folder: Path) -> Iterator[tuple[str, Path, str, int]]:
    """Format, file, name of its truth, pages."""
    golds = {gold.path: gold for gold in read_gold(GOLDEN)}
    for name, pages in PDFS.items():
        if "pdf" in wanted:
            yield f"pdf {name[:6]}", reports / name, name, pages
    if "word" in wanted:
        official = reports / "blank-2021-form.docx"
        yield "docx official blank", official, official.name, 3
        here = folder / official.name
        here.write_bytes(official.read_bytes())
        for suffix in ("doc", "rtf", "odt"):
            if converted := convert(here, suffix):
                yield f"{suffix} official blank", converted, official.name, 3
        for name in PDFS:
            made = folder / (name[:-4] + ".docx")
            made.write_bytes(as_docx(golds[name]))
            yield f"docx {name[:6]}", made, name, 3
            for suffix in ("doc", "rtf", "odt"):
                if converted := convert(made, suffix):
                    yield f"{suffix} {name[:6]}", converted, name, 3
    if "ocr" in wanted and eyes.available():
        for name, pages in PDFS.items():
            for dpi, (skew, noise) in TURNED.items():
                for turn, grain in ((0.0, 0.0), (skew, noise)):
                    shown = [
                        pictures.page(reports / name, at, dpi, skew=turn, noise=grain)
                        for at in range(1, pages + 1)
                    ]
                    file = folder / f"{name[:6]}-{dpi}-{turn}.pdf"
                    file.write_bytes(pictures.saved(shown, "PDF", resolution=dpi))
                    yield f"scan {name[:6]} {dpi} dpi {turn:+.1f}° noise {grain:.0f}", file, name, pages


def show(kind: str, file: Path, name: str, pages: int) -> bool:
    """Measure one file in a process of its own and print its line."""
    command = [sys.executable, "-m", "benchmarks.formats", "--one", kind, str(file), name, str(pages)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{kind:34} failed: {done.stderr.strip().splitlines()[-1:]}")
        return False
    found = json.loads(done.stdout)
    counts = f"{found['right']:6} {found['wrong']:6} {found['waits']:6}"
    print(f"{kind:34} {counts} {found['seconds']:7.2f} {found['peak']:8.0f}", flush=True)
    return not found["wrong"]


def measure(kind: str, file: str, name: str, pages: str) -> dict[str, float]:
    """Right, wrong and waiting cells of one file, seconds a page, and the peak of this process in MB."""
    gold = next(one for one in read_gold(GOLDEN) if one.path == name)
    load_forms()
    begun = time.perf_counter()
    try:
        found = structure(Path(file))
    except StructurerError as error:
        sys.exit(str(error))
    seconds = (time.perf_counter() - begun) / int(pages)
    judged = [mark.outcome for mark in marks(found, gold)]
    if not any(value.value is not None for value in gold.observations.values()):  # the blank form
        blank = {key: found[key] for key in gold.observations if key in found}
        right = sum(one.value is None and one.printed == "blank" for one in blank.values())
        judged = ["right"] * right + ["wrong"] * (len(gold.observations) - right)
    return {
        "right": judged.count("right"),
        "wrong": judged.count("wrong") + judged.count("invented"),
        "waits": len(judged) - judged.count("right") - judged.count("wrong") - judged.count("invented"),
        "seconds": seconds,
        "peak": peak_bytes() / 2**20,
    }


def as_docx(gold: Gold) -> bytes:
    """A Word file with the tables of a truth, laid out as the official form is."""
    forms = load_forms()
    agency = gold.metadata.get("agency", "某某市人民政府")
    body = [docxs.p(f"{agency}{gold.metadata['year']}年政府信息公开工作年度报告")]
    for table in ("disclosure", "applications", "disputes"):
        keys = {key for key in gold.observations if key.startswith(table + ".")}
        form = next(
            one for one in forms.tables[table].values() if {cell.indicator for cell in one.cells} == keys
        )
        body.append(docxs.p(form.number + "、" + form.title))
        rows: list[list[str]] = []
        for block in form.blocks:
            if form.labels_first:
                continue
            head = "信息内容" if block.heading else "申请人情况"
            rows.extend([[block.heading]] if block.heading else [])
            rows.append([head, *(column.label for column in block.columns)])
            for row in block.rows:
                values = [
                    gold.observations[f"{table}.{row.id}.{column.id}"].value for column in block.columns
                ]
                rows.append([row.label, *map(str, values)])
        if form.labels_first:
            names = [column.label for block in form.blocks for _ in block.rows for column in block.columns]
            wide = f"<w:gridSpan w:val='{len(form.blocks[0].columns)}'/>"
            rows = [
                [docxs.tc(row.label, props=wide) for block in form.blocks for row in block.rows],
                names,
                [str(gold.observations[cell.indicator].value) for cell in form.cells],
            ]
        body.append(docxs.tbl(*rows))
    body.append(docxs.p("五、存在的主要问题及改进情况"))  # LibreOffice loses a table that ends a .doc
    return docxs.docx("".join(body))


def convert(file: Path, suffix: str) -> Path | None:
    """The file in an older format, where LibreOffice is installed."""
    from shutil import which

    if which("soffice") is None:
        return None
    profile = (file.parent / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", suffix]
    subprocess.run([*command, "--outdir", str(file.parent), str(file)], capture_output=True, check=False)
    made = file.with_suffix("." + suffix)
    return made if made.is_file() else None


def cost(reports: Path) -> bool:
    """Time to read a PDF against pdfplumber's own time for text and tables."""
    import pdfplumber

    from structurer.read.printed import read_pdf

    good = True
    for name in PDFS:
        data = (reports / name).read_bytes()
        best = {"ours": float("inf"), "theirs": float("inf")}
        for _ in range(7):
            begun = time.perf_counter()
            with pdfplumber.open(BytesIO(data)) as file:
                for page in file.pages:
                    page.extract_text()
                    page.extract_tables()
                    page.close()
            best["theirs"] = min(best["theirs"], time.perf_counter() - begun)
            begun = time.perf_counter()
            read_pdf(data, name)
            best["ours"] = min(best["ours"], time.perf_counter() - begun)
        ratio = best["ours"] / best["theirs"]
        good &= ratio <= LIMIT
        print(f"reading {name}: {ratio:.2f} of pdfplumber's own time (limit {LIMIT})")
    return good


def memory() -> bool:
    """Peak memory of 40 and of 400 pages, each in a process of its own."""
    peaks = []
    for pages in (40, 400):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "long.pdf")
            words = "本年度全市各级行政机关认真贯彻执行条例规定的各项要求"
            content = b"".join(text(60, 60 + 24 * at, f"{words}{at}", 12) for at in range(30))
            file.write_bytes(pdf([content] * pages, packed=True))
            code = (
                "import sys; from structurer.read import read_file; read_file(sys.argv[1]); "
                "from benchmarks.peak import peak_bytes; print(peak_bytes() / 2**20)"
            )
            done = subprocess.run(
                [sys.executable, "-c", code, str(file)], cwd=ROOT, capture_output=True, text=True, check=True
            )
            peaks.append(float(done.stdout))
    print(
        f"peak memory: {peaks[0]:.0f} MB for 40 pages, {peaks[1]:.0f} MB for 400 ({peaks[1] / peaks[0]:.2f})"
    )
    return peaks[1] <= LIMIT * peaks[0]


if __name__ == "__main__":
    main()
