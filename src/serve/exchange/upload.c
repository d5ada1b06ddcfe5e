/* upload.c - see upload.h. */
#include "serve/exchange/upload.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "serve/http/visit.h"

void lmi_uploads_init(lmi_uploads *uploads, double idle_s)
{
    *uploads = (lmi_uploads){.idle_ms = idle_s * 1000};
    pthread_mutex_init(&uploads->lock, NULL);
}

static void unlink_one(lmi_uploads *uploads, const lmi_upload *upload)
{
    lmi_upload **at = &uploads->first;

    while (*at != upload)
        at = &(*at)->next;
    *at = upload->next;
}

void lmi_upload_forget(lmi_uploads *uploads, lmi_upload *upload)
{
    pthread_mutex_lock(&uploads->lock);
    unlink_one(uploads, upload);
    pthread_mutex_unlock(&uploads->lock);
    lmi_free(upload);
}

void lmi_uploads_done(lmi_uploads *uploads)
{
    while (uploads->first) {
        lmi_upload *upload = uploads->first;

        uploads->first = upload->next;
        lmi_exchange_abort(upload->publish);
        lmi_free(upload);
    }
    pthread_mutex_destroy(&uploads->lock);
}

/* One that is idle, or was given up, and nobody's any more; NULL: there is none. */
static lmi_upload *take_idle(lmi_uploads *uploads)
{
    const double now = lmi_now_ms();
    lmi_upload *u;

    pthread_mutex_lock(&uploads->lock);
    for (u = uploads->first; u; u = u->next)
        if (u->state == LMI_UPLOAD_GIVEN_UP ||
            (u->state == LMI_UPLOAD_OPEN && !u->writer && now - u->touched_ms > uploads->idle_ms))
            break;
    if (u)
        u->state = LMI_UPLOAD_ENDING;
    pthread_mutex_unlock(&uploads->lock);
    return u;
}

void lmi_uploads_expire(lmi_uploads *uploads)
{
    lmi_upload *upload;

    while ((upload = take_idle(uploads)) != NULL) {
        lmi_exchange_abort(upload->publish);
        lmi_upload_forget(uploads, upload);
    }
}

/* ---- New ones ---- */

/* NULL, with a message of the owner's, where memory or random bytes are out. */
static lmi_upload *make(const char *tenant)
{
    lmi_upload *upload = lmi_new(1, sizeof(*upload));

    if (!upload) {
        (void)lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory for an upload");
        return NULL;
    }
    if (lmi_exchange_new_id(upload->id) != LMI_EXCHANGE_OK) {
        lmi_free(upload);
        return NULL;
    }
    snprintf(upload->tenant, sizeof(upload->tenant), "%s", tenant);
    return upload;
}

/* With the lock. */
static lmi_exchange_verdict check_room(const lmi_uploads *uploads, const char *tenant)
{
    const lmi_upload *u;
    size_t n = 0, n_own = 0;

    for (u = uploads->first; u; u = u->next, n++)
        n_own += strcmp(u->tenant, tenant) == 0;
    if (n_own >= LMI_UPLOADS_OF_TENANT)
        return lmi_exchange_fail(LMI_EXCHANGE_QUOTA,
                                 "%zu uploads of yours are under way, at most %d allowed: commit "
                                 "or delete one first",
                                 n_own, LMI_UPLOADS_OF_TENANT);
    if (n >= LMI_UPLOADS_MAX)
        return lmi_exchange_fail(LMI_EXCHANGE_QUOTA, "too many uploads are under way: try later");
    return LMI_EXCHANGE_OK;
}

lmi_exchange_verdict lmi_upload_new(lmi_upload **out, lmi_uploads *uploads, const char *tenant)
{
    lmi_upload *upload = make(tenant);
    lmi_exchange_verdict verdict;

    if (!upload)
        return LMI_EXCHANGE_FAILED;
    pthread_mutex_lock(&uploads->lock);
    verdict = check_room(uploads, tenant);
    if (verdict == LMI_EXCHANGE_OK) {
        upload->next = uploads->first;
        uploads->first = *out = upload;
    }
    pthread_mutex_unlock(&uploads->lock);
    if (verdict != LMI_EXCHANGE_OK)
        lmi_free(upload);
    return verdict;
}

void lmi_upload_open(lmi_uploads *uploads, lmi_upload *upload, lmi_exchange_publish *publish,
                     uint64_t announced)
{
    pthread_mutex_lock(&uploads->lock);
    upload->publish = publish;
    upload->announced = announced;
    upload->touched_ms = lmi_now_ms();
    upload->state = LMI_UPLOAD_OPEN;
    pthread_mutex_unlock(&uploads->lock);
}

/* ---- Those that are there ---- */

lmi_upload *lmi_upload_find(lmi_uploads *uploads, const char *tenant, const char *id)
{
    lmi_upload *u;

    pthread_mutex_lock(&uploads->lock);
    for (u = uploads->first; u; u = u->next)
        if (u->state == LMI_UPLOAD_OPEN && strcmp(u->tenant, tenant) == 0 && strcmp(u->id, id) == 0)
            break;
    if (u)
        u->touched_ms = lmi_now_ms(); /* the caller has it, and it is not taken out meanwhile */
    pthread_mutex_unlock(&uploads->lock);
    return u;
}

/* (The lock is held.) */
static void leave_alone(lmi_upload *upload)
{
    if (upload->writer)
        upload->writer->upload = NULL;
    upload->writer = NULL;
    upload->touched_ms = lmi_now_ms();
}

void lmi_upload_hold(lmi_uploads *uploads, lmi_upload *upload, lmi_visit *visit)
{
    pthread_mutex_lock(&uploads->lock);
    leave_alone(upload);
    upload->writer = visit;
    visit->upload = upload;
    pthread_mutex_unlock(&uploads->lock);
}

void lmi_upload_let_go(lmi_uploads *uploads, lmi_visit *visit)
{
    pthread_mutex_lock(&uploads->lock);
    if (visit->upload)
        leave_alone(visit->upload);
    pthread_mutex_unlock(&uploads->lock);
}

static void end(lmi_uploads *uploads, lmi_upload *upload, lmi_upload_state state)
{
    pthread_mutex_lock(&uploads->lock);
    leave_alone(upload);
    upload->state = state;
    pthread_mutex_unlock(&uploads->lock);
}

void lmi_upload_end(lmi_uploads *uploads, lmi_upload *upload)
{
    end(uploads, upload, LMI_UPLOAD_ENDING);
}

void lmi_upload_give_up(lmi_uploads *uploads, lmi_upload *upload)
{
    end(uploads, upload, LMI_UPLOAD_GIVEN_UP);
}
