/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delivery to a collector: whether there is to be one, and the courier that does it, whose life
 * ends and begins anew without anything being lost (control/courier_link.h).
 */
#ifndef WARDEN_DELIVERY_H
#define WARDEN_DELIVERY_H

#include <stdbool.h>

#include "base/digest.h"
#include "base/json.h"
#include "control/courier_link.h"

#define COURIER_NAME "nodelatch-courier"

struct event;
struct warden;

struct delivery {
	bool is_wanted;			 /* the policy or the environment names a collector */
	char *endpoint;			 /* the first; NULL: none is known */
	char *problem;			 /* why nothing can be delivered; NULL: fine */
	struct courier_link *link;	 /* NULL: no courier runs */
	bool is_up;			 /* the courier has asked for changes */
	char settings[DIGEST_HEX_BYTES]; /* of what the last courier was told; "": none was */
	json_t *status;			 /* what it said of itself last; NULL: nothing yet */
	struct event *timer;		 /* of the next start */
	int delay_s;			 /* before that */
};

/* As the policy wishes: started, started anew, or none. */
void delivery_start(struct warden *warden);
/* Some file changed: started anew if it is one of those that the courier was given. */
void delivery_renew(struct warden *warden);
/* There are new changes in the journal. */
void delivery_notify(struct warden *warden);
/* Ends the courier, if one runs. */
void delivery_stop(struct warden *warden);
/* Ends everything; before the event base is freed. */
void delivery_done(struct warden *warden);

#endif
