import re
from pathlib import Path
from typing import Any

from tests.reading import Templates

REPOSITORY = Path(__file__).parents[2]
PROGRAM = REPOSITORY / "educounsel"


def attributes(templates: Templates) -> dict[str, str]:
    alb = templates.one("ElasticLoadBalancingV2::LoadBalancer")
    return {each["Key"]: each["Value"] for each in alb["LoadBalancerAttributes"]}


def conditions(rule: dict[str, Any]) -> dict[str, Any]:
    return {condition["Field"]: condition for condition in rule["Conditions"]}


def silence_seconds() -> float:
    """After which the program itself has pinged a quiet socket, and then given it up."""
    code = "\n".join(path.read_text() for path in PROGRAM.rglob("*.py"))
    waits = re.findall(r"\bws_ping_(?:interval|timeout)\W+([\d.]+)", code)
    assert len(waits) == 2, "the pings of a socket are set elsewhere now"
    return sum(map(float, waits))


def test_a_quiet_socket_is_not_cut(templates: Templates) -> None:
    assert float(attributes(templates)["idle_timeout.timeout_seconds"]) > silence_seconds()


def test_it_lets_go_of_a_connection_before_the_program_does(templates: Templates) -> None:
    """Else it would now and then ask on one that is being closed: a 502."""
    told = (REPOSITORY / "deploy/aws/environment.py").read_text()
    (kept,) = re.findall(r'"KEEP_ALIVE_SECONDS": "(\d+)"', told)
    assert float(attributes(templates)["idle_timeout.timeout_seconds"]) + 30 <= float(kept)


def test_it_is_not_deleted_by_mistake(templates: Templates) -> None:
    wanted = {
        "deletion_protection.enabled": "true",
        "routing.http.drop_invalid_header_fields.enabled": "true",
    }
    assert wanted.items() <= attributes(templates).items()


def test_it_keeps_no_log_of_what_a_student_looked_for(templates: Templates) -> None:
    """It would hold whole addresses; the balancer cannot leave a part out."""
    assert attributes(templates).get("access_logs.s3.enabled", "false") == "false"
    assert attributes(templates).get("connection_logs.s3.enabled", "false") == "false"


def test_it_speaks_only_the_tls_of_today(templates: Templates) -> None:
    listener = templates.one("ElasticLoadBalancingV2::Listener")
    assert (listener["Port"], listener["Protocol"]) == (443, "HTTPS")
    assert re.match(r"ELBSecurityPolicy-TLS13-1-[23]-", listener["SslPolicy"])
    assert len(listener["Certificates"]) == 1


def test_who_does_not_know_the_secret_is_refused(templates: Templates) -> None:
    (default,) = templates.one("ElasticLoadBalancingV2::Listener")["DefaultActions"]
    assert default["Type"] == "fixed-response"
    assert default["FixedResponseConfig"]["StatusCode"] == "403"
    for rule in templates.all("ElasticLoadBalancingV2::ListenerRule"):
        header = conditions(rule)["http-header"]["HttpHeaderConfig"]
        assert header["HttpHeaderName"] == "X-Origin-Secret"
        assert "{{resolve:secretsmanager:" in str(header["Values"])


def test_sockets_have_machines_of_their_own(templates: Templates) -> None:
    ways = {
        rule["Priority"]: conditions(rule).get("path-pattern", {}).get("PathPatternConfig")
        for rule in templates.all("ElasticLoadBalancingV2::ListenerRule")
    }
    assert ways == {10: {"Values": ["/app/*"]}, 20: None}


def test_a_machine_is_asked_whether_it_lives_and_not_what_it_stands_on(
    templates: Templates,
) -> None:
    """Else the groups would replace every machine while the database fails over."""
    for targets in templates.all("ElasticLoadBalancingV2::TargetGroup"):
        assert targets["HealthCheckPath"] == "/healthz"
        assert targets["Matcher"] == {"HttpCode": "200"}
        assert targets["Port"] == 8000
