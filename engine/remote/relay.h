/* SPDX-License-Identifier: Apache-2.0 */
/* A run that is measured at another place and arrives here as it grows: its journal, line by line,
 * in a run file of this machine.  Or a question that is asked there, and what it is answered.
 *
 * All that comes is foreign.  A line has 64 KiB at most, a run 1 GiB and an answer 1 MiB; what is
 * no journal from its first line on ends the relay.  Sentences that come beside it are tamed, and
 * there are at most as many as fit on a few pages.
 *
 * Everything happens on the thread-default main context of the thread that starts it, without
 * blocking but for the run file's own writing. */
#pragma once

#include "engine/bench/events.h"
#include "engine/remote/place.h"

G_BEGIN_DECLS

enum
{
  MOE_RELAY_MAX_LINE = 64 << 10,
  MOE_RELAY_MAX_RUN = 1 << 30,
  MOE_RELAY_MAX_ANSWER = 1 << 20,
  MOE_RELAY_MAX_SENTENCES = 2000
};

/* The line that ends an earlier run on the standard input of --resume -. */
#define MOE_RELAY_RESUME_END "."

typedef struct MoeRelay MoeRelay;

/* How far the run is, as the place tells it. */
typedef struct MoeRelayProgress
{
  MoeProgress state; /* point and round are not told */
  double topk, f;    /* of the point that is being worked on; NaN: of none */
  gboolean paused;   /* it stands still */
} MoeRelayProgress;

typedef enum MoeRelayEnd
{
  MOE_RELAY_ENDED,   /* as a program ends: see status */
  MOE_RELAY_UNFOUND, /* there is no such program there, or none of the command here */
  MOE_RELAY_REFUSED, /* ssh was not let in, or does not know the host */
  MOE_RELAY_BROKEN,  /* the connection, or the process there, broke off */
  MOE_RELAY_FORGED,  /* what came is no run, or no answer */
  MOE_RELAY_LATE,    /* no answer came for too long */
  MOE_RELAY_UNKEPT,  /* the run file could not be written */
} MoeRelayEnd;

typedef struct MoeRelayResult
{
  MoeRelayEnd end;
  int status;          /* exit status there; -1: none */
  gboolean has_run;    /* the run file is there */
  gsize samples;       /* that arrived */
  const char *problem; /* a sentence, with what to do; NULL with MOE_RELAY_ENDED, but that of a
                          question that was refused, in the words of there */
  const char *said;    /* the last sentence that came; NULL: none did */
  GHashTable *facts;   /* char * -> char *, tame, of an answer; keys as --facts and --forecast have
                          them; may be kept with g_hash_table_ref () */
} MoeRelayResult;

/* What is heard; all but `done` may be NULL.  Strings are the relay's, tame, and for the time of
 * the call. */
typedef struct MoeRelayHooks
{
  gpointer data;
  void (*progress) (gpointer data, const MoeRelayProgress *progress);
  void (*said) (gpointer data, const char *sentence);
  void (*grown) (gpointer data);                    /* whole lines more are in the run file */
  void (*answer) (gpointer data, const char *line); /* of an answer, in its order; whether it is one
                                                       is known at the end */
  void (*done) (gpointer data, const MoeRelayResult *result); /* the last; may free the relay */
} MoeRelayHooks;

/* Start it with these options of nullcurve-bench (NULL-terminated), to which --journal - and
 * --progress lines are added.  `first`, which may be NULL is written to its standard
 * input, which then stays open.  The run file is made at `journal`, which must not exist, when the
 * first line comes.  NULL and *error, a sentence, when nothing could be started.  Free with
 * moe_relay_free (), which ends what still runs. */
MoeRelay *moe_relay_start (const MoePlace *place,
                           const char *const *arguments,
                           const char *journal,
                           GBytes *first,
                           const MoeRelayHooks *hooks,
                           GError **error);

/* An earlier run as --resume - reads it: `first` of moe_relay_start ().  Blocking; NULL and *error
 * when it cannot be read, or is none.  Free with g_bytes_unref (). */
GBytes *moe_relay_read_before (const char *path, GError **error);

/* What moe_relay_start () runs, as one line for a shell here, to be shown; free with g_free ().
 * NULL and *error as moe_place_command (). */
char *moe_relay_show_command (const MoePlace *place, const char *const *arguments, GError **error);

/* Ask --facts or --forecast, with whatever goes with it (NULL-terminated), and wait for the answer
 * for so long at most.  Otherwise as moe_relay_start (). */
MoeRelay *moe_relay_ask (const MoePlace *place,
                         const char *const *arguments,
                         guint patience_s,
                         const MoeRelayHooks *hooks,
                         GError **error);

/* Ask what is answered in words for people (--calibrate), whatever they are. */
MoeRelay *moe_relay_ask_words (const MoePlace *place,
                               const char *const *arguments,
                               guint patience_s,
                               const MoeRelayHooks *hooks,
                               GError **error);

/* Let the run stand still before its next sample, or go on, as soon as it listens; its progress
 * tells when it does. */
void moe_relay_pause (MoeRelay *self, gboolean pause);

/* Ask it to stop with what was measured: its standard input ends, and some seconds later whoever is
 * still there is told less kindly.  A question is given up at once. */
void moe_relay_stop (MoeRelay *self);

void moe_relay_free (MoeRelay *self);

G_END_DECLS
