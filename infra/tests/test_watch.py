"""Whatever should call a human has an alarm, and every alarm calls."""

import re
from pathlib import Path
from typing import Any

from tests.reading import Templates, listed, named, the, words_of

REPOSITORY = Path(__file__).parents[2]
RUNBOOK = (REPOSITORY / "docs/runbook.md").read_text()
WRITERS = (
    REPOSITORY / "educounsel/operations/queue_age.py",
    REPOSITORY / "educounsel/companion/budget.py",
)
CALLS = {
    "queue_age_seconds",
    "failed_jobs",
    "ai_budget_percent",
    "HTTPCode_Target_5XX_Count",
    "HTTPCode_ELB_5XX_Count",
    "TargetResponseTime",
    "UnHealthyHostCount",
    "GroupInServiceInstances",
    "mem_used_percent",
    "disk_used_percent",
    "CPUUtilization",
    "FreeStorageSpace",
    "FreeableMemory",
    "DatabaseConnections",
    "DatabaseMemoryUsagePercentage",
    "EngineCPUUtilization",
    "ReplicationLag",
    "HealthCheckStatus",
    "DaysToExpiry",
}


def test_whatever_hurts_a_school_calls_a_human(templates: Templates) -> None:
    assert {alarm["MetricName"] for alarm in templates.all("CloudWatch::Alarm")} >= CALLS


def alarms(templates: Templates) -> list[dict[str, Any]]:
    """All but those by which Auto Scaling follows the load."""
    policies = set(templates.resources("AutoScaling::ScalingPolicy"))
    return [
        alarm
        for alarm in templates.all("CloudWatch::Alarm")
        if not named(alarm["AlarmActions"]) & policies
    ]


def test_every_alarm_calls_the_operator(templates: Templates) -> None:
    topics = set(templates.resources("SNS::Topic"))
    called = [named(alarm["AlarmActions"]) for alarm in alarms(templates)]
    assert set().union(*called) == topics
    assert all(called)
    assert [named(alarm["OKActions"]) for alarm in alarms(templates)] == called
    told = {the(named(each["TopicArn"])) for each in templates.all("SNS::Subscription")}
    assert told == topics


def test_an_alarm_says_what_to_do_and_where_more_is_written(templates: Templates) -> None:
    section = RUNBOOK.partition("## When an alarm of AWS calls\n")[2].partition("\n## ")[0]
    headings = set(re.findall(r"^### (.+)$", section, re.MULTILINE))
    told = [alarm["AlarmDescription"] for alarm in alarms(templates)]
    told += [target["Input"] for target in templates.one("Events::Rule")["Targets"]]
    read = [re.findall(r'More: docs/runbook.md, \\?"([^"\\]+)', words) for words in told]
    assert {heading for (heading,) in read} == headings


def test_what_the_log_tells_is_counted_and_calls(templates: Templates) -> None:
    """The highest that any machine says; and the program says each, in these words."""
    calls = {alarm["MetricName"]: alarm for alarm in alarms(templates)}
    for told in templates.all("Logs::MetricFilter"):
        (made,) = told["MetricTransformations"]
        name = made["MetricName"]
        assert told["FilterPattern"] == f"{{ $.{name} >= 0 }}"
        assert made["MetricValue"] == f"$.{name}"
        assert calls[name]["Namespace"] == made["MetricNamespace"]
        assert calls[name]["Statistic"] == "Maximum"
        assert any(f'"{name}": ' in path.read_text() for path in WRITERS)
        del calls[name]
    assert calls.keys() & {"queue_age_seconds", "failed_jobs", "ai_budget_percent"} == set()


def test_jobs_that_wait_call_and_so_does_a_log_that_does_not_say(templates: Templates) -> None:
    alarm = alarm_on("queue_age_seconds", templates)
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (60, "breaching")


def test_one_job_that_failed_calls(templates: Templates) -> None:
    alarm = alarm_on("failed_jobs", templates)
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")


def test_what_the_ai_costs_calls_before_the_month_is_spent(templates: Templates) -> None:
    """It is told once an hour: a shorter look would find nothing, and call it well."""
    alarm = alarm_on("ai_budget_percent", templates)
    assert alarm["Threshold"] == 80
    assert alarm["Period"] * alarm["EvaluationPeriods"] >= 2 * 60 * 60


def alarm_on(figure: str, templates: Templates) -> dict[str, Any]:
    (alarm,) = [each for each in alarms(templates) if each["MetricName"] == figure]
    return alarm


def test_each_node_of_valkey_is_watched(templates: Templates) -> None:
    """ElastiCache counts for CacheClusterId; an alarm on the whole group would hear nothing."""
    watched = {
        words_of(dimension["Value"])
        for alarm in templates.all("CloudWatch::Alarm")
        if alarm["Namespace"] == "AWS/ElastiCache"
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "CacheClusterId"
    }
    groups = templates.resources("ElastiCache::ReplicationGroup")
    assert watched == {f"{group}-{node}" for group in groups for node in ("001", "002")}


def test_each_certificate_calls_before_it_ends(templates: Templates) -> None:
    """With the one behind the edge gone, too, nobody comes through."""
    watched = {
        the(named(alarm["Dimensions"]))
        for alarm in alarms(templates)
        if alarm["MetricName"] == "DaysToExpiry"
    }
    assert watched == set(templates.resources("CertificateManager::Certificate"))


def test_a_backup_that_fails_calls_the_operator(templates: Templates) -> None:
    rule = templates.one("Events::Rule")
    assert rule["EventPattern"] == {
        "source": ["aws.backup"],
        "detail-type": ["Backup Job State Change"],
        "detail": {"state": ["FAILED", "ABORTED", "EXPIRED"]},
    }
    (target,) = rule["Targets"]
    topic = the(named(target["Arn"]))
    (policy,) = [
        each for each in templates.all("SNS::TopicPolicy") if named(each["Topics"]) == {topic}
    ]
    assert "events.amazonaws.com" in services(policy["PolicyDocument"], "sns:Publish")


def test_the_look_from_outside_sees_what_pages_stand_on(templates: Templates) -> None:
    look = templates.one("Route53::HealthCheck")["HealthCheckConfig"]
    assert (look["Type"], look["ResourcePath"]) == ("HTTPS", "/readyz")
    assert look["FullyQualifiedDomainName"] == {"Ref": "Domain"}


def test_silence_of_what_must_speak_is_an_alarm(templates: Templates) -> None:
    silent = {
        alarm["MetricName"]
        for alarm in templates.all("CloudWatch::Alarm")
        if alarm["TreatMissingData"] == "breaching"
    }
    assert {"HealthCheckStatus", "GroupInServiceInstances", "FreeStorageSpace"} <= silent


def test_topics_are_sealed_with_a_key_that_publishers_may_use(templates: Templates) -> None:
    """Without it an alarm goes off and nobody hears of it."""
    policies = {the(named(each["Topics"])): each for each in templates.all("SNS::TopicPolicy")}
    for name, topic in templates.resources("SNS::Topic").items():
        master = the(named(topic["Properties"]["KmsMasterKeyId"]))
        key = templates.resources("KMS::Key")[master]["Properties"]["KeyPolicy"]
        publishers = services(policies[name]["PolicyDocument"], "sns:Publish")
        assert "cloudwatch.amazonaws.com" in publishers
        assert publishers <= services(key, "kms:GenerateDataKey*")


def services(policy: dict[str, Any], action: str) -> set[str]:
    """Of AWS, that a policy allows this."""
    return {
        statement["Principal"]["Service"]
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow"
        and action in listed(statement["Action"])
        and "Service" in statement["Principal"]
    }


def test_there_is_one_page_to_look_at(templates: Templates) -> None:
    assert len(templates.all("CloudWatch::Dashboard")) == 1


def test_the_bill_calls_before_the_month_ends(templates: Templates) -> None:
    budget = templates.one("Budgets::Budget")
    assert budget["Budget"]["BudgetLimit"]["Unit"] == "USD"
    told = [each["Notification"] for each in budget["NotificationsWithSubscribers"]]
    assert {(each["NotificationType"], each["Threshold"]) for each in told} == {
        ("ACTUAL", 80),
        ("FORECASTED", 100),
    }
