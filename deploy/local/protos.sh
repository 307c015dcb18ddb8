#!/usr/bin/env bash
# Python code and type stubs from protos/, into build/gen (ignored by git, on the environment's path).
set -euo pipefail
cd "$(dirname "$0")/../.."
rm -rf build/gen
mkdir -p build/gen
.venv/bin/python -m grpc_tools.protoc -Iprotos --python_out=build/gen --grpc_python_out=build/gen \
    --plugin=protoc-gen-mypy=.venv/bin/protoc-gen-mypy --mypy_out=quiet:build/gen \
    --plugin=protoc-gen-mypy_grpc=.venv/bin/protoc-gen-mypy_grpc --mypy_grpc_out=quiet:build/gen \
    $(cd protos && find samspor -name '*.proto' | sort)
