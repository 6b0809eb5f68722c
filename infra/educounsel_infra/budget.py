"""The bill calls before the month ends: at four fifths, and when it will be exceeded."""

from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_sns as sns
from constructs import Construct

Budget = budgets.CfnBudget


def monthly_budget(scope: Construct, usd: int, operator: sns.ITopic) -> None:
    """Of the whole account: what was made beside the stacks costs too."""
    Budget(
        scope,
        "Budget",
        budget=Budget.BudgetDataProperty(
            budget_type="COST",
            time_unit="MONTHLY",
            budget_limit=Budget.SpendProperty(amount=usd, unit="USD"),
        ),
        notifications_with_subscribers=[
            _tell(operator, "ACTUAL", 80),
            _tell(operator, "FORECASTED", 100),
        ],
    )


def _tell(
    operator: sns.ITopic, what: str, percent: int
) -> Budget.NotificationWithSubscribersProperty:
    return Budget.NotificationWithSubscribersProperty(
        notification=Budget.NotificationProperty(
            notification_type=what, comparison_operator="GREATER_THAN", threshold=percent
        ),
        subscribers=[
            Budget.SubscriberProperty(subscription_type="SNS", address=operator.topic_arn)
        ],
    )
