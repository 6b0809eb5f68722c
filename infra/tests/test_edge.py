from typing import Any

from tests.reading import Templates, named, the, words_of

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
BODIES = {  # every rule of AWS's groups that reads what a form holds
    "SizeRestrictions_BODY",
    "CrossSiteScripting_BODY",
    "GenericLFI_BODY",
    "GenericRFI_BODY",
    "EC2MetaDataSSRF_BODY",
    "Log4JRCE_BODY",
    "JavaDeserializationRCE_BODY",
    "ReactJSRCE_BODY",
}
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"


def distribution(templates: Templates) -> dict[str, Any]:
    config: dict[str, Any] = templates.one("CloudFront::Distribution")["DistributionConfig"]
    return config


def behaviours(templates: Templates) -> dict[str, dict[str, Any]]:
    config = distribution(templates)
    paths = {each["PathPattern"]: each for each in config["CacheBehaviors"]}
    return {"*": config["DefaultCacheBehavior"], **paths}


def origin_of(templates: Templates, path: str) -> dict[str, Any]:
    wanted = behaviours(templates)[path]["TargetOriginId"]
    origins = {each["Id"]: each for each in distribution(templates)["Origins"]}
    origin: dict[str, Any] = origins[wanted]
    return origin


def made(templates: Templates, kind: str, reference: Any) -> dict[str, Any]:
    """The properties of the resource that a value refers to."""
    properties: dict[str, Any] = templates.resources(kind)[the(named(reference))]["Properties"]
    return properties


def test_three_ways_lead_through_the_edge(templates: Templates) -> None:
    assert sorted(behaviours(templates)) == ["*", "/media/*", "/static/*"]


def test_pages_and_sockets_pass_whole_and_are_not_kept(templates: Templates) -> None:
    pages = behaviours(templates)["*"]
    assert pages["CachePolicyId"] == CACHING_DISABLED
    assert pages["OriginRequestPolicyId"] == ALL_VIEWER
    assert {"GET", "POST", "OPTIONS"} <= set(pages["AllowedMethods"])


def test_the_edge_goes_to_the_balancer_by_tls_and_shows_the_secret(templates: Templates) -> None:
    origin = origin_of(templates, "*")
    assert words_of(origin["DomainName"]) == "origin.Domain"
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert origin["CustomOriginConfig"]["OriginSSLProtocols"] == ["TLSv1.2"]
    (header,) = origin["OriginCustomHeaders"]
    assert header["HeaderName"] == "X-Origin-Secret"
    assert "{{resolve:secretsmanager:" in words_of(header["HeaderValue"])


def test_everybody_comes_by_https(templates: Templates) -> None:
    for behaviour in behaviours(templates).values():
        assert behaviour["ViewerProtocolPolicy"] in ("redirect-to-https", "https-only")
    certificate = distribution(templates)["ViewerCertificate"]
    assert certificate["MinimumProtocolVersion"] in ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
    assert certificate["AcmCertificateArn"] == {"Ref": "Certificate"}


def test_uploads_need_a_signature(templates: Templates) -> None:
    groups = behaviours(templates)["/media/*"]["TrustedKeyGroups"]
    assert made(templates, "CloudFront::KeyGroup", groups)["KeyGroupConfig"]["Items"]


def test_one_copy_of_an_upload_serves_all_and_may_be_given_a_name(templates: Templates) -> None:
    policy = made(
        templates, "CloudFront::CachePolicy", behaviours(templates)["/media/*"]["CachePolicyId"]
    )
    asked = policy["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
    assert asked["QueryStringsConfig"] == {
        "QueryStringBehavior": "whitelist",
        "QueryStrings": ["response-content-disposition"],
    }
    assert asked["CookiesConfig"] == {"CookieBehavior": "none"}
    assert asked["HeadersConfig"] == {"HeaderBehavior": "none"}


def test_the_bucket_opens_to_this_edge_only(templates: Templates) -> None:
    (edge,) = templates.resources("CloudFront::Distribution")
    for path in ("/static/*", "/media/*"):
        origin = origin_of(templates, path)
        control = made(
            templates, "CloudFront::OriginAccessControl", origin["OriginAccessControlId"]
        )["OriginAccessControlConfig"]
        assert (control["SigningBehavior"], control["SigningProtocol"]) == ("always", "sigv4")
        (allowed,) = readers(templates, the(named(origin["DomainName"])))
        assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert edge in named(allowed["Condition"]["StringEquals"]["AWS:SourceArn"])


def readers(templates: Templates, bucket: str) -> list[dict[str, Any]]:
    """Who may do something in a bucket, as its own policy says."""
    return [
        statement
        for policy in templates.all("S3::BucketPolicy")
        if named(policy["Bucket"]) == {bucket}
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]


def test_answers_carry_headers_that_protect(templates: Templates) -> None:
    for path, behaviour in behaviours(templates).items():
        policy = made(
            templates, "CloudFront::ResponseHeadersPolicy", behaviour["ResponseHeadersPolicyId"]
        )
        headers = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
        assert "ContentTypeOptions" in headers
        assert headers["FrameOptions"]["FrameOption"] == "DENY"
        assert headers["ReferrerPolicy"]["ReferrerPolicy"] == "same-origin"
        assert ("ContentSecurityPolicy" in headers) == (path == "/media/*")


def test_the_edge_keeps_a_log_without_what_a_student_looked_for(templates: Templates) -> None:
    """Nor cookies. The older kind of log leaves no field out, so there is none of it."""
    assert "Logging" not in distribution(templates)
    fields = templates.one("Logs::Delivery")["RecordFields"]
    assert {"date", "time", "c-ip", "cs-uri-stem", "sc-status", "x-edge-request-id"} <= set(fields)
    assert {"cs-uri-query", "cs(Referer)", "cs(Cookie)"} & set(fields) == set()


def test_the_log_of_the_edge_is_ordered_where_cloudfront_takes_it(templates: Templates) -> None:
    """In us-east-1, once the distribution is known."""
    source = templates.one("Logs::DeliverySource")
    assert source["LogType"] == "ACCESS_LOGS"
    assert words_of(source["ResourceArn"]).endswith(":distribution/Distribution")
    assert "Distribution" in {name.removesuffix("Made") for name in templates.here["Outputs"]}
    bucket = the(named(templates.one("Logs::DeliveryDestination")["DestinationResourceArn"]))
    (allowed,) = readers(templates, bucket)
    assert allowed["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert words_of(allowed["Condition"]["ArnLike"]).endswith(f":delivery-source:{source['Name']}")
    ordered = [name for name in templates.there["Resources"] if name.startswith("EdgeLogDelivery")]
    assert templates.there["Resources"][the(set(ordered))]["Condition"] == "EdgeIsKnown"


def test_a_firewall_stands_before_it(templates: Templates) -> None:
    assert distribution(templates)["WebACLId"] == {"Ref": "Firewall"}
    acl = templates.one("WAFv2::WebACL")
    assert acl["Scope"] == "CLOUDFRONT"
    assert [rule["Name"] for rule in acl["Rules"]] == [
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesCommonRuleSet",
        "at-most-all",
    ]


def test_the_firewall_swallows_no_message_and_no_upload(templates: Templates) -> None:
    rules = {rule["Name"]: rule["Statement"] for rule in templates.one("WAFv2::WebACL")["Rules"]}
    counted = {
        each["Name"]
        for rule in rules.values()
        for each in rule.get("ManagedRuleGroupStatement", {}).get("RuleActionOverrides", [])
        if each["ActionToUse"] == {"Count": {}}
    }
    assert counted >= BODIES


def test_a_whole_school_may_stand_behind_one_address(templates: Templates) -> None:
    rules = {rule["Name"]: rule["Statement"] for rule in templates.one("WAFv2::WebACL")["Rules"]}
    limit = rules["at-most-all"]["RateBasedStatement"]["Limit"]
    assert limit >= 400 / 20 * 300  # 400 students, a request each 20 s, in five minutes


def test_the_firewall_keeps_neither_cookies_nor_what_was_looked_for(templates: Templates) -> None:
    """The address of the page before, which holds a search too, is in a header."""
    redacted = templates.one("WAFv2::LoggingConfiguration")["RedactedFields"]
    headers = {each["SingleHeader"]["Name"] for each in redacted if "SingleHeader" in each}
    assert headers >= {"cookie", "authorization", "referer"}
    assert {"QueryString": {}} in redacted
    for rule in templates.one("WAFv2::WebACL")["Rules"]:
        assert rule["VisibilityConfig"]["SampledRequestsEnabled"] is False


def test_the_firewall_writes_down_whom_it_refused_and_nobody_else(templates: Templates) -> None:
    """Of a million students every request would be a line: terabytes, and a bill for them."""
    kept = templates.one("WAFv2::LoggingConfiguration")["LoggingFilter"]
    assert kept["DefaultBehavior"] == "DROP"
    (only,) = kept["Filters"]
    assert only["Behavior"] == "KEEP"
    assert only["Conditions"] == [{"ActionCondition": {"Action": "BLOCK"}}]


def test_names_lead_to_the_edge_and_the_edge_to_the_balancer(templates: Templates) -> None:
    leads = {
        (record["Type"], the(named(record["AliasTarget"]["DNSName"])))
        for record in templates.all("Route53::RecordSet")
    }
    (edge,) = templates.resources("CloudFront::Distribution")
    (balancer,) = templates.resources("ElasticLoadBalancingV2::LoadBalancer")
    assert leads == {("A", edge), ("AAAA", edge), ("A", balancer)}


def test_certificates_are_proved_by_our_own_zone(templates: Templates) -> None:
    methods = [
        each["ValidationMethod"] for each in templates.all("CertificateManager::Certificate")
    ]
    assert methods == ["DNS", "DNS"]


def test_while_nobody_answers_the_edge_gives_our_own_page(templates: Templates) -> None:
    """Of the bucket, with the numbers that help: CloudFront's own page helps nobody."""
    told = {
        each["ErrorCode"]: (each["ResponsePagePath"], each["ResponseCode"])
        for each in distribution(templates)["CustomErrorResponses"]
    }
    assert told == dict.fromkeys((502, 504), ("/static/away.html", 503))
