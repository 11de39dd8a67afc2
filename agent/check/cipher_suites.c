/* SPDX-License-Identifier: Apache-2.0 */
#include "check/cipher_suites.h"

#include "base/text.h"
#include "check/facts.h"

/* The last two are Go's old names of suites that IANA ends in _SHA256. */
static const char *const STRONG[] = {
	"TLS_AES_128_GCM_SHA256",
	"TLS_AES_256_GCM_SHA384",
	"TLS_CHACHA20_POLY1305_SHA256",
	"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
	"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
	"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
	"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
	"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
	"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
	"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
	"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
};

static const char *const WEAK[] = { "*_CBC_*", "*_CBC", "*RC4*", "*3DES*", "TLS_RSA_*" };

enum suite_strength cipher_suite_strength(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(STRONG); i++)
		if (text_equal(name, STRONG[i]))
			return SUITE_STRONG;
	for (size_t i = 0; i < ARRAY_SIZE(WEAK); i++)
		if (text_matches_glob(name, WEAK[i]))
			return SUITE_WEAK;
	return SUITE_UNLISTED;
}

static void judge_list(struct draft *draft, const struct value *value)
{
	enum suite_strength worst = SUITE_STRONG;

	for (size_t i = 0; i < value->list.count; i++) {
		enum suite_strength strength = cipher_suite_strength(value->list.items[i]);

		if (strength == SUITE_WEAK)
			draft_evidence(draft, "setting", "%s is weak", value->list.items[i]);
		else if (strength == SUITE_UNLISTED)
			draft_evidence(draft, "setting", "%s is none of the strong suites",
				       value->list.items[i]);
		if (worst < strength)
			worst = strength;
	}
	if (worst == SUITE_WEAK)
		draft_raise(draft, SEVERITY_MEDIUM);
	draft_record(draft, worst == SUITE_STRONG ? VERDICT_PASS : VERDICT_FAIL);
}

void cipher_suites_judge(struct judge *judge, const struct component *component,
			 const char *minimum)
{
	struct draft draft = draft_on_server(judge, component);
	const struct setting *suites =
		draft_setting(&draft, component, judge->check->expectation.setting);

	if (!suites)
		return;
	if (setting_is_text(component, minimum, "VersionTLS13")) {
		draft_setting_detail(&draft, component_setting(component, minimum));
		draft_record(&draft, VERDICT_PASS);
	} else if (suites->value.kind == VALUE_LIST && suites->value.list.count) {
		judge_list(&draft, &suites->value);
	} else {
		draft_record(&draft, VERDICT_FAIL);
	}
}
