# Sourced by ./lunette for "install --prefix DIR": puts what was built where a system keeps such things. All of it but
# the service's unit finds the rest relative to where it lies, so DIR can be moved.
# Expects: root, fail and app, the folder of the built programs.

install_usage="usage: ./lunette install --prefix DIR"

install_all() {
  local prefix
  case $#:${1:-} in
    2:--prefix) prefix=$2 ;;
    1:--prefix=*) prefix=${1#--prefix=} ;;
    *) echo "$install_usage" >&2; exit 2 ;;
  esac
  [ -n "$prefix" ] || { echo "$install_usage" >&2; exit 2; }
  mkdir -p "$prefix"/{bin,lib/lunette,include,share/man/man3,share/man/man8} || fail "cannot write to $prefix"
  prefix=$(cd -- "$prefix" && pwd -P)
  install_programs "$prefix" && install_pages "$prefix" && install_unit "$prefix" || fail "cannot write to $prefix"
  install_library "$prefix"
  echo "installed in $prefix: lunette, stmfadm, sbdadm, itadm; their pages: man -M $prefix/share/man lunette"
  echo "as a service: systemctl enable --now $prefix/lib/systemd/system/lunette.service"
}

# A daemon that is running keeps the files it was started from, until the installation after the next.
install_programs() {
  local prefix=$1 to name
  to=$(mktemp -d "$prefix/lib/lunette/app.XXXXXX") || return
  chmod 755 "$to" && cp -RL "$app/Daemon" "$app/Cli" "$to/" || return
  ln -sfn "${to##*/}" "$prefix/lib/lunette/current" || return
  ls -1dt "$prefix"/lib/lunette/app.* | tail -n +3 | while IFS= read -r old; do rm -rf "$old"; done
  for name in lunette stmfadm sbdadm itadm; do install_command "$prefix/bin/$name" "$name" || return; done
}

install_command() { # file, name
  cat >"$1.new" <<EOF
#!/bin/sh
app=\$(dirname -- "\$(readlink -f -- "\$0")")/../lib/lunette/current
program=Cli
EOF
  # lunette is the one name that serves; the others are what they are called.
  if [ "$2" = lunette ]; then
    echo '[ "${1:-}" != serve ] || program=Daemon' >>"$1.new"
  else
    echo "export LUNETTE_CALLED=$2" >>"$1.new"
  fi
  echo 'exec dotnet "$app/$program/Lunette.$program.dll" "$@"' >>"$1.new"
  chmod 755 "$1.new" && mv -f "$1.new" "$1"
}

# The one file that holds an absolute path: a unit has no other way to name its program.
install_unit() {
  local units=$1/lib/systemd/system
  mkdir -p "$units" && sed "s|@PREFIX@|$1|g" "$root/eng/lunette.service" >"$units/lunette.service"
}

install_pages() {
  local man=$1/share/man page name
  for page in "$root"/docs/man/*; do cp "$page" "$man/man${page##*.}/" || return; done
  # One page tells of all functions; each has its name there.
  sed -nE 's/^(int|void|size_t) ((stmf|lunette_stmf)\w*)\(.*/\2/p' "$root/src/Libstmf/include/libstmf.h" |
    while IFS= read -r name; do echo ".so man3/libstmf.3" >"$man/man3/$name.3" || return; done
}

# The C library is made where it can be; without it the commands are as good.
install_library() {
  local prefix=$1 made
  if ! made=$(bash "$root/eng/libstmf"); then
    echo "the C library was not made, everything else is in place" >&2
    return
  fi
  cp "$root"/src/Libstmf/include/*.h "$prefix/include/" &&
    cp "$made" "$prefix/lib/libstmf.so.1.new" && mv -f "$prefix/lib/libstmf.so.1.new" "$prefix/lib/libstmf.so.1" &&
    ln -sfn libstmf.so.1 "$prefix/lib/libstmf.so" || fail "cannot write to $prefix"
  echo "the C library: cc prog.c -I$prefix/include -L$prefix/lib -lstmf -Wl,-rpath,$prefix/lib"
}
