"""Build and deploy to AWS: `make deploy ENV=dev`.

Uses your AWS credentials and Region as every AWS tool does. The signing secret is made at the first deploy and kept in SSM
(SecureString, /<stack>/signing-secret). PARAMETERS="DomainName=api.example.com CertificateArn=arn:..." sets template parameters.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from typing import Any

from local.build import build_environment
from local.settings import ROOT, SAM, SHARED, StackProblem, clean_environment, host_runtime, samconfig


def template_default(name: str) -> str:
    """A parameter's default in template.yaml."""
    import yaml

    class Loader(yaml.SafeLoader):
        """Reads CloudFormation's own tags as plain nothing: only the parameters matter here."""

    Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
    template = yaml.load((ROOT / "template.yaml").read_text(), Loader)  # noqa: S506 - a SafeLoader that skips tags
    return str(template["Parameters"][name]["Default"])


def signing_secret(stack_name: str) -> str:
    """The environment's signing secret, made when there is none yet."""
    import boto3

    store: Any = boto3.client("ssm")
    name = f"/{stack_name}/signing-secret"
    try:
        return str(store.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
    except store.exceptions.ParameterNotFound:
        value = secrets.token_hex(32)
        store.put_parameter(Name=name, Value=value, Type="SecureString", Description="Signs cursors, links and state")
        return value


def release(environment: str) -> None:
    """Build for Lambda's platform and deploy. Raises StackProblem, CalledProcessError."""
    if environment == "local":
        raise StackProblem("make start deploys to the local stack; make deploy takes ENV=dev or ENV=prod")
    config = samconfig(environment)
    parameters = dict(pair.split("=", 1) for pair in config.get("parameter_overrides", []))
    parameters |= dict(pair.split("=", 1) for pair in os.environ.get("PARAMETERS", "").split())
    runtime = parameters.get("LambdaRuntime", template_default("LambdaRuntime"))
    architecture = parameters.get("Architecture", template_default("Architecture"))
    folder = SHARED / "release" / environment
    variables = {
        **{key: value for key, value in os.environ.items() if key.startswith("AWS_")},
        **clean_environment(),
        **build_environment(runtime, architecture),
        "__SAM_CLI_APP_DIR": str(SHARED / "sam"),
    }
    build = [str(SAM), "build", "--build-dir", str(folder), "--cache-dir", str(folder.with_suffix(".cache"))]
    # SAM CLI wants the interpreter of the declared runtime, although it only copies the functions: they are built as this
    # machine's runtime and deployed as Lambda's. What depends on the runtime, the layers, gets it from the environment.
    overrides = [f"LambdaRuntime={host_runtime()}", f"Architecture={architecture}", "SigningSecret=" + "-" * 32]
    subprocess.run([*build, "--parameter-overrides", *overrides], cwd=ROOT, env=variables, check=True)
    parameters["SigningSecret"] = signing_secret(config["stack_name"])
    deploy = [str(SAM), "deploy", "--config-env", environment, "--config-file", str(ROOT / "samconfig.toml")]
    given = [f"{name}={value}" for name, value in parameters.items()]
    subprocess.run(
        [*deploy, "--template-file", str(folder / "template.yaml"), "--parameter-overrides", *given],
        cwd=ROOT,
        env=variables,
        check=True,
    )


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not arguments[0]:
        print("Name the environment: make deploy ENV=dev", file=sys.stderr)
        return 2
    try:
        release(arguments[0])
    except StackProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failed:
        return int(failed.returncode)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
