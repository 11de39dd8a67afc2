/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/digest.h"
#include "base/time.h"
#include "model/address.h"
#include "settings/policy.h"
#include "unit/policy_text.h"

static void assert_default(const struct settings *settings)
{
	assert_int_equal(settings->mode, MODE_AUDIT);
	assert_int_equal(settings->port_count, 2);
	assert_string_equal(settings->ports[0].name, "kubelet-read-only");
	assert_int_equal(settings->ports[0].port, 10255);
	assert_int_equal(settings->ports[0].transport, TRANSPORT_TCP);
	assert_int_equal(settings->ports[0].action, ACTION_REFUSE);
	assert_int_equal(settings->ports[0].allow_count, 0);
	assert_false(settings->ports[0].allows_loopback);
	assert_false(settings->ports[0].all_namespaces);
	assert_string_equal(settings->ports[1].name, "cadvisor");
	assert_int_equal(settings->ports[1].port, 4194);
	assert_int_equal(settings->ports[1].action, ACTION_REFUSE);
	assert_int_equal(settings->listeners_default, ACTION_ALLOW);
	assert_int_equal(settings->listeners_allow_count, 0);
	assert_int_equal(settings->exec_record, EXEC_RECORD_MATCHED);
	assert_int_equal(settings->exec_rule_count, 0);
	assert_int_equal(settings->disabled_check_count, 0);
	assert_int_equal(settings->severity_count, 0);
	assert_int_equal(settings->waiver_count, 0);
	assert_true(settings->probe_kubelet);
	assert_string_equal(settings->cluster_kubeconfig, "");
	assert_false(settings->cluster_service_account);
	assert_int_equal(settings->stdout_format, FORMAT_AUTO);
	assert_int_equal(settings->collector.endpoint_count, 0);
	assert_int_equal(settings->collector.protocol, OTLP_HTTP_PROTOBUF);
	assert_null(settings->collector.ca);
	assert_string_equal(settings->metrics_listen, "");
	assert_string_equal(settings->metrics_textfile, "");
	assert_string_equal(settings->journal_path, "/var/lib/nodelatch/journal.db");
	assert_true(settings->journal_keep_ns == 7 * 86400 * NS_PER_S);
	assert_int_equal(settings->journal_max_bytes, 64 << 20);
	assert_true(settings->resync_ns == 30 * NS_PER_S);
}

static void no_file_is_the_built_in_default(void **state)
{
	CLEANUP_POLICY_ERROR struct policy_error error = { 0 };
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	CLEANUP_POLICY struct policy *policy = NULL;
	char digest[DIGEST_HEX_BYTES];

	assert_int_equal(policy_load(NULL, &policy, &error), 0);
	assert_int_equal(error.count, 0);
	assert_default(policy_settings(policy));
	assert_null(policy_settings(policy)->path);
	assert_int_equal(policy_write_default(&text), 0);
	digest_hex(text.data, text.length, digest);
	assert_string_equal(policy_settings(policy)->sha256, digest);
}

static void the_written_default_changes_nothing(void **state)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	CLEANUP_POLICY struct policy *policy = NULL;

	assert_int_equal(policy_write_default(&text), 0);
	policy = taken(text.data);
	assert_default(policy_settings(policy));
	assert_string_equal(policy_settings(policy)->path, "p");
}

static void what_is_not_said_is_at_its_default(void **state)
{
	CLEANUP_POLICY struct policy *policy = taken("mode: enforce\n");
	CLEANUP_POLICY struct policy *none = taken("ports: []\n");

	assert_int_equal(policy_settings(policy)->mode, MODE_ENFORCE);
	assert_int_equal(policy_settings(policy)->port_count, 2);
	assert_int_equal(policy_settings(none)->port_count, 0);
}

static const char EVERY_KEY[] =
	"version: 1\n"
	"mode: enforce\n"
	"ports:\n"
	"  - {name: a, port: 0x16, protocol: udp, action: flag, namespaces: all,\n"
	"     allow: [10.20.0.0/16, loopback, '2001:db8::1'], until: 2027-06-30}\n"
	"  - {name: b, port: 22, action: refuse, even_vital: true}\n"
	"listeners: {default: flag, allow: [{port: 22, exe: /usr/sbin/sshd}, {unit: a*}]}\n"
	"exec:\n"
	"  record: all\n"
	"  rules: [{name: t, exe: '*/tiller', args: [x, '--y=*'], severity: critical}]\n"
	"checks:\n"
	"  disable: [port.cadvisor, 'identity.*']\n"
	"  severity: {kubelet.read-only-port: low}\n"
	"  waivers: [{check: a.b, reason: why, until: 2027-01-31}, {check: c, reason: d}]\n"
	"probes: {kubelet: false}\n"
	"cluster: {kubeconfig: /etc/reader.kubeconfig}\n"
	"report:\n"
	"  stdout: ocsf\n"
	"  collector: {endpoints: [\"https://[::1]:4318/x\", http://c],\n"
	"    protocol: http/json, ca: /ca, certificate: /crt, key: /key}\n"
	"  metrics: {listen: '[::1]:9464', textfile: /m.prom}\n"
	"journal: {path: /j, keep: 1h30m, max_size: 1GB}\n"
	"resync: 1.5s\n";

static void every_key_of_rules_arrives(void **state)
{
	CLEANUP_POLICY struct policy *policy = taken(EVERY_KEY);
	const struct settings *settings = policy_settings(policy);
	char text[ADDRESS_TEXT_BYTES];

	assert_int_equal(settings->mode, MODE_ENFORCE);
	assert_int_equal(settings->ports[0].port, 22);
	assert_int_equal(settings->ports[0].transport, TRANSPORT_UDP);
	assert_int_equal(settings->ports[0].action, ACTION_FLAG);
	assert_true(settings->ports[0].all_namespaces);
	assert_true(settings->ports[0].allows_loopback);
	assert_int_equal(settings->ports[0].allow_count, 2);
	cidr_format(&settings->ports[0].allow[1], text);
	assert_string_equal(text, "2001:db8::1/128");
	assert_int_equal(settings->ports[0].allow_until, 1814399999);
	assert_true(settings->ports[1].even_vital);
	assert_int_equal(settings->ports[1].allow_until, 0);
	assert_int_equal(settings->listeners_default, ACTION_FLAG);
	assert_int_equal(settings->listeners_allow[0].port, 22);
	assert_string_equal(settings->listeners_allow[0].exe, "/usr/sbin/sshd");
	assert_null(settings->listeners_allow[0].unit);
	assert_int_equal(settings->listeners_allow[1].port, 0);
	assert_string_equal(settings->listeners_allow[1].unit, "a*");
	assert_int_equal(settings->exec_record, EXEC_RECORD_ALL);
	assert_int_equal(settings->exec_rules[0].argument_count, 2);
	assert_string_equal(settings->exec_rules[0].arguments[1], "--y=*");
	assert_int_equal(settings->exec_rules[0].severity, SEVERITY_CRITICAL);
}

static void every_other_key_arrives(void **state)
{
	CLEANUP_POLICY struct policy *policy = taken(EVERY_KEY);
	const struct settings *settings = policy_settings(policy);

	assert_string_equal(settings->disabled_checks[1], "identity.*");
	assert_string_equal(settings->severities[0].check, "kubelet.read-only-port");
	assert_int_equal(settings->severities[0].severity, SEVERITY_LOW);
	assert_string_equal(settings->waivers[0].until_text, "2027-01-31");
	assert_int_equal(settings->waivers[0].until, 1801439999);
	assert_string_equal(settings->waivers[1].until_text, "");
	assert_false(settings->probe_kubelet);
	assert_string_equal(settings->cluster_kubeconfig, "/etc/reader.kubeconfig");
	assert_int_equal(settings->stdout_format, FORMAT_OCSF);
	assert_int_equal(settings->collector.endpoint_count, 2);
	assert_string_equal(settings->collector.endpoints[0], "https://[::1]:4318/x");
	assert_int_equal(settings->collector.protocol, OTLP_HTTP_JSON);
	assert_string_equal(settings->collector.key, "/key");
	assert_string_equal(settings->metrics_listen, "[::1]:9464");
	assert_string_equal(settings->metrics_textfile, "/m.prom");
	assert_string_equal(settings->journal_path, "/j");
	assert_true(settings->journal_keep_ns == 5400 * NS_PER_S);
	assert_int_equal(settings->journal_max_bytes, 1000000000);
	assert_true(settings->resync_ns == 1500 * NS_PER_MS);
}

static void values_of_the_wrong_kind(void **state)
{
	assert_error("mode: enforced",
		     "1:7: error: mode \"enforced\": must be audit or enforce: did you mean "
		     "enforce?");
	assert_error("mode: [audit]", "1:7: error: mode is a list: must be audit or enforce");
	assert_error("mode:", "1:6: error: mode is empty (null): must be audit or enforce");
	assert_error("cluster: {kubeconfig: reader.kubeconfig}",
		     "1:23: error: kubeconfig \"reader.kubeconfig\": must be an absolute path, or "
		     "\"\" for none");
	assert_error("cluster: {kubeconfig: /a, service_account: true}",
		     "1:44: error: one credential is enough: give kubeconfig or service_account: "
		     "true, not both");
	assert_error("probes: {kubelet: yes}",
		     "1:19: error: kubelet \"yes\": must be true or false: in YAML 1.2 nothing "
		     "else is a boolean");
	assert_error("ports: {}", "1:8: error: ports is a map: must be a list of at most 1024");
	assert_error("journal: []", "1:10: error: journal is a list: must be a map");
	assert_error("journal: {path: 5}",
		     "1:17: error: path 5: must be an absolute path: put it in quotes to make it a "
		     "text");
	assert_error("journal: {path: var}", "1:17: error: path \"var\": must be an absolute path");
	assert_error(
		"resync: 30",
		"1:9: error: resync 30: must be a duration from 1s to 1d, such as 30s, 1h30m or "
		"7d: it needs a unit");
	assert_error("resync: 1ms", "1:9: error: resync \"1ms\": must be a duration from 1s to 1d, "
				    "such as 30s, 1h30m or 7d");
	assert_error("resync: 999999999d",
		     "1:9: error: resync \"999999999d\": must be a duration from 1s to 1d, "
		     "such as 30s, 1h30m or 7d");
	assert_error("journal: {max_size: 5kib}",
		     "1:21: error: max_size \"5kib\": must be a size from 64KiB to 64GiB, such as "
		     "64MiB or 1GB");
	assert_error("version: 2", "1:10: error: version 2: must be 1");
	assert_error("[]", "1:1: error: a policy is a map of keys such as mode: audit");
	assert_error("", " error: the policy is empty; nodelatch config default prints one to "
			 "start from");
	assert_error("ports: [5]",
		     "1:9: error: an item of ports must be a map such as {name: ...}");
}

#define RULE(keys) "ports: [{name: a, action: flag, " keys "}]"

static void ports_and_networks(void **state)
{
	assert_error(RULE("port: 0"),
		     "1:39: error: port 0: must be a whole number from 1 to 65535");
	assert_error(RULE("port: 70000"),
		     "1:39: error: port 70000: must be a whole number from 1 to 65535");
	assert_error(RULE("port: -1"),
		     "1:39: error: port -1: must be a whole number from 1 to 65535");
	assert_error(RULE("port: 18446744073709551638"),
		     "1:39: error: port 18446744073709551638: must be a whole number from 1 to "
		     "65535");
	assert_error(RULE("port: \"22\""),
		     "1:39: error: port \"22\": must be a whole number from 1 "
		     "to 65535: take the quotes away");
	assert_error(RULE("port: 22.5"),
		     "1:39: error: port 22.5: must be a whole number from 1 to 65535");
	assert_error(RULE("port: 1, allow: [10.0.0.0/33]"),
		     "1:50: error: 10.0.0.0/33: the prefix length must be 0 to 32");
	assert_error(RULE("port: 1, allow: ['::/129']"),
		     "1:50: error: ::/129: the prefix length must be 0 to 128");
	assert_error(
		RULE("port: 1, allow: [10.0.0.1/8]"),
		"1:50: error: 10.0.0.1/8 has host bits set: write 10.0.0.0/8 for the network or "
		"10.0.0.1 for the one address");
	assert_error(RULE("port: 1, allow: [lan]"),
		     "1:50: error: allow \"lan\": must be a network such as 10.20.0.0/16 or "
		     "2001:db8::/32, an address, or loopback");
	assert_error(
		RULE("port: 1, allow: 10.0.0.0/8"),
		"1:49: error: allow \"10.0.0.0/8\": must be a list of at most 256: put it in [ ]");
	assert_error(RULE("port: 1, until: 2027-02-30"),
		     "1:49: error: until \"2027-02-30\": must be a day of the calendar such as "
		     "2027-06-30");
	assert_error(RULE("port: 1, until: 9999-12-31"),
		     "1:49: error: until \"9999-12-31\": must be a day of the calendar such as "
		     "2027-06-30");
	assert_error("ports: [{port: 1, action: flag}]", "1:9: error: \"name\" is missing");
	assert_error("ports: [{name: a, port: 1, action: deny-bind}]",
		     "1:36: error: action \"deny-bind\": must be allow, flag or refuse");
}

static void keys_that_are_not(void **state)
{
	assert_error("pots: []", "1:1: error: unknown key \"pots\": did you mean \"ports\"?");
	assert_error("journal: {maxSize: 1MiB}",
		     "1:11: error: unknown key \"maxSize\": did you mean \"max_size\"?");
	assert_error("journal: {M-A-X__SIZE: 1MiB}",
		     "1:11: error: unknown key \"M-A-X__SIZE\": did you mean \"max_size\"?");
	assert_error("endpoints: []", "1:1: error: unknown key \"endpoints\" here: it belongs to "
				      "report.collector.endpoints");
	assert_error("frobnicate: 1", "1:1: error: unknown key \"frobnicate\"; nodelatch config "
				      "default shows all of them");
	assert_error("mode: audit\nmode: enforce", "2:1: error: key \"mode\" is there twice, first "
						   "in line 1: keep one");
	assert_error("[a]: b", "1:1: error: a key must be a word, not a list or a map");
	assert_error("\"mo\\x1b[2Jde\": 1", "1:1: error: unknown key \"mo\\x1b[2Jde\"; nodelatch "
					    "config default shows all of them");
	assert_error("checks: {severity: {a: low, a: high}}",
		     "1:29: error: key \"a\" is there twice, first in line 1: keep one");
}

static void rules_that_cannot_stand_together(void **state)
{
	assert_error("ports:\n- {name: a, port: 1, action: flag}\n- {name: a, port: 2, action: "
		     "flag}",
		     "3:10: error: the name \"a\" is taken by the rule in line 2: each needs its "
		     "own");
	assert_error("ports:\n- {name: a, port: 1, action: flag}\n- {name: b, port: 1, action: "
		     "allow}",
		     "3:19: error: tcp port 1 has a rule already, in line 2: make them one");
	assert_error(
		"ports: [{name: a, port: 10250, action: refuse}]",
		"1:25: error: refusing port 10250: but for whom it allows, the API server "
		"cannot reach this kubelet any more: no logs, no exec, no metrics; say flag, or "
		"add even_vital: true if you mean it");
	assert_error("exec: {rules: [{name: a}]}",
		     "1:16: error: this matches every program: give exe, args or both");
	assert_error("exec: {rules: [{name: a, exe: /a}, {name: a, exe: /b}]}",
		     "1:43: error: the name \"a\" is taken by the rule in line 1: each needs its "
		     "own");
	assert_error("listeners: {allow: [{}]}", "1:21: error: this allows everything: give at "
						 "least one of port, exe, unit");
	assert_error("report: {collector: {certificate: /a}}",
		     "1:21: error: \"key\" is missing: certificate and key go together");
	assert_error("report: {metrics: {listen: '1.2.3:5'}}",
		     "1:28: error: 1.2.3:5: 1.2.3 is not an address");
	assert_error("report: {metrics: {listen: '[1.2.3.4]:5'}}",
		     "1:28: error: [1.2.3.4]:5: 1.2.3.4 is not an address");
	assert_error("report: {metrics: {listen: '1.2.3.4:70000'}}",
		     "1:28: error: 1.2.3.4:70000: the port must be 1 to 65535");
}

static void every_vital_port_is_guarded(void **state)
{
	static const unsigned vital[] = { 22, 6443, 10250, 2379, 2380 };

	for (size_t i = 0; i < ARRAY_SIZE(vital); i++) {
		CLEANUP_BUFFER struct text_buffer errors = { 0 };
		char text[96];

		snprintf(text, sizeof(text), "ports: [{name: a, port: %u, action: refuse}]",
			 vital[i]);
		errors_of(text, &errors);
		assert_non_null(strstr(errors.data, "even_vital: true"));
		snprintf(text, sizeof(text), "ports: [{name: a, port: %u, action: flag}]",
			 vital[i]);
		policy_free(taken(text));
		snprintf(text, sizeof(text),
			 "ports: [{name: a, port: %u, action: refuse, protocol: udp}]", vital[i]);
		policy_free(taken(text));
	}
}

static void all_errors_are_told_in_the_files_order(void **state)
{
	CLEANUP_POLICY_ERROR struct policy_error error = { 0 };
	CLEANUP_BUFFER struct text_buffer summary = { 0 };
	static const char text[] = "resync: 1\npots: 2\nmode: x\n";
	struct policy *policy = NULL;

	assert_int_equal(policy_parse(text, strlen(text), "p", &policy, &error), -EINVAL);
	assert_int_equal(error.count, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(error.problems[i].line, i + 1);
	policy_error_summary(&error, &summary);
	assert_string_equal(summary.data, "p:1:9: error: resync 1: must be a duration from 1s to "
					  "1d, such as 30s, 1h30m or 7d: it needs a unit (and 2 "
					  "more)");
}

static void errors_have_an_end(void **state)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 }, errors = { 0 };

	buffer_text(&text, "checks: {disable: [");
	for (int i = 0; i < 1000; i++)
		buffer_text(&text, "X, ");
	buffer_text(&text, "]}");
	errors_of(text.data, &errors);
	assert_non_null(strstr(errors.data, "p: error: 950 more, not shown\n"));
}

static bool names_port_checks(const char *pattern)
{
	return strncmp(pattern, "port.", 5) == 0;
}

static void checks_that_do_not_exist_are_warned_of(void **state)
{
	CLEANUP_POLICY_ERROR struct policy_error error = { 0 };
	CLEANUP_BUFFER struct text_buffer text = { 0 };
	CLEANUP_POLICY struct policy *policy =
		taken("checks:\n  disable: [port.*, x]\n  severity: {y: low}\n"
		      "  waivers: [{check: z, reason: r}]\n");

	assert_int_equal(policy_warn_of_checks(policy, names_port_checks, &error), 0);
	policy_error_write(&error, &text);
	assert_string_equal(
		text.data,
		"p:2:21: warning: there is no check \"x\"; nodelatch explain lists them\n"
		"p:3:14: warning: there is no check \"y\"; nodelatch explain lists them\n"
		"p:4:21: warning: there is no check \"z\"; nodelatch explain lists them\n");
}

static bool names_nothing(const char *pattern)
{
	return false;
}

static void many_warnings_are_no_error(void **state)
{
	CLEANUP_POLICY_ERROR struct policy_error error = { 0 };
	CLEANUP_BUFFER struct text_buffer text = { 0 }, told = { 0 };
	CLEANUP_POLICY struct policy *policy = NULL;

	buffer_text(&text, "checks: {disable: [");
	for (int i = 0; i < 60; i++)
		buffer_printf(&text, "x%d, ", i);
	buffer_text(&text, "]}");
	policy = taken(text.data);
	assert_int_equal(policy_warn_of_checks(policy, names_nothing, &error), 0);
	policy_error_write(&error, &told);
	assert_null(strstr(told.data, "error"));
	assert_non_null(strstr(told.data, "p: warning: 10 more, not shown\n"));
}

static void files_that_cannot_be_a_policy(void **state)
{
	static const struct {
		const char *path, *message;
	} files[] = {
		{ "/nonexistent/policy.yaml",
		  "/nonexistent/policy.yaml: error: it does not exist\n" },
		{ "/tmp", "/tmp: error: it is a FIFO, device or directory, not a regular file\n" },
		{ "/dev/zero",
		  "/dev/zero: error: it is a FIFO, device or directory, not a regular file\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP_POLICY_ERROR struct policy_error error = { 0 };
		CLEANUP_BUFFER struct text_buffer text = { 0 };
		struct policy *policy = NULL;

		assert_int_equal(policy_load(files[i].path, &policy, &error), -EINVAL);
		policy_error_write(&error, &text);
		assert_string_equal(text.data, files[i].message);
	}
}

static void a_file_that_others_can_write_is_warned_of(void **state)
{
	CLEANUP_POLICY_ERROR struct policy_error error = { 0 };
	CLEANUP_POLICY struct policy *policy = NULL;
	char path[] = "/tmp/nodelatch-test-policy-XXXXXX";
	CLEANUP_CLOSE int fd = mkostemp(path, O_CLOEXEC);

	assert_int_equal(write(fd, "mode: audit\n", 12), 12);
	assert_int_equal(policy_load(path, &policy, &error), 0);
	assert_int_equal(error.count, 0);
	policy_free(take_ptr(policy));
	fchmod(fd, 0666);
	assert_int_equal(policy_load(path, &policy, &error), 0);
	assert_int_equal(error.count, 1);
	assert_true(error.problems[0].is_warning);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_file_is_the_built_in_default),
		cmocka_unit_test(the_written_default_changes_nothing),
		cmocka_unit_test(what_is_not_said_is_at_its_default),
		cmocka_unit_test(every_key_of_rules_arrives),
		cmocka_unit_test(every_other_key_arrives),
		cmocka_unit_test(values_of_the_wrong_kind),
		cmocka_unit_test(ports_and_networks),
		cmocka_unit_test(keys_that_are_not),
		cmocka_unit_test(rules_that_cannot_stand_together),
		cmocka_unit_test(every_vital_port_is_guarded),
		cmocka_unit_test(all_errors_are_told_in_the_files_order),
		cmocka_unit_test(errors_have_an_end),
		cmocka_unit_test(checks_that_do_not_exist_are_warned_of),
		cmocka_unit_test(many_warnings_are_no_error),
		cmocka_unit_test(files_that_cannot_be_a_policy),
		cmocka_unit_test(a_file_that_others_can_write_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
