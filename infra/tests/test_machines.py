from typing import Any

from educounsel_infra.config import SIZES

from tests.reading import Templates, listed, named, the, words_of

TIERS = ["sockets", "web", "workers"]


def launched(templates: Templates) -> list[dict[str, Any]]:
    found = [each["LaunchTemplateData"] for each in templates.all("EC2::LaunchTemplate")]
    assert len(found) == len(TIERS)
    return found


def groups(templates: Templates) -> dict[str, Any]:
    """By tier."""
    found = templates.resources("AutoScaling::AutoScalingGroup")
    return {_tier(name): resource for name, resource in found.items()}


def _tier(logical_id: str) -> str:
    return logical_id.removeprefix("Fleets").partition("Group")[0].lower()


def test_credentials_are_given_to_the_machine_itself_only(templates: Templates) -> None:
    for data in launched(templates):
        options = data["MetadataOptions"]
        assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 1)


def test_a_shell_comes_by_session_manager_and_not_with_a_key(templates: Templates) -> None:
    assert ["KeyName" in data for data in launched(templates)] == [False] * 3
    (role,) = [
        role
        for role in templates.all("IAM::Role")
        if "ec2.amazonaws.com" in words_of(role["AssumeRolePolicyDocument"])
    ]
    assert "AmazonSSMManagedInstanceCore" in words_of(role["ManagedPolicyArns"])


def test_disks_are_sealed(templates: Templates) -> None:
    for data in launched(templates):
        assert [disk["Ebs"]["Encrypted"] for disk in data["BlockDeviceMappings"]] == [True]


def test_each_kind_of_work_has_machines_in_two_zones_or_more(templates: Templates) -> None:
    assert sorted(groups(templates)) == TIERS
    for group in groups(templates).values():
        properties = group["Properties"]
        assert int(properties["MaxSize"]) > int(properties["MinSize"]) >= 2
        assert len(properties["VPCZoneIdentifier"]) >= 2


def test_their_number_is_that_of_the_size(templates: Templates) -> None:
    size = SIZES[templates.size]
    fleets = {"web": size.web, "sockets": size.sockets, "workers": size.workers}
    for tier, group in groups(templates).items():
        limits = (group["Properties"]["MinSize"], group["Properties"]["MaxSize"])
        assert limits == (str(fleets[tier].least), str(fleets[tier].most))


def test_web_and_sockets_follow_what_a_machine_bears(templates: Templates) -> None:
    followed = {
        _tier(the(named(policy["AutoScalingGroupName"]))): policy["TargetTrackingConfiguration"]
        for policy in templates.all("AutoScaling::ScalingPolicy")
        if policy["PolicyType"] == "TargetTrackingScaling"
    }
    assert sorted(followed) == ["sockets", "web"]
    counted = followed["sockets"]["CustomizedMetricSpecification"]
    assert counted["MetricName"] == "netstat_tcp_established"


def test_workers_follow_how_long_jobs_wait(templates: Templates) -> None:
    steps = {
        name: resource["Properties"]
        for name, resource in templates.resources("AutoScaling::ScalingPolicy").items()
        if resource["Properties"]["PolicyType"] == "StepScaling"
    }
    assert {_tier(the(named(step["AutoScalingGroupName"]))) for step in steps.values()} == {
        "workers"
    }
    for alarm in templates.all("CloudWatch::Alarm"):
        for name in named(alarm["AlarmActions"]) & set(steps):
            changes = [each["ScalingAdjustment"] for each in steps.pop(name)["StepAdjustments"]]
            assert alarm["MetricName"] == "queue_age_seconds"
            grows = alarm["ComparisonOperator"].startswith("Greater")
            assert [change > 0 for change in changes] == [grows] * len(changes)
    assert steps == {}, "nothing rings them"


def test_a_release_replaces_a_few_at_a_time_and_goes_back_by_itself(
    templates: Templates,
) -> None:
    for group in groups(templates).values():
        update = group["UpdatePolicy"]["AutoScalingRollingUpdate"]
        assert update["WaitOnResourceSignals"] is True
        assert update["MinSuccessfulInstancesPercent"] == 100
        assert update["MinInstancesInService"] == int(group["Properties"]["MinSize"])
        assert update["MaxBatchSize"] <= max(1, int(group["Properties"]["MaxSize"]) // 8)
        assert update["PauseTime"] == "PT15M"
        assert group["CreationPolicy"]["ResourceSignal"]["Timeout"] == "PT15M"


def test_no_machine_starts_before_its_rights(templates: Templates) -> None:
    """They are a resource of their own, which a release may change at the same time."""
    (role,) = {the(named(profile["Roles"])) for profile in templates.all("IAM::InstanceProfile")}
    rights = {
        name
        for name, policy in templates.resources("IAM::Policy").items()
        if named(policy["Properties"]["Roles"]) == {role}
    }
    for group in groups(templates).values():
        assert rights
        assert rights <= set(group["DependsOn"])


def test_who_does_not_answer_is_replaced(templates: Templates) -> None:
    kinds = {
        tier: group["Properties"].get("HealthCheckType", "EC2")
        for tier, group in groups(templates).items()
    }
    assert kinds == {"web": "ELB", "sockets": "ELB", "workers": "EC2"}


def test_a_machine_runs_the_release_of_this_sum(templates: Templates) -> None:
    assert templates.here["Parameters"]["Release"]["AllowedPattern"] == "[0-9a-f]{64}"
    assert all("Release" in named(data["UserData"]) for data in launched(templates))


def test_a_machine_signals_for_its_own_group(templates: Templates) -> None:
    told = [words_of(data["UserData"]) for data in launched(templates)]
    for name in templates.resources("AutoScaling::AutoScalingGroup"):
        (words,) = [words for words in told if f"RESOURCE='{name}'" in words]
        assert f"TIER='{_tier(name)}'" in words


def test_no_secret_is_in_what_a_machine_is_told(templates: Templates) -> None:
    """Everybody who may look at a machine reads its user data: they name secrets only."""
    for data in launched(templates):
        assert "{{resolve" not in words_of(data["UserData"])
        assert "Parameters" not in named(data["UserData"])
        assert len(words_of(data["UserData"])) < 14_000  # AWS takes 16 KB


def test_no_right_is_given_by_a_star(templates: Templates) -> None:
    """In a resource only as the end of a bucket's things, or where AWS knows no other."""
    for statement in templates.statements():
        actions = listed(statement["Action"])
        assert [action for action in actions if "*" in action] == []
        if "*" in listed(statement["Resource"]):
            assert actions in (
                ["cloudwatch:PutMetricData"],
                ["elasticloadbalancing:DescribeTargetHealth"],
            )
            if "Put" in actions[0]:
                assert list(statement["Condition"]["StringEquals"]) == ["cloudwatch:namespace"]


def test_web_migrates_the_database_before_others_start(templates: Templates) -> None:
    (web,) = [n for n in templates.resources("AutoScaling::AutoScalingGroup") if "Web" in n]
    for tier in ("sockets", "workers"):
        assert web in groups(templates)[tier]["DependsOn"]


def test_machines_know_the_edge_and_so_the_browser_behind_it(templates: Templates) -> None:
    """Or the whole school would seem to come from the balancer."""
    told = [words_of(data["UserData"]) for data in launched(templates)]
    assert all("export EDGE_ADDRESSES='EdgeAddresses'" in words for words in told)
    assert templates.one("EC2::VPC")["CidrBlock"] == "10.0.0.0/16"
    assert all("export OUR_ADDRESSES='10.0.0.0/16'" in words for words in told)
    (allowed,) = [
        statement["Resource"]
        for statement in templates.statements()
        if statement["Action"] == "ec2:GetManagedPrefixListEntries"
    ]
    assert words_of(allowed).endswith(":aws:prefix-list/EdgeAddresses")


def test_the_key_opens_secrets_alone(templates: Templates) -> None:
    """It seals the database and its copies as well."""
    (unseal,) = [each for each in templates.statements() if each["Action"] == "kms:Decrypt"]
    (by_way_of,) = unseal["Condition"]["StringEquals"].values()
    assert unseal["Condition"]["StringEquals"] == {"kms:ViaService": by_way_of}
    assert by_way_of.startswith("secretsmanager.")
