"""Print template.yaml as CloudFormation gets it: transformed by SAM's own translator, without network and without an account.

.venv-sam/bin/python tests/unit/template/sam_transform.py TEMPLATE

Runs in the environment of SAM CLI, whose requirements differ from the project's; its tests call it as a program.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

# The translator asks boto3 for a Region to know the partition; nothing is called.
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

# `sam build` replaces these folders by what it uploaded.
SOURCES = ("CodeUri", "ContentUri", "DefinitionUri")


def transformed(file: Path) -> dict[str, object]:
    template = yaml_parse(file.read_text())
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        properties.update({source: "s3://bucket/key" for source in SOURCES if source in properties})
    found: dict[str, object] = Translator({}, Parser()).translate(template, {"SigningSecret": "-" * 32})
    return found


if __name__ == "__main__":
    print(json.dumps(transformed(Path(sys.argv[1]))))
