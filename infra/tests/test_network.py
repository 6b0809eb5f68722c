"""Who may reach what."""

from typing import Any

from tests.reading import Templates, named, the

EVERYWHERE = {"0.0.0.0/0", "::/0"}


def ways_in(templates: Templates) -> list[tuple[str, dict[str, Any]]]:
    """The group that each leads into, and the rule."""
    inline = [
        (name, rule)
        for name, resource in templates.resources("EC2::SecurityGroup").items()
        for rule in resource["Properties"].get("SecurityGroupIngress", [])
    ]
    apart = [(the(named(r["GroupId"])), r) for r in templates.all("EC2::SecurityGroupIngress")]
    return inline + apart


def test_nothing_is_open_to_everywhere(templates: Templates) -> None:
    sources = [{rule.get("CidrIp"), rule.get("CidrIpv6")} for _, rule in ways_in(templates)]
    assert [source for source in sources if source & EVERYWHERE] == []


def test_only_cloudfront_reaches_the_balancer(templates: Templates) -> None:
    alb = templates.one("ElasticLoadBalancingV2::LoadBalancer")
    group = the(named(alb["SecurityGroups"]))
    (rule,) = [rule for name, rule in ways_in(templates) if name == group]
    assert rule["SourcePrefixListId"] == {"Ref": "EdgeAddresses"}
    assert (rule["FromPort"], rule["ToPort"]) == (443, 443)


def test_the_balancer_reaches_web_machines_and_nobody_reaches_workers(
    templates: Templates,
) -> None:
    ways = {
        (_short(name), _short(the(named(rule["SourceSecurityGroupId"]))), rule["FromPort"])
        for name, rule in ways_in(templates)
        if "SourceSecurityGroupId" in rule
    }
    assert ways == {
        ("Web", "Balancer", 8000),
        ("Database", "Web", 5432),
        ("Database", "Workers", 5432),
        ("Redis", "Web", 6379),
        ("Redis", "Workers", 6379),
    }
    assert all("CidrIp" not in rule for _, rule in ways_in(templates))


def _short(logical_id: str) -> str:
    return logical_id.removeprefix("Network").partition("Group")[0]


def test_no_machine_has_an_address_of_the_internet(templates: Templates) -> None:
    assert {subnet["MapPublicIpOnLaunch"] for subnet in templates.all("EC2::Subnet")} == {False}
    cards = [
        card
        for template in templates.all("EC2::LaunchTemplate")
        for card in template["LaunchTemplateData"]["NetworkInterfaces"]
    ]
    assert {card["AssociatePublicIpAddress"] for card in cards} == {False}


def test_data_have_no_way_to_the_internet(templates: Templates) -> None:
    """Neither in nor out: no route leads from their tables."""
    tables = {
        name: the(named(resource["Properties"]["RouteTableId"]))
        for name, resource in templates.resources("EC2::SubnetRouteTableAssociation").items()
    }
    of_data = {table for name, table in tables.items() if "Data" in name}
    routed = {the(named(route["RouteTableId"])) for route in templates.all("EC2::Route")}
    assert of_data
    assert of_data & routed == set()
    groups = templates.all("RDS::DBSubnetGroup") + templates.all("ElastiCache::SubnetGroup")
    assert [name for group in groups for name in named(group) if "Data" not in name] == []


def test_every_zone_has_its_own_way_out(templates: Templates) -> None:
    zones = {subnet["AvailabilityZone"] for subnet in templates.all("EC2::Subnet")}
    assert len(zones) >= 2
    assert len(templates.all("EC2::NatGateway")) == len(zones)


def test_who_talks_to_whom_is_kept(templates: Templates) -> None:
    assert templates.one("EC2::FlowLog")["TrafficType"] == "ALL"
