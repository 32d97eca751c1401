# What the specs and this run take from Debian: kcat as an outside client of Kafka, PostgreSQL, Java and Maven, Python
# for the fuzzer and for a subscriber.

debian_packages() {
  local missing=()
  command -v kcat >/dev/null || missing+=(kcat)
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
  command -v javac >/dev/null || missing+=(default-jdk-headless)
  command -v mvn >/dev/null || missing+=(maven)
  python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
  command -v curl >/dev/null || missing+=(curl)
  if ((${#missing[@]} == 0)); then
    echo 'All there.'
    return
  fi
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}
