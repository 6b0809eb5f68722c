"""Whose signature opens a file at the edge: two slots, so that a new key is known before the
first link is signed with it. CloudFront never changes a key: a slot is emptied, then filled."""

from collections.abc import Mapping
from typing import cast

from aws_cdk import Aws, CfnCondition, CfnRule, CfnRuleAssertion, Fn
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from .credentials import SLOTS, Credentials
from .given import either, is_given


class Signers(Construct):
    def __init__(
        self, scope: Construct, *, asked: Mapping[str, str], credentials: Credentials
    ) -> None:
        super().__init__(scope, "Signers")
        active = CfnCondition(
            self, "SecondSigns", expression=Fn.condition_equals(asked["SigningSlot"], SLOTS[1])
        )
        filled = {slot: self._slot(slot, asked[f"PublicKey{slot}"]) for slot in SLOTS}
        self.group = cloudfront.KeyGroup(
            self,
            "Group",
            items=[
                cloudfront.PublicKey.from_public_key_id(self, f"Filled{slot}", key)
                for slot, key in filled.items()
            ],
        )
        first, second = filled.values()
        self.key_id = either(active, second, first)
        first, second = (credentials.signing_keys[slot].secret_arn for slot in SLOTS)
        self.secret_arn = either(active, second, first)
        self._refuse_an_empty_slot(asked)

    def _slot(self, slot: str, words: str) -> str:
        """The id of its key, or nothing."""
        condition = is_given(self, f"Has{slot}", words)
        key = cloudfront.PublicKey(self, slot, encoded_key=words)
        cast("cloudfront.CfnPublicKey", key.node.default_child).cfn_options.condition = condition
        return either(condition, key.public_key_id, Aws.NO_VALUE)

    def _refuse_an_empty_slot(self, asked: Mapping[str, str]) -> None:
        for slot in SLOTS:
            CfnRule(
                self,
                f"SlotThatSigns{slot}",
                rule_condition=Fn.condition_equals(asked["SigningSlot"], slot),
                assertions=[
                    CfnRuleAssertion(
                        assert_=Fn.condition_not(
                            Fn.condition_equals(asked[f"PublicKey{slot}"], "")
                        ),
                        assert_description=f"PublicKey{slot} is empty, and SigningSlot names it.",
                    )
                ],
            )
