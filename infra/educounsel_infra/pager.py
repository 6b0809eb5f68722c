"""Whom alarms call: a sealed topic, and the operator's mail behind it."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct


def operator(scope: Construct, name: str, *publishers: str, mail: str, key: kms.IKey) -> sns.Topic:
    topic = sns.Topic(scope, name, master_key=key, enforce_ssl=True)
    topic.add_subscription(subscriptions.EmailSubscription(mail))
    for publisher in publishers:  # this lets them use the key too, or nobody would hear of it
        topic.grant_publish(iam.ServicePrincipal(f"{publisher}.amazonaws.com"))
    return topic
