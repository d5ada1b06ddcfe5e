/*
 * peers.h - what other programs' clients ask, in their own words: MHD's verdict.
 *
 *     avp 0.6.2              handshake ─▶ who we are      transmit ─▶ a memory of the tenant's
 *                            text ─▶ an answer of the first team, or of the one that is named
 *     awareness-sdk 1.0.0    publish, browse, ... ─▶ the exchange, as far as they mean something
 *
 * Their errors are {"success": false, "message": ..., "error": ...}.
 */
#ifndef LMI_SERVE_PEERS_H
#define LMI_SERVE_PEERS_H

#include "serve/http/visit.h"

int lmi_avp_handshake(lmi_visit *visit);
int lmi_avp_text(lmi_visit *visit);
bool lmi_avp_take(lmi_visit *visit, const char *data, size_t size);
int lmi_avp_transmit(lmi_visit *visit);

int lmi_awareness_publish(lmi_visit *visit);       /* a memory, */
int lmi_awareness_publish_chain(lmi_visit *visit); /* or a reasoning chain, which is one too */
int lmi_awareness_take(lmi_visit *visit); /* purchase, and use: nothing costs anything here */
int lmi_awareness_browse(lmi_visit *visit);
int lmi_awareness_browse_chains(lmi_visit *visit);
int lmi_awareness_history(lmi_visit *visit);
int lmi_awareness_stats(lmi_visit *visit);
int lmi_awareness_listings(lmi_visit *visit);
int lmi_awareness_refuse(lmi_visit *visit);

#endif
