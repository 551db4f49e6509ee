"""Generates the typed Python stubs and what the gateway knows of the API from the protos.

`python protos/generate.py [--into DIR]` writes below DIR (the repository unless given):
`protos/gen/`, `gateway/personakit.binpb`, `gateway/lua/fields.lua` and, if the tool for it is
installed (`make openapi`), `gateway/openapi.json`. Each is replaced as a whole.
"""

import argparse
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

import google.api
import grpc_tools
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from grpc_tools import protoc
from protovalidate._gen.buf.validate import validate_pb

from protos.fields import fields_lua
from protos.openapi import openapi_json

PROTOS = Path(__file__).resolve().parent
WELL_KNOWN = Path(grpc_tools.__file__).parent / "_proto"
GOOGLEAPIS = Path(next(iter(google.api.__path__))).parents[1]
OPENAPI_TOOL = Path(sysconfig.get_path("scripts"), "protoc-gen-openapiv2")
OPENAPI_OPTIONS = (
    "allow_merge=true",
    "merge_file_name=api",
    "json_names_for_fields=false",
    "openapi_naming_strategy=fqn",
    "preserve_rpc_order=true",
    "allow_patch_feature=false",
    "disable_default_errors=true",
    "ignore_go_package_option=true",
)
VALIDATE = "buf/validate/validate.proto"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=PROTOS.parent)
    generate(parser.parse_args().into)


def generate(root: Path) -> None:
    """Writes every generated file below `root`; ends the program if protoc refuses a proto."""
    sources = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.glob("personakit/**/*.proto"))
    with tempfile.NamedTemporaryFile(suffix=".binpb") as rules:
        rules.write(validation_rules())
        rules.flush()
        inputs = [f"--descriptor_set_in={rules.name}"]
        generate_stubs(inputs, sources, root / "protos" / "gen")
        generate_gateway(inputs, sources, root / "gateway")
        if OPENAPI_TOOL.exists():
            generate_openapi(inputs, sources, root / "gateway" / "openapi.json")


def generate_stubs(inputs: list[str], sources: list[str], stubs: Path) -> None:
    shutil.rmtree(stubs, ignore_errors=True)
    stubs.mkdir(parents=True)
    run(inputs, [f"--python_out={stubs}", f"--mypy_out={stubs}"], [*sources, VALIDATE])
    run(
        inputs,
        [f"--grpc_python_out={stubs}", f"--mypy_grpc_out=only_async:{stubs}"],
        [source for source in sources if has_service(source)],
    )
    for package in (stubs / "personakit", stubs / "buf"):
        (package / "py.typed").touch()


def generate_gateway(inputs: list[str], sources: list[str], gateway: Path) -> None:
    descriptors, names = gateway / "personakit.binpb", gateway / "lua" / "fields.lua"
    names.parent.mkdir(parents=True, exist_ok=True)
    # Envoy turns a gRPC status into JSON only if it knows the messages of its details.
    details = ["google/rpc/status.proto", "google/rpc/error_details.proto"]
    outputs = ["--include_imports", f"--descriptor_set_out={descriptors}"]
    run(inputs, outputs, [*sources, *details])
    names.write_text(fields_lua(FileDescriptorSet.FromString(descriptors.read_bytes())))


def generate_openapi(inputs: list[str], sources: list[str], document: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        swagger, descriptors = Path(folder, "api.swagger.json"), Path(folder, "api.binpb")
        commented = ["--include_imports", "--include_source_info"]
        tool = f"--plugin=protoc-gen-openapiv2={OPENAPI_TOOL}"
        output = f"--openapiv2_out={','.join(OPENAPI_OPTIONS)}:{folder}"
        run([*inputs, tool], [*commented, f"--descriptor_set_out={descriptors}", output], sources)
        known = FileDescriptorSet.FromString(descriptors.read_bytes())
        document.write_text(openapi_json(swagger.read_text(), known))


def run(inputs: list[str], outputs: list[str], sources: list[str]) -> None:
    includes = [f"-I{PROTOS}", f"-I{GOOGLEAPIS}", f"-I{WELL_KNOWN}"]
    if protoc.main(["protoc", *plugins(), *inputs, *includes, *outputs, *sources]) != 0:
        sys.exit("protoc refused the protos: see above")


def plugins() -> list[str]:
    scripts = Path(sysconfig.get_path("scripts"))
    return [
        f"--plugin=protoc-gen-mypy={scripts / 'protoc-gen-mypy'}",
        f"--plugin=protoc-gen-mypy_grpc={scripts / 'protoc-gen-mypy_grpc'}",
    ]


def has_service(source: str) -> bool:
    return "\nservice " in (PROTOS / source).read_text()


def validation_rules() -> bytes:
    """Returns validate.proto, which protovalidate's wheel ships as a descriptor only."""
    rules = FileDescriptorProto.FromString(validate_pb.desc().proto.to_binary())
    return FileDescriptorSet(file=[rules]).SerializeToString()


if __name__ == "__main__":
    main()
