# Makes a fresh machine one of EduCounsel's. What it is told stands above this line: names and
# addresses, no secret. It ends with a signal: well, and the next machine is replaced; or not, and
# the stack goes back to the release before.
set -euo pipefail
ROOT=${ROOT:-} # a test's folder; empty on a machine
ACCOUNT=${ACCOUNT:-educounsel}
NO_RELEASE=$(printf '0%.0s' {1..64}) # at the first deployment: a machine then starts empty
SOURCE=$ROOT/srv/educounsel
KEPT=$ROOT/etc/educounsel
UNITS=$ROOT/etc/systemd/system

main() {
  trap 'tell_the_stack $?' EXIT
  [ "$RELEASE" != "$NO_RELEASE" ] || exit 0
  install_tools
  fetch_release
  write_environment
  install_libraries
  install_units
  watch_over_it
  start
  wait_until_ready
}

install_tools() {
  dnf install --quiet --assumeyes python3.13 amazon-cloudwatch-agent aws-cfn-bootstrap logrotate \
    postgresql17 # its pg_dump, for a backup: of the database's version or newer
  id "$ACCOUNT" >/dev/null 2>&1 || useradd --system --home-dir /var/lib/educounsel "$ACCOUNT"
}

# Nothing of it is unpacked, let alone run, before its sum is the one that the stack was told.
fetch_release() {
  archive=$(mktemp)
  aws s3 cp --only-show-errors "s3://$RELEASES/educounsel-$RELEASE.tar.gz" "$archive"
  echo "$RELEASE  $archive" | sha256sum --check --status || fail "This is not release $RELEASE."
  mkdir -p "$SOURCE"
  tar --extract --gzip --no-same-owner --directory "$SOURCE" --file "$archive"
  rm "$archive"
}

# The words above are kept: a timer asks again, as the database's password changes every week.
write_environment() {
  install -d -m 750 -g "$ACCOUNT" "$KEPT"
  aws s3 cp --only-show-errors "s3://$RELEASES/rds.pem" "$KEPT/rds.pem"
  chmod 644 "$KEPT/rds.pem"
  for name in ACCOUNT AWS_REGION TIER DOMAIN OUR_ADDRESSES EDGE_ADDRESSES FILES SIGNING_KEY_ID SIGNING_KEY \
    SETTINGS DATABASE DATABASE_HOST REDIS REDIS_HOST CACHE CACHE_HOST; do
    echo "$name=${!name}"
  done >"$KEPT/names"
  python3.13 "$SOURCE/deploy/aws/environment.py" "$KEPT"
}

# From the wheels in the release, whose sum covers them: no registry is asked.
install_libraries() {
  python3.13 -m venv "$SOURCE/.venv"
  "$SOURCE/.venv/bin/pip" install --quiet --no-index --no-deps "$SOURCE"/wheels/*.whl
}

install_units() {
  case $TIER in workers) unit=educounsel-worker@9101 ;; *) unit=educounsel-web@8000 ;; esac
  template=${unit%@*}@.service
  install -d -o "$ACCOUNT" -g "$ACCOUNT" -m 750 "$ROOT/var/lib/educounsel" "$ROOT/var/log/educounsel"
  install -D -m 644 -t "$UNITS" "$SOURCE/deploy/systemd/$template" \
    "$SOURCE"/deploy/aws/educounsel-environment.{service,timer}
  install -D -m 644 "$SOURCE/deploy/aws/log.conf" "$UNITS/$template.d/log.conf"
  install -D -m 644 "$SOURCE/deploy/aws/logrotate.conf" "$ROOT/etc/logrotate.d/educounsel"
}

watch_over_it() {
  amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c "ssm:$AGENT" >/dev/null
}

start() {
  systemctl daemon-reload
  systemctl enable --now --quiet "$unit.service" educounsel-environment.timer
}

# Through the door that the balancer will use, as the browser's request will look there.
wait_until_ready() {
  if [ "$TIER" = workers ]; then
    systemctl is-active --quiet "$unit.service" || fail "The worker does not run."
  else
    curl --fail --silent --show-error --output /dev/null --max-time 5 \
      --retry 100 --retry-delay 5 --retry-max-time 600 --retry-all-errors \
      --header "Host: $DOMAIN" --header "X-Forwarded-Proto: https" \
      "http://127.0.0.1:${PORT:-8000}/readyz"
    wait_until_requests_come
  fi
}

# When this machine says that it is well an old one goes: not before the balancer sends here.
wait_until_requests_come() {
  instance=$(ec2-metadata --instance-id | cut -d' ' -f2)
  aws elbv2 wait target-in-service --region "$AWS_REGION" \
    --target-group-arn "$TARGETS" --targets "Id=$instance"
}

tell_the_stack() {
  PATH=$PATH:/opt/aws/bin cfn-signal --exit-code "$1" --region "$AWS_REGION" \
    --stack "$STACK" --resource "$RESOURCE"
}

fail() {
  echo "$*" >&2
  exit 1
}

main
