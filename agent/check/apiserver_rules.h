/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The judging functions of kube-apiserver's rows, and how these are written.
 */
#ifndef CHECK_APISERVER_RULES_H
#define CHECK_APISERVER_RULES_H

#include "check/control_plane.h"

#define APISERVER      "kube-apiserver"
#define APISERVER_PAGE FLAGS_PAGE(APISERVER)
#define AUTHENTICATION_PAGE                                                                        \
	"https://kubernetes.io/docs/reference/access-authn-authz/authentication/"
#define AUTHORIZATION_PAGE "https://kubernetes.io/docs/reference/access-authn-authz/authorization/"
#define ADMISSION_PAGE                                                                             \
	"https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/"
#define SERVICE_ACCOUNTS_PAGE                                                                      \
	"https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/"
#define AUDIT_PAGE	"https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/"
#define ENCRYPTION_PAGE "https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/"
#define KUBELET_LINK_PAGE                                                                          \
	"https://kubernetes.io/docs/concepts/architecture/control-plane-node-communication/"

void apiserver_judge_anonymous_auth(struct judge *judge, const struct component *apiserver);
void apiserver_judge_kubelet_client(struct judge *judge, const struct component *apiserver);
void apiserver_judge_service_account_key(struct judge *judge, const struct component *apiserver);
/* A plugin that must be on (EXPECT_HAS) or off (EXPECT_LACKS) in --enable-admission-plugins, or
 * must not be turned off in --disable-admission-plugins (EXPECT_LACKS). */
void apiserver_judge_plugin(struct judge *judge, const struct component *apiserver);
/* Numbers of an audit log that the API server itself writes and rotates. */
void apiserver_judge_audit_number(struct judge *judge, const struct component *apiserver);
void apiserver_judge_request_timeout(struct judge *judge, const struct component *apiserver);
/* Certificates for etcd, where etcd is reached over a network. */
void apiserver_judge_etcd_client(struct judge *judge, const struct component *apiserver);
void apiserver_judge_etcd_ca(struct judge *judge, const struct component *apiserver);
void apiserver_judge_encryption_strength(struct judge *judge, const struct component *apiserver);
void apiserver_judge_cipher_suites(struct judge *judge, const struct component *apiserver);

#endif
