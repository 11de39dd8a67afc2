/* SPDX-License-Identifier: Apache-2.0 */
#include "check/certificates.h"

#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "check/facts.h"
#include "check/probes.h"

const char *certificate_date(struct judge *judge, int64_t seconds)
{
	char text[TIME_TEXT_BYTES];

	if (seconds > INT64_MAX / NS_PER_S || seconds < INT64_MIN / NS_PER_S)
		return seconds > 0 ? "a day after 2262" : "a day before 1678";
	time_format(seconds * NS_PER_S, text);
	return judge_text(judge, "%s", text);
}

const char *certificate_subject(struct judge *judge, const struct certificate *certificate)
{
	const char *subject = judge_text(judge, "CN=%s", certificate->common_name);

	for (size_t i = 0; i < certificate->organization_count; i++)
		subject = judge_text(judge, "%s,O=%s", subject, certificate->organizations[i]);
	return subject;
}

bool certificate_is_valid_at(const struct certificate *certificate, int64_t now_s)
{
	return certificate->not_before <= now_s && now_s <= certificate->not_after;
}

bool certificate_is_self_made(const struct certificate *certificate)
{
	static const char MARK[] = "-ca@";
	const char *mark = certificate->issuer ? strstr(certificate->issuer, MARK) : NULL;

	if (certificate->is_self_issued)
		return true;
	if (!mark || !text_starts_with(certificate->issuer, "CN="))
		return false;
	mark += strlen(MARK);
	return *mark && !mark[strspn(mark, "0123456789")];
}

static bool is_weak_digest(const char *digest)
{
	static const char *const WEAK[] = { "SHA1", "MD5", "MD4", "MD2" };

	for (size_t i = 0; i < ARRAY_SIZE(WEAK); i++)
		if (text_equal(digest, WEAK[i]))
			return true;
	return false;
}

/* The least bits of a key of that type; 0: its length is fixed and enough; -1: no such key. */
static int least_bits(const char *type)
{
	static const struct {
		const char *type;
		int bits;
	} TYPES[] = {
		{ "RSA", 2048 },  { "RSA-PSS", 2048 }, { "EC", 256 },
		{ "ED25519", 0 }, { "ED448", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(TYPES); i++)
		if (text_equal(type, TYPES[i].type))
			return TYPES[i].bits;
	return -1;
}

const char *certificate_weakness(struct judge *judge, const struct certificate *certificate)
{
	int bits = least_bits(certificate->key_type);

	if (bits < 0)
		return judge_text(judge, "its key is of the type %s, which is no RSA, EC or EdDSA",
				  certificate->key_type ? certificate->key_type : "unknown");
	if (certificate->key_bits < bits)
		return judge_text(judge, "its %s key has %d bits, where %d are the least",
				  certificate->key_type, certificate->key_bits, bits);
	if (is_weak_digest(certificate->signature_digest))
		return judge_text(judge, "its signature is over %s, which can be forged",
				  certificate->signature_digest);
	return NULL;
}

static bool is_unknown(const struct setting *setting)
{
	return !setting || setting->value.kind == VALUE_UNKNOWN;
}

static bool is_text(const struct setting *setting)
{
	return setting->value.kind == VALUE_TEXT && *setting->value.text;
}

/* The store goes before the pair, and either before the kubelet's own certificate. */
enum serving_mechanism serving_mechanism(const struct component *kubelet)
{
	const struct setting *bootstrap = component_setting(kubelet, "serverTLSBootstrap");
	const struct setting *certificate = component_setting(kubelet, "tlsCertFile");
	const struct setting *key = component_setting(kubelet, "tlsPrivateKeyFile");

	if (is_unknown(bootstrap) || component_would_not_start(kubelet))
		return SERVING_UNKNOWN;
	if (bootstrap->value.kind == VALUE_BOOLEAN && bootstrap->value.boolean &&
	    !component_closed_serving_gate(kubelet))
		return SERVING_ROTATED;
	if (is_unknown(certificate) || is_unknown(key))
		return SERVING_UNKNOWN;
	return is_text(certificate) || is_text(key) ? SERVING_PAIR : SERVING_SELF_MADE;
}

const struct certificate_file *serving_file(const struct component *kubelet)
{
	static const char *const NAMES[] = {
		[SERVING_ROTATED] = "kubelet-server-current.pem",
		[SERVING_PAIR] = "tlsCertFile",
		[SERVING_SELF_MADE] = "kubelet.crt",
	};
	enum serving_mechanism mechanism = serving_mechanism(kubelet);

	return mechanism == SERVING_UNKNOWN ? NULL
					    : component_certificates(kubelet, NAMES[mechanism]);
}

const struct certificate_file *serving_live(const struct node *node,
					    const struct component *kubelet)
{
	const struct probe *probe =
		component_probe(node, kubelet, setting_integer(kubelet, "port"));

	return probe && probe->served.status == FILE_READ && probe->served.count ? &probe->served
										 : NULL;
}

bool serving_is_stale(const struct node *node, const struct component *kubelet)
{
	const struct certificate_file *live = serving_live(node, kubelet);
	const struct certificate_file *file = serving_file(kubelet);

	if (!live || !file || file->status != FILE_READ || !file->count)
		return false;
	return !text_equal(live->certificates[0].sha256, file->certificates[0].sha256);
}
