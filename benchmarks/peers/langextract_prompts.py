"""What langextract sends for a text: run by an interpreter that has it, JSON in, JSON out.

In: {"texts": […], "instructions": "…", "example": {"text", "quote", "class"}, "buffers": [null, 4000]};
a buffer of null is the default. Out: {"version": "…", "prompts": {"<buffer>": [[prompt, …], …]}}, a list
for each text.
"""

import contextlib
import json
import sys
from importlib.metadata import version

import langextract as lx
from langextract.core.base_model import BaseLanguageModel
from langextract.core.types import ScoredOutput


class Silent(BaseLanguageModel):
    """Keeps every prompt and finds nothing, in no time."""

    def __init__(self):
        super().__init__()
        self.prompts = []

    def infer(self, batch_prompts, **kwargs):
        """An empty answer to each prompt."""
        for prompt in batch_prompts:
            self.prompts.append(prompt)
            yield [ScoredOutput(score=1.0, output='```json\n{"extractions": []}\n```')]


def prompts(asked, text, buffer):
    """Every prompt that is sent for a text."""
    example = asked["example"]
    model = Silent()
    shown = lx.data.Extraction(extraction_class=example["class"], extraction_text=example["quote"])
    lx.extract(
        text_or_documents=text,
        prompt_description=asked["instructions"],
        examples=[lx.data.ExampleData(text=example["text"], extractions=[shown])],
        model=model,
        show_progress=False,
        **({} if buffer is None else {"max_char_buffer": buffer}),
    )
    return model.prompts


def main():
    """Answer the question on standard input."""
    asked = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):
        found = {
            str(buffer): [prompts(asked, text, buffer) for text in asked["texts"]]
            for buffer in asked["buffers"]
        }
    print(json.dumps({"version": version("langextract"), "prompts": found}))


if __name__ == "__main__":
    main()
