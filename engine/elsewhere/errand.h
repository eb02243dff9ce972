/* SPDX-License-Identifier: Apache-2.0 */
/* A sweep that is measured at another place and kept in the run library of this machine, sample by
 * sample, for a program that shows it as it grows.
 *
 * Nothing blocks: the run file is read, and at the end written, off the main thread.  All functions
 * are for the main thread; so are the hooks. */
#pragma once

#include "engine/options/options.h"
#include "engine/records/run.h"
#include "engine/remote/relay.h"

G_BEGIN_DECLS

typedef struct MoeErrand MoeErrand;

typedef struct MoeErrandResult
{
  MoeRun *run;     /* what arrived, whose source is its file; NULL: nothing did */
  gboolean broken; /* it lacks samples that nobody decided to do without: it can be gone on with */
  const char *problem; /* a sentence; NULL when it ended as it should, or was stopped from here */
} MoeErrandResult;

/* All but `finished` may be NULL. */
typedef struct MoeErrandHooks
{
  gpointer data;
  void (*progress) (gpointer data, const MoeRelayProgress *progress);
  /* The run as far as it has arrived, another one each time, a few times a second; borrowed. */
  void (*grown) (gpointer data, MoeRun *run);
  void (*finished) (gpointer data, const MoeErrandResult *result); /* the last; may free it */
} MoeErrandHooks;

/* Begin, with all that the place is asked for copied.  The run's file is called after `name` and
 * the time, and `title` is what the run will be called.  `before` (may be NULL) is the run file
 * that is gone on with: what comes takes its place once it has no less.  NULL and *error, a
 * sentence, when nothing could be started.  Free with moe_errand_free (), which ends what still
 * runs. */
MoeErrand *moe_errand_start (const MoePlace *place,
                             const MoeOptions *options,
                             const char *name,
                             const char *title,
                             const char *before,
                             const MoeErrandHooks *hooks,
                             GError **error);

/* What that runs, as one line for a shell; free with g_free ().  NULL and *error, a sentence. */
char *moe_errand_show_command (const MoePlace *place, const MoeOptions *options, GError **error);

/* Ask it to stop with what was measured, or to stand still before its next sample; "finished" or
 * "progress" follows. */
void moe_errand_stop (MoeErrand *self);
void moe_errand_pause (MoeErrand *self, gboolean pause);

/* NULL is allowed.  No hook is called any more. */
void moe_errand_free (MoeErrand *self);

G_END_DECLS
