/* SPDX-License-Identifier: Apache-2.0 */
/* checks.require: from the policy to what is expected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "unit/policy_text.h"

#define REQUIRE "checks:\n  require:\n"
#define ITEM	"    - {component: kubelet, setting: maxPods, reason: r, "

static void assert_expects(const struct requirement *requirement,
			   enum expectation_operator operator, const char * value)
{
	assert_int_equal(requirement->expectation.operator, operator);
	assert_true(text_equal(requirement->expectation.value, value));
	assert_string_equal(requirement->expectation.setting, requirement->setting);
}

static void each_way_is_understood(void **state)
{
	CLEANUP_POLICY struct policy *policy = taken(
		REQUIRE ITEM
		"is: 0x6E, severity: high}\n" ITEM "is_not: True}\n" ITEM "at_least: 5m}\n" ITEM
		"at_most: -1}\n" ITEM "has: 'a b'}\n" ITEM "lacks: 1.5}\n" ITEM "set: true}\n" ITEM
		"set: false}\n    - {component: etcd, setting: --name, is: '0x6E', reason: why}\n");
	const struct settings *settings = policy_settings(policy);
	const struct requirement *one = settings->requirements;

	assert_int_equal(settings->requirement_count, 9);
	assert_expects(&one[0], EXPECT_EQUAL, "110");
	assert_int_equal(one[0].severity, SEVERITY_HIGH);
	assert_int_equal(one[0].component, COMPONENT_KUBELET);
	assert_string_equal(one[0].setting, "maxPods");
	assert_expects(&one[1], EXPECT_NOT_EQUAL, "true");
	assert_int_equal(one[1].severity, SEVERITY_MEDIUM);
	assert_expects(&one[2], EXPECT_AT_LEAST, "5m");
	assert_expects(&one[3], EXPECT_AT_MOST, "-1");
	assert_expects(&one[4], EXPECT_HAS, "a b");
	assert_expects(&one[5], EXPECT_LACKS, "1.5");
	assert_expects(&one[6], EXPECT_SET, NULL);
	assert_expects(&one[7], EXPECT_UNSET, NULL);
	assert_expects(&one[8], EXPECT_EQUAL, "0x6E");
	assert_int_equal(one[8].component, COMPONENT_ETCD);
	assert_string_equal(one[8].reason, "why");
}

static void mistakes_have_their_place(void **state)
{
	assert_error(REQUIRE "    - {component: kubelet, setting: maxPods, reason: r}\n",
		     "3:7: error: this requires nothing: give exactly one of is, is_not, at_least, "
		     "at_most, has, lacks and set");
	assert_error(REQUIRE ITEM "is: 1, set: true}\n",
		     "3:69: error: is and set in one requirement: make two of it");
	assert_error(REQUIRE ITEM "is: 1}\n" ITEM "is: 1}\n",
		     "4:7: error: line 3 requires the same: keep one");
	assert_error(REQUIRE ITEM "is: [1]}\n", "3:61: error: is is a list: must be a text, a "
						"number or a boolean");
	assert_error(REQUIRE ITEM "is: ''}\n",
		     "3:61: error: is \"\": must be a text, a number or a boolean: set: false says "
		     "that nothing must be set");
	assert_error(REQUIRE ITEM "at_most: many}\n",
		     "3:66: error: at_most \"many\": must be a whole number, or a duration such as "
		     "5m");
	assert_error(REQUIRE ITEM "at_most: true}\n",
		     "3:66: error: at_most true: must be a whole number, or a duration such as 5m");
	assert_error(REQUIRE ITEM "set: 1}\n", "3:62: error: set 1: must be true or false");
	assert_error(REQUIRE "    - {component: kubelt, setting: maxPods, is: 1, reason: r}\n",
		     "3:19: error: component \"kubelt\": must be kubelet, kube-proxy, "
		     "kube-apiserver, kube-controller-manager, kube-scheduler, etcd, "
		     "kubernetes-dashboard or tiller: did you mean kubelet?");
	assert_error(REQUIRE "    - {component: kubelet, setting: -x, is: 1, reason: r}\n",
		     "3:37: error: setting \"-x\": must be a key of its configuration such as "
		     "maxPods or featureGates.AllAlpha, or a flag such as --profiling");
	assert_error(REQUIRE "    - {component: kubelet, setting: maxPods, is: 1}\n",
		     "3:7: error: \"reason\" is missing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_is_understood),
		cmocka_unit_test(mistakes_have_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
