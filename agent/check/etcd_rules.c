/* SPDX-License-Identifier: Apache-2.0 */
#include "check/etcd_rules.h"

#include <string.h>

#include "base/text.h"
#include "check/control_plane.h"
#include "check/expectation.h"
#include "check/facts.h"
#include "check/probes.h"
#include "model/address.h"
#include "model/words.h"

static const char CLIENT_URLS[] = "--listen-client-urls";
static const char PEER_URLS[] = "--listen-peer-urls";

/* One URL that etcd listens on. */
struct listen_url {
	bool is_plain; /* http */
	int64_t port;  /* -1: none that can be read */
	enum exposure exposure;
};

static int64_t port_of(const char *host)
{
	const char *colon = strrchr(host, ':');
	uint64_t port;

	if (!colon || text_to_unsigned(colon + 1, UINT16_MAX, &port) < 0)
		return -1;
	return (int64_t)port;
}

/* False for what is no server of a network: a unix socket. A host that is no address is taken to be
 * within anyone's reach. */
static bool read_url(const char *text, struct listen_url *ret_url)
{
	struct listen_url url = { .is_plain = text_starts_with(text, "http://"),
				  .exposure = EXPOSURE_ANY };
	struct address address;

	if (!url.is_plain && !text_starts_with(text, "https://"))
		return false;
	const char *host = strstr(text, "//") + 2;

	url.port = port_of(host);
	if (address_parse_host(host, &address) == 0)
		url.exposure = address_exposure(&address);
	*ret_url = url;
	return true;
}

/* What is seen to listen there; it may be wider than its URL. */
static enum exposure reach_of(const struct node *node, const struct component *etcd,
			      const struct listen_url *url)
{
	const struct listener *live =
		url->port > 0 ? component_listener(node, etcd, url->port) : NULL;

	return live && live->exposure > url->exposure ? live->exposure : url->exposure;
}

/* URLs are a list; a text is one URL. */
static size_t url_count(const struct setting *setting)
{
	if (!setting)
		return 0;
	return setting->value.kind == VALUE_LIST ? setting->value.list.count
						 : setting->value.kind == VALUE_TEXT;
}

static const char *url_at(const struct setting *setting, size_t index)
{
	return setting->value.kind == VALUE_LIST ? setting->value.list.items[index]
						 : setting->value.text;
}

static enum exposure server_reach(const struct node *node, const struct component *etcd,
				  const char *name)
{
	const struct setting *setting = component_setting(etcd, name);
	enum exposure worst = EXPOSURE_NONE;
	struct listen_url url;

	if (!url_count(setting))
		return EXPOSURE_ANY;
	for (size_t i = 0; i < url_count(setting); i++) {
		if (!read_url(url_at(setting, i), &url))
			continue;
		enum exposure reach = reach_of(node, etcd, &url);

		worst = reach > worst ? reach : worst;
	}
	return worst;
}

void etcd_judge_server(struct judge *judge, const struct component *etcd)
{
	const struct expectation *expectation = &judge->check->expectation;
	bool is_of_peers = text_starts_with(expectation->setting, "--peer-");
	struct draft draft = draft_on_component(judge, etcd);

	draft.finding.exposure =
		server_reach(judge->node, etcd, is_of_peers ? PEER_URLS : CLIENT_URLS);
	if (expectation->operator!= EXPECT_BY_FUNCTION)
		expectation_record(&draft, expectation_ask(&draft, etcd));
	else if (control_plane_draft_pair(&draft, etcd))
		draft_record(&draft, VERDICT_PASS);
}

/* ---- the authority of etcd's clients */

/* Where the others say whom they take as their clients' authority. */
static const struct {
	enum component_kind kind;
	const char *setting;
} OTHER_AUTHORITIES[] = {
	{ COMPONENT_APISERVER, "--client-ca-file" },
	{ COMPONENT_KUBELET, "authentication.x509.clientCAFile" },
};

static bool is_read(const struct certificate_file *file)
{
	return file && file->status == FILE_READ && file->count;
}

static const char *problem_of(const struct certificate_file *file)
{
	if (!file)
		return "was not read";
	if (file->problem)
		return file->problem;
	return file->status == FILE_ABSENT ? "is not there" : "was not read";
}

/* A public key that both files hold, by the name of its certificate; NULL: none. */
static const struct certificate *shared_authority(const struct certificate_file *one,
						  const struct certificate_file *other)
{
	for (size_t i = 0; i < one->count; i++)
		for (size_t k = 0; k < other->count; k++)
			if (strcmp(one->certificates[i].spki_sha256,
				   other->certificates[k].spki_sha256) == 0)
				return &one->certificates[i];
	return NULL;
}

struct comparison {
	unsigned compared, shared, unknown;
};

/* Keys are compared, never paths: one authority may lie in two files. */
static void compare_authority(struct draft *draft, const struct certificate_file *trusted,
			      const struct component *other, const char *name,
			      struct comparison *comparison)
{
	const struct setting *setting = component_setting(other, name);
	const struct certificate_file *file = component_certificates(other, name);
	const char *word = component_word(other->kind);

	if (setting && setting->value.kind != VALUE_UNKNOWN && !value_is_set(&setting->value)) {
		draft_note(draft, "the %s takes no client certificates: %s is not set", word, name);
		return;
	}
	comparison->compared++;
	if (!is_read(file)) {
		draft_evidence(draft, "problem", "%s of the %s: %s", name, word, problem_of(file));
		comparison->unknown++;
		return;
	}
	const struct certificate *shared = shared_authority(trusted, file);

	if (shared) {
		draft_evidence(
			draft, "certificate",
			"%s and %s (%s of the %s) hold the same public key, of \"%s\": sha256 "
			"%s",
			trusted->path, file->path, name, word, shared->common_name,
			shared->spki_sha256);
		comparison->shared++;
	} else {
		draft_evidence(draft, "certificate", "%s and %s (%s of the %s) share no public key",
			       trusted->path, file->path, name, word);
	}
}

static bool has_others(const struct node *node)
{
	for (size_t i = 0; i < node->component_count; i++)
		for (size_t k = 0; k < ARRAY_SIZE(OTHER_AUTHORITIES); k++)
			if (node->components[i].kind == OTHER_AUTHORITIES[k].kind)
				return true;
	return false;
}

static struct comparison compare_authorities(struct draft *draft,
					     const struct certificate_file *trusted)
{
	const struct node *node = draft->judge->node;
	struct comparison comparison = { 0 };

	for (size_t i = 0; i < node->component_count; i++)
		for (size_t k = 0; k < ARRAY_SIZE(OTHER_AUTHORITIES); k++)
			if (node->components[i].kind == OTHER_AUTHORITIES[k].kind)
				compare_authority(draft, trusted, &node->components[i],
						  OTHER_AUTHORITIES[k].setting, &comparison);
	return comparison;
}

void etcd_judge_separate_ca(struct judge *judge, const struct component *etcd)
{
	const char *name = judge->check->expectation.setting;
	const struct certificate_file *trusted = component_certificates(etcd, name);
	struct draft draft = draft_on_component(judge, etcd);

	if (!has_others(judge->node)) {
		draft_record_not_applicable(&draft, "neither an API server nor a kubelet runs "
						    "here to compare authorities with");
		return;
	}
	const struct setting *setting = draft_setting(&draft, etcd, name);

	if (!setting)
		return;
	if (!value_is_set(&setting->value)) {
		draft_record(&draft, VERDICT_FAIL);
		return;
	}
	if (!is_read(trusted)) {
		draft_record_error(&draft, "%s: %s", draft.finding.value, problem_of(trusted));
		return;
	}
	struct comparison comparison = compare_authorities(&draft, trusted);

	draft_record(&draft, comparison.shared	  ? VERDICT_FAIL
			     : comparison.unknown ? VERDICT_ERROR
						  : VERDICT_PASS);
}

/* ---- listeners without TLS */

static void add_to_value(struct draft *draft, const char *text)
{
	draft_value(draft, "%s%s%s", draft->finding.value, *draft->finding.value ? "," : "", text);
}

/* What the server itself answered. Returns whether that is a fault. */
static bool judge_answer(struct draft *draft, const struct component *etcd,
			 const struct listen_url *url)
{
	const struct probe *probe = component_probe(draft->judge->node, etcd, url->port);
	bool is_told = probe && probe->outcome >= PROBE_HANDSHAKE;

	if (!is_told || (probe->is_tls && probe->asks_for_client_certificate))
		return false;
	draft_probe(draft, probe);
	if (probe->is_tls)
		draft_evidence(draft, "live", "port %u does not ask for a client certificate",
			       probe->port);
	return true;
}

/* Returns whether one of the URLs is a fault; the worst reach of those goes into the draft. */
static bool judge_urls(struct draft *draft, const struct component *etcd,
		       const struct setting *setting)
{
	bool is_fault = false;
	struct listen_url url;

	for (size_t i = 0; i < url_count(setting); i++) {
		if (!read_url(url_at(setting, i), &url))
			continue;
		bool is_bad = judge_answer(draft, etcd, &url);

		if (!is_bad && !url.is_plain)
			continue;
		enum exposure reach = reach_of(draft->judge->node, etcd, &url);

		draft_evidence(draft, "listener", "%s has %s, and %s", setting->name,
			       url_at(setting, i),
			       url.is_plain ? "http is without TLS" : "takes anyone");
		add_to_value(draft, url_at(setting, i));
		if (draft->finding.exposure < reach)
			draft->finding.exposure = reach;
		is_fault = true;
	}
	return is_fault;
}

static const struct setting *draft_urls(struct draft *draft, const struct component *etcd,
					const char *name)
{
	const char *value = draft->finding.value;
	const struct setting *setting = draft_setting(draft, etcd, name);

	draft->finding.value = value;
	return setting;
}

void etcd_judge_plaintext_listener(struct judge *judge, const struct component *etcd)
{
	struct draft draft = draft_on_component(judge, etcd);
	const struct setting *peers = draft_urls(&draft, etcd, PEER_URLS);
	const struct setting *clients = peers ? draft_urls(&draft, etcd, CLIENT_URLS) : NULL;

	if (!peers || !clients)
		return;
	const char *source = draft.finding.source;
	bool is_fault = judge_urls(&draft, etcd, clients);

	if (judge_urls(&draft, etcd, peers) && !is_fault) {
		draft_source(&draft, peers->source.kind, peers->source.path);
		is_fault = true;
	} else {
		draft.finding.source = source;
	}
	if (!is_fault) {
		add_to_value(&draft, value_words(&clients->value, judge->arena));
		add_to_value(&draft, value_words(&peers->value, judge->arena));
	}
	draft_record(&draft, is_fault ? VERDICT_FAIL : VERDICT_PASS);
}
