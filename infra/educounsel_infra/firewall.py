"""AWS WAF before everything. It must never swallow what a child writes.

So rules that read a form's body only count: a message such as "<3" or "select me or drop me" looks
like an attack to them, and would be lost. Django escapes and binds what it takes.
"""

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

Acl = waf.CfnWebACL
BAD_INPUTS, COMMON = "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet"
ONLY_COUNTED = {
    BAD_INPUTS: ("Log4JRCE_BODY", "JavaDeserializationRCE_BODY", "ReactJSRCE_BODY"),
    COMMON: (
        "SizeRestrictions_BODY",  # materi are files of many megabytes
        "CrossSiteScripting_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        "EC2MetaDataSSRF_BODY",
    ),
}
REFUSED = {
    "DefaultBehavior": "DROP",
    "Filters": [
        {
            "Behavior": "KEEP",
            "Requirement": "MEETS_ANY",
            "Conditions": [{"ActionCondition": {"Action": "BLOCK"}}],
        }
    ],
}


class Firewall(Construct):
    def __init__(self, scope: Construct, key: kms.IKey, *, requests_an_address: int) -> None:
        super().__init__(scope, "Firewall")
        self.acl = Acl(
            self,
            "Acl",
            scope="CLOUDFRONT",
            default_action=Acl.DefaultActionProperty(allow=Acl.AllowActionProperty()),
            visibility_config=_seen_as("firewall"),
            rules=[
                _managed(0, "AWSManagedRulesAmazonIpReputationList"),
                _managed(1, BAD_INPUTS),
                _managed(2, COMMON),
                _at_most(3, "all", requests_an_address),
            ],
        )
        self._log(key)

    def _log(self, key: kms.IKey) -> None:
        """Who was refused, and nobody else; without the session in the cookie, the signature in the
        address, or what was looked for, which is in the address and in that of the page before."""
        name = f"aws-waf-logs-{Stack.of(self).stack_name}"  # WAF takes no other beginning
        group = logs.LogGroup(
            self,
            "Log",
            log_group_name=name,
            encryption_key=key,
            retention=logs.RetentionDays.THREE_MONTHS,
            removal_policy=RemovalPolicy.RETAIN,
        )
        waf.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=self.acl.attr_arn,
            log_destination_configs=[
                Stack.of(self)
                .format_arn(service="logs", resource="log-group", resource_name=name)
                .replace("log-group/", "log-group:")
            ],
            logging_filter=REFUSED,
            redacted_fields=[
                {"queryString": {}},
                *(
                    {"singleHeader": {"Name": name}}
                    for name in ("cookie", "authorization", "referer")
                ),
            ],
        ).node.add_dependency(group)


def _managed(priority: int, name: str) -> Acl.RuleProperty:
    return Acl.RuleProperty(
        name=name,
        priority=priority,
        override_action=Acl.OverrideActionProperty(none={}),
        statement=Acl.StatementProperty(
            managed_rule_group_statement=Acl.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=name,
                rule_action_overrides=[
                    Acl.RuleActionOverrideProperty(
                        name=rule, action_to_use=Acl.RuleActionProperty(count={})
                    )
                    for rule in ONLY_COUNTED.get(name, ())
                ]
                or None,
            )
        ),
        visibility_config=_seen_as(name),
    )


def _at_most(priority: int, name: str, limit: int) -> Acl.RuleProperty:
    return Acl.RuleProperty(
        name=f"at-most-{name}",
        priority=priority,
        action=Acl.RuleActionProperty(block={}),
        statement=Acl.StatementProperty(
            rate_based_statement=Acl.RateBasedStatementProperty(
                aggregate_key_type="IP", limit=limit, evaluation_window_sec=300
            )
        ),
        visibility_config=_seen_as(f"at-most-{name}"),
    )


def _seen_as(name: str) -> Acl.VisibilityConfigProperty:
    """Counted, but no samples kept: they hold what people sent."""
    return Acl.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
