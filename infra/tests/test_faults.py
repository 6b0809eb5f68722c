"""Would these tests notice? Each fault is put into a copy of the program; a test must turn red."""

import importlib
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import educounsel_infra
import pytest
from educounsel_infra.config import SIZES

from tests import (
    test_balancer,
    test_data,
    test_edge,
    test_machines,
    test_network,
    test_origin,
    test_signers,
    test_watch,
)
from tests.reading import Templates

PACKAGE = Path(educounsel_infra.__file__).parent
Test = Callable[[Templates], None]


class Fault(NamedTuple):
    name: str
    file: str
    right: str
    wrong: str
    noticed_by: Test


FAULTS = [
    Fault(
        "IMDSv1",
        "launch.py",
        "require_imdsv2=True",
        "require_imdsv2=False",
        test_machines.test_credentials_are_given_to_the_machine_itself_only,
    ),
    Fault(
        "metadata two hops away",
        "launch.py",
        "response_hop_limit=1",
        "response_hop_limit=2",
        test_machines.test_credentials_are_given_to_the_machine_itself_only,
    ),
    Fault(
        "plain disks",
        "launch.py",
        "20, encrypted=True",
        "20, encrypted=False",
        test_machines.test_disks_are_sealed,
    ),
    Fault(
        "machines that start before their rights",
        "machines.py",
        "self.scaling.node.add_dependency(role)",
        "",
        test_machines.test_no_machine_starts_before_its_rights,
    ),
    Fault(
        "no signal",
        "rollout.py",
        "wait_on_resource_signals=True",
        "wait_on_resource_signals=False",
        test_machines.test_a_release_replaces_a_few_at_a_time_and_goes_back_by_itself,
    ),
    Fault(
        "a right by a star",
        "role.py",
        '["s3:GetObject"], [storage.releases',
        '["s3:*"], [storage.releases',
        test_machines.test_no_right_is_given_by_a_star,
    ),
    Fault(
        "a secret in user data",
        "told.py",
        "credentials.redis.secret_arn",
        "credentials.redis.secret_value.unsafe_unwrap()",
        test_machines.test_no_secret_is_in_what_a_machine_is_told,
    ),
    Fault(
        "open balancer",
        "balancer.py",
        "open=False",
        "open=True",
        test_network.test_nothing_is_open_to_everywhere,
    ),
    Fault(
        "balancer open by its group",
        "network.py",
        "edge = ec2.Peer.prefix_list(edge_addresses)",
        "edge = ec2.Peer.any_ipv4()",
        test_network.test_nothing_is_open_to_everywhere,
    ),
    Fault(
        "one way out for all zones",
        "network.py",
        "nat_gateways=size.zones",
        "nat_gateways=1",
        test_network.test_every_zone_has_its_own_way_out,
    ),
    Fault(
        "short idle time-out",
        "config.py",
        "IDLE_SECONDS = 300",
        "IDLE_SECONDS = 60",
        test_balancer.test_a_quiet_socket_is_not_cut,
    ),
    Fault(
        "a balancer that keeps connections as long as the program",
        "config.py",
        "IDLE_SECONDS = 300",
        "IDLE_SECONDS = 360",
        test_balancer.test_it_lets_go_of_a_connection_before_the_program_does,
    ),
    Fault(
        "old TLS",
        "balancer.py",
        "SslPolicy.TLS13_RES",
        "SslPolicy.TLS12",
        test_balancer.test_it_speaks_only_the_tls_of_today,
    ),
    Fault(
        "a way without the secret",
        "balancer.py",
        "20, [from_edge]",
        '20, [elb.ListenerCondition.path_patterns(["/*"])]',
        test_balancer.test_who_does_not_know_the_secret_is_refused,
    ),
    Fault(
        "a new secret that shuts out the old one at once",
        "origin.py",
        "either(changes, before, Aws.NO_VALUE)",
        "either(changes, Aws.NO_VALUE, Aws.NO_VALUE)",
        test_origin.test_while_it_changes_the_balancer_takes_the_one_before_too,
    ),
    Fault(
        "a secret that the edge shows before it is taken",
        "stack.py",
        "self._edge.distribution.node.add_dependency(self._balancer)",
        "",
        test_origin.test_the_balancer_takes_a_new_value_before_the_edge_shows_it,
    ),
    Fault(
        "a secret that is read once and never again",
        "origin.py",
        'version_of(secret, asked["OriginVersion"])',
        'version_of(secret, "")',
        test_origin.test_the_edge_shows_one_value_and_the_balancer_takes_it,
    ),
    Fault(
        "all machines replaced while the database fails over",
        "balancer.py",
        'path="/healthz"',
        'path="/readyz"',
        test_balancer.test_a_machine_is_asked_whether_it_lives_and_not_what_it_stands_on,
    ),
    Fault(
        "unsigned media",
        "edge.py",
        "trusted_key_groups=[self._signers],",
        "",
        test_edge.test_uploads_need_a_signature,
    ),
    Fault(
        "a key that CloudFront refuses to change",
        "signers.py",
        "cfn_options.condition = condition",
        "cfn_options.metadata",
        test_signers.test_the_edge_trusts_the_key_of_each_slot_that_is_filled,
    ),
    Fault(
        "machines that sign before the edge knows",
        "signers.py",
        "self.secret_arn = either(active, second, first)",
        "self.secret_arn = either(active, first, second)",
        test_signers.test_a_machine_signs_with_the_secret_of_the_key_that_it_names,
    ),
    Fault(
        "a log of what students look for",
        "edge_log.py",
        '"cs-uri-stem", ',
        '"cs-uri-stem", "cs-uri-query", ',
        test_edge.test_the_edge_keeps_a_log_without_what_a_student_looked_for,
    ),
    Fault(
        "a log of the balancer",
        "balancer.py",
        "        self._listener = self.alb.add_listener(",
        '        self.alb.set_attribute("access_logs.s3.enabled", "true")\n'
        "        self._listener = self.alb.add_listener(",
        test_balancer.test_it_keeps_no_log_of_what_a_student_looked_for,
    ),
    Fault(
        "a copy of each signature",
        "caching.py",
        "CacheQueryStringBehavior.allow_list(",
        "CacheQueryStringBehavior.deny_list(",
        test_edge.test_one_copy_of_an_upload_serves_all_and_may_be_given_a_name,
    ),
    Fault(
        "pages in the clear",
        "edge.py",
        "ViewerProtocolPolicy.REDIRECT_TO_HTTPS",
        "ViewerProtocolPolicy.ALLOW_ALL",
        test_edge.test_everybody_comes_by_https,
    ),
    Fault(
        "pages kept at the edge",
        "edge.py",
        "CachePolicy.CACHING_DISABLED",
        "CachePolicy.CACHING_OPTIMIZED",
        test_edge.test_pages_and_sockets_pass_whole_and_are_not_kept,
    ),
    Fault(
        "no firewall",
        "edge.py",
        "web_acl_id=firewall,",
        "",
        test_edge.test_a_firewall_stands_before_it,
    ),
    Fault(
        "a firewall that swallows messages",
        "firewall.py",
        '"ReactJSRCE_BODY"',
        "",
        test_edge.test_the_firewall_swallows_no_message_and_no_upload,
    ),
    Fault(
        "a firewall that keeps what students look for",
        "firewall.py",
        '"authorization", "referer"',
        '"authorization"',
        test_edge.test_the_firewall_keeps_neither_cookies_nor_what_was_looked_for,
    ),
    Fault(
        "a firewall that writes down everybody",
        "firewall.py",
        "logging_filter=REFUSED,",
        "",
        test_edge.test_the_firewall_writes_down_whom_it_refused_and_nobody_else,
    ),
    Fault(
        "public bucket",
        "storage.py",
        "BlockPublicAccess.BLOCK_ALL",
        "BlockPublicAccess.BLOCK_ACLS",
        test_data.test_no_bucket_is_public,
    ),
    Fault(
        "deletable bucket",
        "storage.py",
        "removal_policy=RemovalPolicy.RETAIN",
        "removal_policy=RemovalPolicy.DESTROY",
        test_data.test_data_outlive_the_stack,
    ),
    Fault(
        "versions are lost",
        "storage.py",
        "versioned=True",
        "versioned=False",
        test_data.test_files_and_releases_keep_what_was_overwritten,
    ),
    Fault(
        "single zone",
        "database.py",
        "multi_az=True",
        "multi_az=False",
        test_data.test_the_database_stands_in_two_zones_out_of_reach,
    ),
    Fault(
        "a database that goes with a click",
        "database.py",
        "deletion_protection=True",
        "deletion_protection=False",
        test_data.test_the_database_is_sealed_copied_and_hard_to_delete,
    ),
    Fault(
        "a restored database whose password nobody knows",
        "database.py",
        "restored, own)",
        "own, own)",
        test_data.test_machines_ask_for_the_password_of_a_restored_database,
    ),
    Fault(
        "children's words in a log",
        "database.py",
        '"log_min_error_statement": "panic"',
        '"log_min_error_statement": "error"',
        test_data.test_it_takes_no_connection_in_the_clear_and_logs_no_words,
    ),
    Fault(
        "Valkey without TLS",
        "valkey.py",
        'transit_encryption_enabled=True,\n            transit_encryption_mode="required"',
        "transit_encryption_enabled=False",
        test_data.test_valkey_speaks_tls_with_whom_it_knows_and_is_sealed,
    ),
    Fault(
        "a password that Valkey is never told",
        "credentials.py",
        ", version_id=version)",
        ")",
        test_data.test_valkey_is_told_a_new_password_before_machines_are,
    ),
    Fault(
        "Valkey in one zone",
        "valkey.py",
        "multi_az_enabled=True",
        "multi_az_enabled=False",
        test_data.test_valkey_fails_over_between_zones,
    ),
    Fault(
        "sessions that are thrown out",
        "data.py",
        'when_full="noeviction"',
        'when_full="volatile-lru"',
        test_data.test_what_must_stay_and_what_may_go_are_apart,
    ),
    Fault(
        "an alarm that calls nobody",
        "alarms.py",
        "alarm.add_alarm_action(self._operator)",
        "",
        test_watch.test_every_alarm_calls_the_operator,
    ),
    Fault(
        "a log that anybody may unseal",
        "firewall.py",
        "encryption_key=key,",
        "",
        test_data.test_logs_are_sealed,
    ),
    Fault(
        "workers that rest while jobs wait",
        "fleets.py",
        "follow_queue(self.workers.scaling, self.figures.queue_age)",
        "follow_cpu(self.workers.scaling, percent=50)",
        test_machines.test_workers_follow_how_long_jobs_wait,
    ),
    Fault(
        "jobs that wait unheard",
        "watch.py",
        "Advice.QUEUE, minutes=3, must_speak=True",
        "Advice.QUEUE, minutes=3",
        test_watch.test_jobs_that_wait_call_and_so_does_a_log_that_does_not_say,
    ),
    Fault(
        "a figure that the program does not tell",
        "log_figures.py",
        '"failed_jobs"',
        '"dead_letters"',
        test_watch.test_what_the_log_tells_is_counted_and_calls,
    ),
    Fault(
        "a failed job that nobody hears of",
        "watch.py",
        'self._call("Jobs failed", failed, ABOVE, 0',
        'self._call("Jobs failed", failed, ABOVE, 10',
        test_watch.test_one_job_that_failed_calls,
    ),
    Fault(
        "a bill of the AI that is looked for too shortly",
        "watch.py",
        "Advice.AI_BUDGET, minutes=120",
        "Advice.AI_BUDGET, minutes=30",
        test_watch.test_what_the_ai_costs_calls_before_the_month_is_spent,
    ),
    Fault(
        "an alarm that leads nowhere",
        "advice.py",
        '"Jobs wait"',
        '"Jobs are waiting"',
        test_watch.test_an_alarm_says_what_to_do_and_where_more_is_written,
    ),
    Fault(
        "a failed backup that nobody sees",
        "backup.py",
        "self._call_when_one_fails(operator)",
        "",
        test_watch.test_a_backup_that_fails_calls_the_operator,
    ),
    Fault(
        "an alarm on a figure that nobody counts",
        "valkey.py",
        'f"{self.group.ref}-{node}"',
        "self.group.ref",
        test_watch.test_each_node_of_valkey_is_watched,
    ),
    Fault(
        "a certificate that ends unseen",
        "stack.py",
        'alarms.call_before_it_ends("Balancer", self._certificate)',
        "",
        test_watch.test_each_certificate_calls_before_it_ends,
    ),
    Fault(
        "copies while the database repairs itself",
        "backup.py",
        'hour="20"',
        'hour="17"',
        test_data.test_copies_are_not_begun_while_the_database_is_busy_with_itself,
    ),
    Fault(
        "a key for whatever is sealed",
        "role.py",
        'conditions={"StringEquals": {"kms:ViaService"',
        'conditions={"StringEquals": {"aws:x"',
        test_machines.test_the_key_opens_secrets_alone,
    ),
]


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """Of the program, imported in its place."""
    shutil.copytree(PACKAGE, tmp_path / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    real = _forget_package()
    sys.path.insert(0, str(tmp_path))
    yield tmp_path / PACKAGE.name
    sys.path.remove(str(tmp_path))
    _forget_package()
    sys.modules.update(real)


def _forget_package() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.partition(".")[0] == PACKAGE.name]
    return {name: sys.modules.pop(name) for name in names}


def seed(fault: Fault, package: Path) -> None:
    """A fault that fits nowhere would prove nothing."""
    text = (package / fault.file).read_text()
    assert fault.right in text
    (package / fault.file).write_text(text.replace(fault.right, fault.wrong))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_turns_its_test_red(fault: Fault, copy: Path, tmp_path: Path) -> None:
    seed(fault, copy)
    writing = importlib.import_module("educounsel_infra.writing")
    writing.write(SIZES["school"], tmp_path, check=False)
    with pytest.raises((AssertionError, KeyError, ValueError)):
        fault.noticed_by(Templates(tmp_path / "school"))


def test_without_a_fault_all_of_them_are_green(templates: Templates) -> None:
    for noticed_by in {fault.noticed_by for fault in FAULTS}:
        noticed_by(templates)
