#!/usr/bin/env bash
# Installs what the tests need of the system and what is missing of it: chromium for the app's pages, the library that
# Playwright's driver loads, and what it takes to begin (make, git, Python's venv). Everything else comes into `.venv`.
#
# `make test` and `.ci/run` call it. It asks before it uses apt, unless CI=true. Without apt, rights, a terminal to ask
# at, or a yes it installs nothing and ends well: what can run runs, and pytest's last line says what did not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing=()
command -v make >/dev/null || missing+=(make)
command -v git >/dev/null || missing+=(git)
if ! [ -e .venv/bin/python ]; then
    command -v "${PYTHON:-python3}" >/dev/null || missing+=(python3)
    "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
fi
libatomic() { compgen -G '/usr/lib*/libatomic.so.1' || compgen -G '/usr/lib/*/libatomic.so.1'; }
if ! command -v chromium >/dev/null; then
    missing+=(chromium libatomic1)
elif ! libatomic >/dev/null; then
    missing+=(libatomic1)
fi
if [ "${#missing[@]}" -eq 0 ]; then exit 0; fi

go_on_without() {
    echo "not installed: ${missing[*]} ($1)" >&2
    exit 0
}

as_root=()
command -v apt-get >/dev/null || go_on_without "there is no apt here"
if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || go_on_without "only root may"
    as_root=(sudo -n)
fi
if [ "${CI:-}" != true ]; then
    [ -t 0 ] || go_on_without "no terminal to ask at; CI=true installs without asking"
    read -r -p "The tests need ${missing[*]}. Install with apt? [y/N] " answer || answer=
    [[ "$answer" == [Yy]* ]] || go_on_without "as you wish"
fi

export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" ||
    go_on_without "apt could not"
