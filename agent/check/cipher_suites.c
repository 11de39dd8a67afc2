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

/* The worst of a list; each that is not strong becomes evidence. */
static enum suite_strength draft_worst(struct draft *draft, const char *kind,
				       const char *const *suites, size_t count)
{
	enum suite_strength worst = SUITE_STRONG;

	for (size_t i = 0; i < count; i++) {
		enum suite_strength strength = cipher_suite_strength(suites[i]);
		const char *word =
			strength == SUITE_WEAK ? "is weak" : "is none of the strong ones";

		if (strength != SUITE_STRONG)
			draft_evidence(draft, kind, "the suite %s %s", suites[i], word);
		if (worst < strength)
			worst = strength;
	}
	return worst;
}

/* What the component's server was seen to accept, whatever its settings say. */
static enum suite_strength draft_accepted(struct draft *draft, const struct component *component)
{
	const struct node *node = draft->judge->node;
	int64_t port = setting_integer(component, "port");
	enum suite_strength worst = SUITE_STRONG;

	if (port < 0)
		port = setting_integer(component, "--secure-port");
	for (size_t i = 0; node->probes_known && i < node->probe_count; i++) {
		const struct probe *probe = &node->probes[i];

		if (probe->pid != component->process->pid || probe->port != port)
			continue;
		enum suite_strength strength =
			draft_worst(draft, "probe", probe->suites, probe->suite_count);

		if (worst < strength)
			worst = strength;
	}
	return worst;
}

/* Nothing named is whatever Go takes, which is never as good as a list. */
static enum suite_strength draft_named(struct draft *draft, const struct component *component,
				       const struct value *suites, const char *minimum)
{
	if (setting_is_text(component, minimum, "VersionTLS13")) {
		draft_setting_detail(draft, component_setting(component, minimum));
		return SUITE_STRONG;
	}
	if (suites->kind == VALUE_LIST && suites->list.count)
		return draft_worst(draft, "setting", suites->list.items, suites->list.count);
	draft_evidence(draft, "setting", "no list limits the suites: the choice is Go's own");
	return SUITE_UNLISTED;
}

void cipher_suites_judge(struct judge *judge, const struct component *component,
			 const char *minimum)
{
	struct draft draft = draft_on_server(judge, component);
	const struct setting *setting =
		draft_setting(&draft, component, judge->check->expectation.setting);

	if (!setting)
		return;
	enum suite_strength named = draft_named(&draft, component, &setting->value, minimum);
	enum suite_strength accepted = draft_accepted(&draft, component);

	if (named == SUITE_STRONG && accepted != SUITE_STRONG)
		draft_source(&draft, SOURCE_LIVE, NULL);
	if (named == SUITE_WEAK || accepted == SUITE_WEAK)
		draft_raise(&draft, SEVERITY_MEDIUM);
	draft_record(&draft, named == SUITE_STRONG && accepted == SUITE_STRONG ? VERDICT_PASS
									       : VERDICT_FAIL);
}
