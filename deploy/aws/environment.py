"""Writes the program's environment from what Secrets Manager holds: environment.py FOLDER.

FOLDER/names says where to ask. At boot by user_data.sh, then every few minutes by a timer: an
operator may change a setting, AWS the addresses of its edge. If anything is new, the program is
started again, in order. The database's password, which RDS changes every week, stands in a file
of its own, which libpq reads at each new connection: nothing is started for it. Nothing is
printed: an error names a secret, never shows one. Runs on the machine's own Python, with nothing
installed.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote


def main(folder: Path) -> None:
    names = dict(line.split("=", 1) for line in (folder / "names").read_text().splitlines())
    # All is asked before anything is written: the next run finds what this one could not finish.
    login = json.loads(_secret(names, "DATABASE"))
    texts = {
        "signing_key.pem": _secret(names, "SIGNING_KEY") + "\n",
        "environment": "".join(_lines(environment(names, folder, login["username"]))),
    }
    _put_password(folder / "pgpass", login["password"], names["ACCOUNT"])
    new = [_put(folder / name, text) for name, text in texts.items()]
    if any(new):
        # Only what runs already: at boot nothing does.
        unit = "educounsel-worker" if names["TIER"] == "workers" else "educounsel-web"
        subprocess.run(["systemctl", "try-restart", f"{unit}@*"], check=True)


def environment(names: dict[str, str], folder: Path, user: str) -> dict[str, str]:
    """What docs/architecture.md names; the settings that are secret come as they were put in."""
    return {
        "EDUCOUNSEL_PROFILE": "production",
        "EDUCOUNSEL_DATA": "/var/lib/educounsel",
        "HOST": "0.0.0.0",  # noqa: S104 - the balancer alone gets through to it
        "KEEP_ALIVE_SECONDS": "360",  # the balancer must let go first: its IDLE_SECONDS
        "ALLOWED_HOSTS": names["DOMAIN"],
        "PUBLIC_URL": f"https://{names['DOMAIN']}",
        "FORWARDED_ALLOW_IPS": ",".join([names["OUR_ADDRESSES"], *_edge_addresses(names)]),
        "DATABASE_URL": _database(names, user),
        "PGPASSFILE": str(folder / "pgpass"),
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": str(folder / "rds.pem"),
        "REDIS_URL": _redis(names, "REDIS"),
        "CACHE_REDIS_URL": _redis(names, "CACHE"),
        "S3_BUCKET": names["FILES"],
        "S3_REGION": names["AWS_REGION"],
        "CLOUDFRONT_DOMAIN": names["DOMAIN"],
        "CLOUDFRONT_KEY_ID": names["SIGNING_KEY_ID"],
        "CLOUDFRONT_KEY_FILE": str(folder / "signing_key.pem"),
        **json.loads(_secret(names, "SETTINGS")),
    }


def _database(names: dict[str, str], user: str) -> str:
    return f"postgresql://{quote(user, safe='')}@{names['DATABASE_HOST']}:5432/educounsel"


def _edge_addresses(names: dict[str, str]) -> list[str]:
    """CloudFront's, which change. Of the addresses that a request came by, the last that is neither
    ours nor CloudFront's is the browser's: who lies about it adds words before it, not behind."""
    answer = _aws(
        names,
        *("ec2", "get-managed-prefix-list-entries", "--prefix-list-id", names["EDGE_ADDRESSES"]),
        *("--query", "Entries[].Cidr"),
    )
    return sorted(answer.split()) or sys.exit("AWS does not tell the addresses of CloudFront.")


def _redis(names: dict[str, str], name: str) -> str:
    return f"rediss://:{quote(_secret(names, name), safe='')}@{names[f'{name}_HOST']}:6379/0"


def _secret(names: dict[str, str], name: str) -> str:
    answer = _aws(
        names,
        *("secretsmanager", "get-secret-value", "--secret-id", names[name]),
        *("--query", "SecretString"),
    )
    return answer or sys.exit(f"Secrets Manager does not give {name}: {names[name]}.")


def _aws(names: dict[str, str], *asked: str) -> str:
    """What AWS answers, or nothing where it refuses."""
    command = ["aws", *asked, "--region", names["AWS_REGION"], "--output", "text"]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    return "" if answer.returncode else answer.stdout.strip()


def _lines(words: dict[str, str]) -> list[str]:
    """As systemd reads an EnvironmentFile: quotes and backslashes in them are escaped as in C."""
    return [f"{name}={json.dumps(value, ensure_ascii=False)}\n" for name, value in words.items()]


def _put_password(path: Path, password: str, account: str) -> None:
    """As libpq wants it: escaped, and in a file that its program alone may open."""
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(f"*:*:*:*:{escaped}\n")
    shutil.chown(draft, user=account)
    draft.replace(path)


def _put(path: Path, text: str) -> bool:
    """Whether it is new. Written beside and moved into place, for root and the program alone."""
    if path.exists() and path.read_text() == text:
        return False
    draft = path.with_suffix(".new")
    draft.touch(mode=0o640)
    draft.write_text(text)
    os.chown(draft, -1, path.parent.stat().st_gid)
    draft.replace(path)
    return True


if __name__ == "__main__":
    main(Path(sys.argv[1]))
