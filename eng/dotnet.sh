# Sourced by the scripts that call dotnet: the same environment for all, and a clear word when the SDK is not there.
# Expects: root = the top of the tree, and me = the name to speak under.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
# A build leaves no worker process behind, so a pipe on our output ends when we do.
export MSBUILDDISABLENODEREUSE=1

fail() {
  printf '%s: %s\n' "$me" "$*" >&2
  exit 1
}

need_dotnet() {
  local get="install the .NET 10 SDK: https://dotnet.microsoft.com/download/dotnet/10.0"
  command -v dotnet >/dev/null 2>&1 || fail "dotnet is not on the PATH; $get"
  # global.json asks for 10: the muxer itself says no when only others are there.
  (cd "$root" && dotnet --version >/dev/null 2>&1) ||
    fail "no .NET 10 SDK among these: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ' -); $get"
}

# The errors in a build's log, each once; its end when it has none.
show_errors() {
  if grep -qE 'error [A-Z]+[0-9]+' "$1"; then
    grep -E 'error [A-Z]+[0-9]+' "$1" | sed 's/ \[[^]]*\]$//; s/^ *//' | sort -u
  else
    tail -n 30 "$1"
  fi
}

# Builds the whole solution in Release, quietly; the log holds what it said, and a failure shows its errors.
build_all() {
  local log=artifacts/test/build.log
  mkdir -p "${log%/*}"
  echo "building (Release)"
  dotnet build Lunette.slnx -c Release -m:2 -nologo -v m -tl:off </dev/null >"$log" 2>&1 && return
  show_errors "$log"
  return 1
}
