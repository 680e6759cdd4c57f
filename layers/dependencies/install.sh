#!/bin/sh
# install.sh RUNTIME ARCHITECTURE TARGET [CACHE]: put the locked packages for Lambda's platform into TARGET.
set -eu
runtime=$1 architecture=$2 target=$3 cache=${4:-}
version=${runtime#python}
case $architecture in
  arm64) machine=aarch64 ;;
  x86_64) machine=x86_64 ;;
  *) echo "Unknown architecture $architecture: arm64 or x86_64" >&2; exit 2 ;;
esac

install_into() {
  # Amazon Linux 2023, the system of the Python runtimes since 3.12, has glibc 2.34; both manylinux names are older.
  if python3 -m uv --version > /dev/null 2>&1; then
    python3 -m uv pip install --quiet --no-config --require-hashes --requirement requirements.lock --target "$1" \
      --python-version "$version" --python-platform "$machine-manylinux_2_28" --only-binary :all:
  else
    python3 -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock --target "$1" \
      --python-version "$version" --implementation cp --only-binary :all: --no-deps \
      --platform "manylinux_2_28_$machine" --platform "manylinux_2_17_$machine" --platform "manylinux2014_$machine"
  fi
  # Lambda's runtime brings boto3; tests and headers of packages are of no use in a layer.
  rm -rf "$1"/bin "$1"/*.lock "$1"/.lock
  find "$1" -name __pycache__ -prune -exec rm -r {} +
  if "$runtime" -c "" 2> /dev/null; then # bytecode serves only the Python version that made it
    "$runtime" -m compileall -q -j 0 --invalidation-mode unchecked-hash -s "$(dirname "$1")" -p /opt "$1" || true
  fi
}

mkdir -p "$(dirname "$target")"
if [ -z "$cache" ]; then
  install_into "$target"
  exit
fi
key=$(cat requirements.lock install.sh | sha256sum | cut -c 1-16)-$version-$machine
if [ ! -d "$cache/$key" ]; then
  mkdir -p "$cache"
  half=$(mktemp -d "$cache/half.XXXXXX")
  install_into "$half/python"
  mv "$half/python" "$cache/$key" 2> /dev/null || [ -d "$cache/$key" ] # another build may have been first
  rm -rf "$half"
fi
cp -Rl "$cache/$key" "$target" 2> /dev/null || { rm -rf "$target"; cp -R "$cache/$key" "$target"; } # links where the disk allows
