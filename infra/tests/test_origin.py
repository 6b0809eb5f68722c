"""The header by which the balancer knows CloudFront is changed without a page that fails."""

from typing import Any

from tests.reading import Templates, words_of
from tests.test_balancer import conditions
from tests.test_edge import origin_of

NOTHING = {"Ref": "AWS::NoValue"}


def taken(templates: Templates) -> list[list[Any]]:
    """By each rule of the balancer."""
    rules = templates.all("ElasticLoadBalancingV2::ListenerRule")
    return [conditions(rule)["http-header"]["HttpHeaderConfig"]["Values"] for rule in rules]


def version(value: Any) -> str:
    """The parameter behind a reference to the secret: CloudFormation would not look at it again if
    its words stayed."""
    secret, *_, parameter, end = value["Fn::Join"][1][1:]
    assert (secret["Ref"].startswith("CredentialsOrigin"), end) == (True, "}}")
    return str(parameter["Ref"])


def test_the_edge_shows_one_value_and_the_balancer_takes_it(templates: Templates) -> None:
    (header,) = origin_of(templates, "*")["OriginCustomHeaders"]
    assert version(header["HeaderValue"]) == "OriginVersion"
    assert [values[0] for values in taken(templates)] == [header["HeaderValue"]] * 2


def test_while_it_changes_the_balancer_takes_the_one_before_too(templates: Templates) -> None:
    for _, also in taken(templates):
        condition, before, otherwise = also["Fn::If"]
        assert (version(before), otherwise) == ("OriginBefore", NOTHING)
        asked = words_of(templates.here["Conditions"][condition]["Fn::Not"])
        assert asked == "OriginBefore", "it is taken where it is named, and nowhere else"
    defaults = [templates.here["Parameters"][f"Origin{name}"] for name in ("Version", "Before")]
    assert [each["Default"] for each in defaults] == ["", ""]


def test_the_balancer_takes_a_new_value_before_the_edge_shows_it(templates: Templates) -> None:
    (edge,) = templates.resources("CloudFront::Distribution").values()
    assert set(templates.resources("ElasticLoadBalancingV2::ListenerRule")) <= set(
        edge["DependsOn"]
    )
