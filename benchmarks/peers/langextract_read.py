"""langextract reads texts beside a model that answers at once: run by an interpreter that has it.

In: {"instructions": "…", "example": {"text", "quote", "class"}, "texts": [{"text", "items": [{"of", "quote",
"class", "number"}]}]}. An item is told where the words it is made of (`of`) stand in what is sent. Out: for
each text what came back with its place, if it has one; the prompts and answers; seconds and bytes at most.
"""

import contextlib
import json
import sys
import time
from importlib.metadata import version

import langextract as lx
from langextract.core.base_model import BaseLanguageModel
from langextract.core.types import ScoredOutput

from benchmarks.peak import peak_bytes


class Telling(BaseLanguageModel):
    """Tells the items whose words stand in the last part of a prompt, which is the text to be read."""

    def __init__(self):
        super().__init__()
        self.items, self.sent, self.answered = [], [], []

    def infer(self, batch_prompts, **kwargs):
        """An answer to each prompt."""
        for prompt in batch_prompts:
            asked = "".join(prompt.rpartition("\nQ: ")[2].split())
            told = [
                {one["class"]: one["quote"], f"{one['class']}_attributes": {"number": str(one["number"])}}
                for one in self.items
                if "".join(one["of"].split()) in asked
            ]
            answer = "```json\n" + json.dumps({"extractions": told}, ensure_ascii=False) + "\n```"
            self.sent.append(prompt)
            self.answered.append(answer)
            yield [ScoredOutput(score=1.0, output=answer)]


def main():
    """Answer the question on standard input."""
    asked = json.load(sys.stdin)
    example = asked["example"]
    shown = lx.data.Extraction(
        extraction_class=example["class"], extraction_text=example["quote"], attributes={"number": "7777.7"}
    )
    examples = [lx.data.ExampleData(text=example["text"], extractions=[shown])]
    found, sent, answered = [], [], []
    with contextlib.redirect_stdout(sys.stderr):  # what the first call loads is not its work
        lx.extract(
            text_or_documents=example["text"],
            prompt_description="",
            examples=examples,
            model=Telling(),
            show_progress=False,
        )
    began = time.perf_counter()
    used = time.process_time()
    with contextlib.redirect_stdout(sys.stderr):
        for one in asked["texts"]:
            model = Telling()
            model.items = one["items"]
            result = lx.extract(
                text_or_documents=one["text"],
                prompt_description=asked["instructions"],
                examples=examples,
                model=model,
                show_progress=False,
            )
            found.append(
                [
                    {
                        "class": got.extraction_class,
                        "number": (got.attributes or {}).get("number"),
                        "placed": got.char_interval is not None and got.char_interval.start_pos is not None,
                    }
                    for got in result.extractions or []
                ]
            )
            sent += model.sent
            answered += model.answered
    told = {
        "version": version("langextract"),
        "found": found,
        "sent": sent,
        "answered": answered,
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - used,
        "bytes": peak_bytes(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
