/* SPDX-License-Identifier: Apache-2.0 */
/* Listeners of the host that answer without TLS or credentials, each as bad as what it gives. */
#include "base/text.h"
#include "check/facts.h"
#include "check/port_rules.h"
#include "model/listener.h"

struct plain_service {
	uint16_t port;	      /* 0: any */
	const char *owner;    /* the program's name; NULL: any */
	const char *argument; /* that it must have; NULL: none */
	const char *unless;   /* glob over an argument that makes it safe; NULL: none does */
	enum exposure from;   /* the smallest reach that is told */
	enum severity severity;
	const char *what; /* follows "tcp [::]:2375 " */
	const char *remedy;
};

static const char DOCKER[] = "is where Docker serves its API without TLS: whoever connects is root "
			     "on this node";
static const char DOCKER_REMEDY[] = "remove the tcp:// entry from -H or from hosts in "
				    "/etc/docker/daemon.json, or start dockerd with --tlsverify";
static const char SCANNED_REMEDY[] = "see that its owner asks for credentials, or bind it to "
				     "127.0.0.1";

#define SCANNED(port_, what_)                                                                      \
	{                                                                                          \
		.port = (port_), .from = EXPOSURE_NODE, .severity = SEVERITY_INFO,                 \
		.what = "is a port that scanners of Kubernetes try (" what_                        \
			"); whether it asks for credentials is not known",                         \
		.remedy = SCANNED_REMEDY                                                           \
	}

/* Where TLS is on, what is there is not plain. */
static const char DOCKER_TLS[] = "--tlsverify*";

/* The first row that fits says it. Ports: dockerd's manual; kubernetes/kubernetes
 * pkg/cluster/ports; those that kube-hunter tries. */
static const struct plain_service SERVICES[] = {
	{ .owner = "kubectl",
	  .argument = "proxy",
	  .from = EXPOSURE_LOOPBACK,
	  .severity = SEVERITY_HIGH,
	  .what = "is a kubectl proxy: whoever connects has the credentials it was started with",
	  .remedy = "stop the kubectl proxy, or give it a socket of its own: kubectl proxy "
		    "--unix-socket=PATH" },
	{ 2375, "dockerd", NULL, DOCKER_TLS, EXPOSURE_LOOPBACK, SEVERITY_HIGH, DOCKER,
	  DOCKER_REMEDY },
	{ 2375, "docker", NULL, DOCKER_TLS, EXPOSURE_LOOPBACK, SEVERITY_HIGH, DOCKER,
	  DOCKER_REMEDY },
	{ 4243, "dockerd", NULL, DOCKER_TLS, EXPOSURE_LOOPBACK, SEVERITY_HIGH, DOCKER,
	  DOCKER_REMEDY },
	{ 4243, "docker", NULL, DOCKER_TLS, EXPOSURE_LOOPBACK, SEVERITY_HIGH, DOCKER,
	  DOCKER_REMEDY },
	{ .port = 2375,
	  .unless = DOCKER_TLS,
	  .from = EXPOSURE_LOOPBACK,
	  .severity = SEVERITY_MEDIUM,
	  .what = "is the port of Docker's API without TLS",
	  .remedy = "stop its owner, or let it ask for certificates" },
	{ .port = 10248,
	  .from = EXPOSURE_NODE,
	  .severity = SEVERITY_LOW,
	  .what = "is the kubelet's health port, which only this node needs",
	  .remedy = "set healthzBindAddress: 127.0.0.1 in the kubelet configuration and restart "
		    "the kubelet" },
	{ .port = 10249,
	  .from = EXPOSURE_NODE,
	  .severity = SEVERITY_LOW,
	  .what = "is kube-proxy's metrics port, plain HTTP for anyone",
	  .remedy = "set metricsBindAddress: 127.0.0.1:10249 in the configuration of kube-proxy" },
	{ .port = 10256,
	  .from = EXPOSURE_NODE,
	  .severity = SEVERITY_INFO,
	  .what = "is kube-proxy's health port, plain HTTP for load balancers",
	  .remedy = "set healthzBindAddress: 127.0.0.1:10256 in the configuration of kube-proxy "
		    "where no load balancer asks" },
	SCANNED(443, "HTTPS"),
	SCANNED(8001, "kubectl proxy"),
	SCANNED(8080, "the API server's insecure port"),
	SCANNED(30000, "the first node port, often the dashboard's"),
};

static const struct plain_service ETCD_SERVICE = {
	.severity = SEVERITY_HIGH,
	.what = "is etcd without TLS: whoever connects reads and writes the whole cluster",
	.remedy = "give etcd https:// in --listen-client-urls, with --cert-file, --key-file and "
		  "--client-cert-auth=true",
};

static bool has_argument(const struct process *process, const char *pattern)
{
	for (size_t i = 0; i < process->argument_count; i++)
		if (text_matches_glob(process->arguments[i], pattern))
			return true;
	return false;
}

/* Arguments that could not be read are taken to be the worst. */
static bool is_run_by(const struct plain_service *service, const struct process *process)
{
	return (!service->owner || process_is_named(process, service->owner)) &&
	       (!service->argument || process->arguments_truncated ||
		has_argument(process, service->argument)) &&
	       !(service->unless && has_argument(process, service->unless));
}

static bool fits(const struct plain_service *service, const struct listener *listener)
{
	if ((service->port && service->port != listener->port) ||
	    listener->exposure < service->from)
		return false;
	if (!listener->owner_count)
		return !service->owner;
	return is_run_by(service, listener->owners[0]);
}

/* "http://10.0.0.1:2379": the port is the last thing of such a URL. */
static bool names_plain_port(const char *url, const char *port)
{
	return text_starts_with(url, "http://") && text_ends_with(url, port);
}

static bool says_plain_port(struct judge *judge, const struct component *etcd, uint16_t number)
{
	const struct setting *urls = component_setting(etcd, "--listen-client-urls");
	const char *port = judge_text(judge, ":%u", number);

	if (!urls)
		return false;
	if (urls->value.kind == VALUE_TEXT)
		return names_plain_port(urls->value.text, port);
	for (size_t i = 0; urls->value.kind == VALUE_LIST && i < urls->value.list.count; i++)
		if (names_plain_port(urls->value.list.items[i], port))
			return true;
	return false;
}

static bool is_plain_etcd(struct judge *judge, const struct listener *listener,
			  enum port_protocol protocol)
{
	const struct node *node = judge->node;

	for (size_t i = 0; i < node->component_count; i++)
		if (node->components[i].kind == COMPONENT_ETCD &&
		    process_owns(node->components[i].process, listener))
			return (protocol == PORT_IS_PLAIN && listener->port == 2379) ||
			       says_plain_port(judge, &node->components[i], listener->port);
	return protocol == PORT_IS_PLAIN && listener->port == 2379;
}

/* NULL: nothing is to be told of the listener. */
static const struct plain_service *service_of(struct judge *judge, const struct listener *listener)
{
	enum port_protocol protocol = port_protocol(judge->node, listener);

	if (listener->transport != TRANSPORT_TCP || !listener->is_in_host_netns ||
	    protocol == PORT_IS_TLS || port_is_insecure_control_plane(judge->node, listener))
		return NULL;
	if (is_plain_etcd(judge, listener, protocol))
		return &ETCD_SERVICE;
	for (size_t i = 0; i < ARRAY_SIZE(SERVICES); i++)
		if (fits(&SERVICES[i], listener))
			return &SERVICES[i];
	return NULL;
}

void port_judge_plaintext(struct judge *judge, const struct component *component)
{
	const struct node *node = judge->node;
	size_t before = judge->count;

	(void)component;
	if (port_is_blind(judge))
		return;
	for (size_t i = 0; i < node->listener_count; i++) {
		const struct listener *listener = &node->listeners[i];
		const struct plain_service *service = service_of(judge, listener);

		if (!service)
			continue;
		struct draft draft = draft_on_listener(judge, listener);

		draft_listener(&draft, listener);
		draft_evidence(&draft, "listener", "%s %s", draft.finding.subject.name,
			       service->what);
		draft.finding.remedy = service->remedy;
		draft_raise(&draft, service->severity);
		draft_record(&draft, VERDICT_FAIL);
	}
	if (judge->count == before)
		port_record_pass(judge);
}
