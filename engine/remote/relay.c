/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "engine/remote/relay.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/words.h"
#include "engine/bench/phases.h"
#include "engine/files/journal-file.h"
#include "engine/formats/journal.h"
#include "engine/records/numbers.h"
#include "engine/text/tame.h"

enum
{
  PIECE = 64 << 10,
  PATIENCE_S = 15, /* for a run to stop by itself, and then by TERM */
  LINGER_S = 3     /* for what stands in pipes that somebody else still holds */
};

typedef struct Stream
{
  MoeRelay *relay;
  GInputStream *input; /* the process's */
  GString *line;       /* begun, without its end */
  gboolean open;
  gboolean (*take) (MoeRelay *self, const char *line, gsize length); /* FALSE: no more of it */
  char piece[PIECE];
} Stream;

struct MoeRelay
{
  MoeRelayHooks hooks;
  char *place;
  gboolean by_ssh;
  char *path;
  GSubprocess *process;
  GCancellable *cancellable;
  gboolean running;
  int status;
  Stream out, err;

  MoeJournalFile *file; /* NULL until the first line */
  gboolean has_run;
  gboolean has_end;
  gsize bytes;
  gsize samples;
  gsize sentences;
  char *last; /* sentence that came */
  char *forged;
  char *unkept;
  guint timer;

  GHashTable *facts; /* of a question; NULL: it is a run */
  gboolean in_words; /* it is answered for people */
  guint patience_s;
  gboolean late;

  GString *outbox;  /* what is to be said there next */
  GBytes *sending;  /* what is being said there; NULL: nothing */
  gboolean listens; /* to what is said: it reads no earlier run any more */
  gboolean closing; /* nothing more is said */
};

#define INTERFACE "1"

/* --- what comes --- */

static gboolean
refuse_line (MoeRelay *self, const char *format)
{
  g_free (self->forged);
  self->forged = g_strdup_printf (moe_words (format), self->place);
  return FALSE;
}

static gboolean
is_text (const char *line, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if ((guchar)line[i] < ' ' && line[i] != '\t')
      return FALSE;
  return TRUE;
}

/* Of the first line of a file, that it is from there follows. */
static gboolean
keep_line (MoeRelay *self, const char *line, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *whole = self->file != NULL
                               ? g_strdup_printf ("%s\n", line)
                               : g_strdup_printf ("%s\n# place: %s\n", line, self->place);
  if (self->file == NULL)
    self->file = moe_journal_file_create (self->path, &error);
  self->has_run = self->has_run || self->file != NULL;
  if (self->file != NULL && moe_journal_file_add (self->file, whole, strlen (whole), &error))
    return TRUE;
  g_clear_pointer (&self->unkept, g_free);
  self->unkept = g_strdup (error->message);
  return FALSE;
}

static gboolean
take_journal (MoeRelay *self, const char *line, gsize length)
{
  self->bytes += length + 1;
  if (self->bytes > MOE_RELAY_MAX_RUN)
    return refuse_line (self, MOE_WORDS ("What came from %s is longer than any run: more than 1 "
                                         "GiB."));
  if (!is_text (line, length) || (!self->has_run && !g_str_has_prefix (line, MOE_JOURNAL_MAGIC)))
    return refuse_line (self, MOE_WORDS ("What came from %s is no run of Nullcurve: something else "
                                         "writes to standard output there."));
  if (!keep_line (self, line, length))
    return FALSE;
  self->samples += g_str_has_prefix (line, "sample ");
  self->has_end = self->has_end || g_str_has_prefix (line, "end ");
  return TRUE;
}

static void
take_phase (const char *name, MoeRelayProgress *progress)
{
  progress->state.phase = moe_run_phase_find (name);
  progress->paused = g_str_equal (name, "paused");
}

static void say_on (MoeRelay *self);

static void
take_progress (MoeRelay *self, const char *line)
{
  MoeRelayProgress progress = {
    .state.fraction = NAN, .state.remaining_s = NAN, .topk = NAN, .f = NAN
  };
  MoeProgress *state = &progress.state;
  const struct
  {
    const char *key;
    double *real; /* or */
    gsize *size;
  } numbers[] = { { "share=", &state->fraction },
                  { "left_s=", &state->remaining_s },
                  { "topk=", &progress.topk },
                  { "f=", &progress.f },
                  { "samples=", NULL, &state->samples_done },
                  { "of=", NULL, &state->samples_total },
                  { "settled=", NULL, &state->settled },
                  { "to_settle=", NULL, &state->to_settle } };
  g_auto (GStrv) words = g_strsplit (line, " ", 32);
  for (gsize w = 1; words[w] != NULL; w++)
    {
      if (g_str_has_prefix (words[w], "phase="))
        take_phase (words[w] + strlen ("phase="), &progress);
      for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
        {
          const char *value = words[w] + strlen (numbers[i].key);
          if (!g_str_has_prefix (words[w], numbers[i].key))
            continue;
          if (numbers[i].real != NULL)
            *numbers[i].real = moe_number_read (value);
          else
            *numbers[i].size = moe_number_read_size (value);
        }
    }
  state->fraction = isnan (state->fraction) ? 0 : CLAMP (state->fraction, 0, 1);
  self->listens = TRUE;
  say_on (self);
  if (self->hooks.progress != NULL)
    self->hooks.progress (self->hooks.data, &progress);
}

static gboolean
take_sentence (MoeRelay *self, const char *line, gsize length)
{
  if (g_str_has_prefix (line, "progress "))
    {
      take_progress (self, line);
      return TRUE;
    }
  if (self->sentences++ >= MOE_RELAY_MAX_SENTENCES)
    return TRUE;
  g_free (self->last);
  self->last = g_strchomp (moe_text_tame_sentence (line));
  if (self->hooks.said != NULL)
    self->hooks.said (self->hooks.data, self->last);
  return TRUE;
}

static void
tell_answer (const MoeRelay *self, const char *line)
{
  g_autofree char *tame = moe_text_tame_sentence (line);
  if (self->hooks.answer != NULL)
    self->hooks.answer (self->hooks.data, tame);
}

/* A line of an answer, or a sentence. */
static gboolean
take_answer (MoeRelay *self, const char *line, gsize length)
{
  const char *sign = strchr (line, '=');
  self->bytes += length + 1;
  if (self->bytes > MOE_RELAY_MAX_ANSWER || !is_text (line, length))
    return refuse_line (self, MOE_WORDS ("What came from %s is no answer of nullcurve-bench: "
                                         "something else writes to standard output there."));
  gboolean is_fact = sign != NULL && sign != line && strcspn (line, " ") > (gsize)(sign - line);
  if (!is_fact && !self->in_words)
    return take_sentence (self, line, length);
  tell_answer (self, line);
  if (!is_fact)
    return TRUE;
  g_autofree char *key = g_strndup (line, (gsize)(sign - line));
  g_hash_table_replace (self->facts, moe_text_tame (key, MOE_TEXT_MAX_NAME),
                        moe_text_tame_sentence (sign + 1));
  return TRUE;
}

/* --- lines of a stream --- */

static gboolean
take_piece (Stream *stream, const char *piece, gsize length)
{
  const char *end = piece + length;
  while (piece < end)
    {
      const char *stop = memchr (piece, '\n', (gsize)(end - piece));
      g_string_append_len (stream->line, piece, (stop != NULL ? stop : end) - piece);
      if (stream->line->len > MOE_RELAY_MAX_LINE)
        return stream == &stream->relay->out ? refuse_line (
                   stream->relay, MOE_WORDS ("What came from %s is no run of "
                                             "Nullcurve: a line of more than 64 KiB."))
                                             : FALSE;
      if (stop == NULL)
        break;
      if (!stream->take (stream->relay, stream->line->str, stream->line->len))
        return FALSE;
      g_string_truncate (stream->line, 0);
      piece = stop + 1;
    }
  return TRUE;
}

static void finish_when_over (MoeRelay *self);
static void end_process (MoeRelay *self, int signal);
static void read_on (Stream *stream);

static void
close_stream (Stream *stream)
{
  stream->open = FALSE;
  g_input_stream_close (stream->input, NULL, NULL);
  finish_when_over (stream->relay);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the relay may be gone */
  Stream *stream = data;
  MoeRelay *self = stream->relay;
  if (n > 0 && take_piece (stream, stream->piece, (gsize)n))
    {
      if (stream == &self->out && self->hooks.grown != NULL)
        self->hooks.grown (self->hooks.data);
      read_on (stream);
      return;
    }
  /* Whoever writes what nobody wants is not waited for. */
  if (n > 0 && stream == &self->out)
    end_process (self, SIGKILL);
  close_stream (stream);
}

static void
read_on (Stream *stream)
{
  g_input_stream_read_async (stream->input, stream->piece, PIECE, G_PRIORITY_DEFAULT,
                             stream->relay->cancellable, read_cb, stream);
}

static void
begin_stream (MoeRelay *self,
              Stream *stream,
              GInputStream *input,
              gboolean (*take) (MoeRelay *, const char *, gsize))
{
  stream->relay = self;
  stream->input = input;
  stream->line = g_string_new (NULL);
  stream->take = take;
  stream->open = TRUE;
  read_on (stream);
}

/* --- its end --- */

static gboolean
says (const MoeRelay *self, const char *piece)
{
  return self->last != NULL && strstr (self->last, piece) != NULL;
}

/* What ssh said last, without its name and its full stop. */
static char *
dup_reason (const MoeRelay *self)
{
  const char *said = self->last != NULL ? self->last : "?";
  char *reason = g_strdup (g_str_has_prefix (said, "ssh: ") ? said + strlen ("ssh: ") : said);
  if (g_str_has_suffix (reason, "."))
    reason[strlen (reason) - 1] = '\0';
  return reason;
}

/* What ssh says of itself, and what helps. */
static char *
explain_refusal (const MoeRelay *self)
{
  g_autofree char *by_hand = g_strdup_printf (
      moe_words (MOE_WORDS ("Its key is not known here: run \"ssh %s\" once in a terminal and say "
                            "yes.")),
      self->place);
  const char *advice =
      says (self, "Host key verification failed") ? by_hand
      : says (self, "Permission denied")          ? moe_words (
                     MOE_WORDS ("No key lets you in without a question: ssh-add one to the agent, "
                                         "or ssh-copy-id it there."))
      : says (self, "Could not resolve")
          ? moe_words (MOE_WORDS ("No such name is known: see the ssh configuration."))
          : moe_words (MOE_WORDS ("What ssh by hand says helps."));
  g_autofree char *reason = dup_reason (self);
  return g_strdup_printf (moe_words (MOE_WORDS ("ssh did not reach %s: %s.  %s")), self->place,
                          reason, advice);
}

/* What came is a whole answer: is it one that is understood here? */
static char *
explain_answer (const MoeRelay *self)
{
  const char *interface = g_hash_table_lookup (self->facts, "nullcurve-interface");
  if (self->forged != NULL)
    return g_strdup (self->forged);
  if (interface == NULL)
    return g_strdup_printf (moe_words (MOE_WORDS ("What came from %s is no answer of "
                                                  "nullcurve-bench: name its path.")),
                            self->place);
  return g_strdup_printf (moe_words (MOE_WORDS ("nullcurve-bench at %s answers in another way "
                                                "(interface %s) than this version reads (%s): "
                                                "install the same version there.")),
                          self->place, interface, INTERFACE);
}

static char *
explain_refused_question (const MoeRelay *self)
{
  if (self->last == NULL)
    return g_strdup_printf (
        moe_words (MOE_WORDS ("%s did not answer: exit status %d, without a word.")), self->place,
        self->status);
  /* Who it is from is known. */
  gboolean named = g_str_has_prefix (self->last, "nullcurve-bench: ");
  return g_strdup (self->last + (named ? strlen ("nullcurve-bench: ") : 0));
}

static char *
explain (const MoeRelay *self, MoeRelayEnd end)
{
  switch (end)
    {
    case MOE_RELAY_FORGED:
      return self->facts != NULL ? explain_answer (self) : g_strdup (self->forged);
    case MOE_RELAY_UNKEPT:
      return g_strdup (self->unkept);
    case MOE_RELAY_REFUSED:
      return explain_refusal (self);
    case MOE_RELAY_UNFOUND:
      return g_strdup_printf (
          moe_words (MOE_WORDS ("nullcurve-bench was not found at %s: install it there, or name "
                                "its path.")),
          self->place);
    case MOE_RELAY_LATE:
      return g_strdup_printf (
          moe_words (MOE_WORDS ("%s did not answer within %u s: it hangs, or waits for its turn.")),
          self->place, self->patience_s);
    case MOE_RELAY_BROKEN:
      return g_strdup_printf (
          self->has_run ? moe_words (MOE_WORDS ("What measured at %s broke off after %zu samples, "
                                                "which are kept."))
                        : moe_words (MOE_WORDS ("What was to measure at %s ended without a word "
                                                "(%zu samples).")),
          self->place, self->samples);
    case MOE_RELAY_ENDED:
      break;
    }
  return self->facts != NULL && self->status != 0 ? explain_refused_question (self) : NULL;
}

static gboolean
is_answered (const MoeRelay *self)
{
  return self->in_words
         || g_strcmp0 (g_hash_table_lookup (self->facts, "nullcurve-interface"), INTERFACE) == 0;
}

static MoeRelayEnd
judge_end (const MoeRelay *self)
{
  if (self->late)
    return MOE_RELAY_LATE;
  if (self->forged != NULL)
    return MOE_RELAY_FORGED;
  if (self->unkept != NULL)
    return MOE_RELAY_UNKEPT;
  if (self->has_run)
    return self->has_end ? MOE_RELAY_ENDED : MOE_RELAY_BROKEN;
  if (self->status == 126 || self->status == 127)
    return MOE_RELAY_UNFOUND;
  if (self->by_ssh && self->status == 255)
    return MOE_RELAY_REFUSED;
  if (self->facts != NULL && self->status == 0)
    return is_answered (self) ? MOE_RELAY_ENDED : MOE_RELAY_FORGED;
  return self->status > 0 ? MOE_RELAY_ENDED : MOE_RELAY_BROKEN;
}

static void
finish_when_over (MoeRelay *self)
{
  if (self->running || self->out.open || self->err.open)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->file, moe_journal_file_close);
  MoeRelayEnd end = judge_end (self);
  g_autofree char *problem = explain (self, end);
  const MoeRelayResult result = {
    .end = end,
    .status = self->status,
    .has_run = self->has_run,
    .samples = self->samples,
    .problem = problem,
    .said = self->last,
    .facts = self->facts,
  };
  self->hooks.done (self->hooks.data, &result);
}

static gboolean
linger_cb (gpointer data)
{
  MoeRelay *self = data;
  self->timer = 0;
  g_cancellable_cancel (self->cancellable);
  self->out.open = self->err.open = FALSE;
  finish_when_over (self);
  return G_SOURCE_REMOVE;
}

static void
wait_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  if (!g_subprocess_wait_finish (G_SUBPROCESS (source), result, &error))
    return; /* cancelled: the relay is gone */
  MoeRelay *self = data;
  self->running = FALSE;
  self->status = g_subprocess_get_if_exited (self->process)
                     ? g_subprocess_get_exit_status (self->process)
                     : -1;
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->out.open || self->err.open)
    self->timer = g_timeout_add_seconds (LINGER_S, linger_cb, self);
  finish_when_over (self);
}

/* --- starting and stopping --- */

/* A Ctrl+C in the terminal is for this program, which then asks the other one to stop. */
static void
leave_group_cb (gpointer data)
{
  setpgid (0, 0);
}

static GSubprocess *
spawn (const MoePlace *place, char **argv, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                 | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, leave_group_cb, NULL, NULL);
  GSubprocess *process =
      g_subprocess_launcher_spawnv (launcher, (const char *const *)argv, &failure);
  if (process == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 moe_words (MOE_WORDS ("%s could not be started: %s.")), argv[0], failure->message);
  return process;
}

static void
close_input (MoeRelay *self)
{
  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
}

/* Whoever does not take it has ended, which is heard of otherwise. */
static void
said_there_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the relay may be gone */
  MoeRelay *self = data;
  g_clear_pointer (&self->sending, g_bytes_unref);
  if (self->closing)
    close_input (self);
  else
    say_on (self);
}

static void
send (MoeRelay *self, GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  GOutputStream *input = g_subprocess_get_stdin_pipe (self->process);
  self->sending = g_bytes_ref (bytes);
  /* The stream may outlive the relay by a moment. */
  g_object_set_data_full (G_OBJECT (input), "nullcurve-said", g_bytes_ref (bytes),
                          (GDestroyNotify)g_bytes_unref);
  g_output_stream_write_all_async (input, data, length, G_PRIORITY_DEFAULT, self->cancellable,
                                   said_there_cb, self);
}

static void
say_on (MoeRelay *self)
{
  if (self->sending != NULL || self->closing || !self->listens || self->outbox->len == 0)
    return;
  g_autoptr (GBytes) bytes = g_bytes_new (self->outbox->str, self->outbox->len);
  g_string_truncate (self->outbox, 0);
  send (self, bytes);
}

/* A program at this place, with pipes, which tells lines. */
static MoeRelay *
relay_new (const MoePlace *place,
           const char *const *arguments,
           const MoeRelayHooks *hooks,
           GError **error)
{
  g_auto (GStrv) argv = moe_place_command (place, arguments, error);
  GSubprocess *process = argv != NULL ? spawn (place, argv, error) : NULL;
  if (process == NULL)
    return NULL;
  MoeRelay *self = g_new0 (MoeRelay, 1);
  self->hooks = *hooks;
  self->place = moe_place_describe (place);
  self->by_ssh = place->host != NULL;
  self->process = process;
  self->cancellable = g_cancellable_new ();
  self->outbox = g_string_new (NULL);
  self->running = TRUE;
  self->status = -1;
  return self;
}

static void
listen (MoeRelay *self, gboolean (*take) (MoeRelay *, const char *, gsize))
{
  begin_stream (self, &self->out, g_subprocess_get_stdout_pipe (self->process), take);
  begin_stream (self, &self->err, g_subprocess_get_stderr_pipe (self->process), take_sentence);
  g_subprocess_wait_async (self->process, self->cancellable, wait_cb, self);
}

GBytes *
moe_relay_read_before (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  g_autoptr (GString) first = g_string_new_len (text, (gssize)length);
  if (length == 0 || text[length - 1] != '\n')
    g_string_append_c (first, '\n');
  if (strstr (first->str, "\n" MOE_RELAY_RESUME_END "\n") != NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           moe_words (MOE_WORDS ("It has a line with a dot alone, which would end "
                                                 "it: allowed is a run file or Nullcurve CSV.")));
      return NULL;
    }
  g_string_append (first, MOE_RELAY_RESUME_END "\n");
  return g_string_free_to_bytes (g_steal_pointer (&first));
}

/* With what makes a run arrive as one. */
static char **
arguments_of_run (const char *const *arguments)
{
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  g_strv_builder_addv (all, (const char **)arguments);
  g_strv_builder_add_many (all, "--journal", "-", "--progress", "lines", NULL);
  return g_strv_builder_end (all);
}

char *
moe_relay_show_command (const MoePlace *place, const char *const *arguments, GError **error)
{
  g_auto (GStrv) options = arguments_of_run (arguments);
  return moe_place_show (place, (const char *const *)options, error);
}

MoeRelay *
moe_relay_start (const MoePlace *place,
                 const char *const *arguments,
                 const char *journal,
                 GBytes *first,
                 const MoeRelayHooks *hooks,
                 GError **error)
{
  g_auto (GStrv) options = arguments_of_run (arguments);
  MoeRelay *self = relay_new (place, (const char *const *)options, hooks, error);
  if (self == NULL)
    return NULL;
  self->path = g_strdup (journal);
  listen (self, take_journal);
  if (first != NULL)
    send (self, first);
  return self;
}

static gboolean
late_cb (gpointer data)
{
  MoeRelay *self = data;
  self->timer = 0;
  self->late = TRUE;
  end_process (self, SIGKILL);
  return G_SOURCE_REMOVE;
}

static MoeRelay *
ask (const MoePlace *place,
     const char *const *arguments,
     gboolean in_words,
     guint patience_s,
     const MoeRelayHooks *hooks,
     GError **error)
{
  MoeRelay *self = relay_new (place, arguments, hooks, error);
  if (self == NULL)
    return NULL;
  self->facts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->in_words = in_words;
  self->patience_s = patience_s;
  listen (self, take_answer);
  self->timer = g_timeout_add_seconds (patience_s, late_cb, self);
  return self;
}

MoeRelay *
moe_relay_ask (const MoePlace *place,
               const char *const *arguments,
               guint patience_s,
               const MoeRelayHooks *hooks,
               GError **error)
{
  return ask (place, arguments, FALSE, patience_s, hooks, error);
}

MoeRelay *
moe_relay_ask_words (const MoePlace *place,
                     const char *const *arguments,
                     guint patience_s,
                     const MoeRelayHooks *hooks,
                     GError **error)
{
  return ask (place, arguments, TRUE, patience_s, hooks, error);
}

void
moe_relay_pause (MoeRelay *self, gboolean pause)
{
  g_string_append (self->outbox, pause ? "pause\n" : "continue\n");
  say_on (self);
}

/* With all that it has started, which share its group. */
static void
end_process (MoeRelay *self, int signal)
{
  const char *id = g_subprocess_get_identifier (self->process);
  if (self->running && id != NULL)
    kill (-(pid_t)strtol (id, NULL, 10), signal);
}

static gboolean
insist_cb (gpointer data)
{
  MoeRelay *self = data;
  end_process (self, SIGKILL);
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
lose_patience_cb (gpointer data)
{
  MoeRelay *self = data;
  end_process (self, SIGTERM);
  self->timer = g_timeout_add_seconds (PATIENCE_S, insist_cb, self);
  return G_SOURCE_REMOVE;
}

void
moe_relay_stop (MoeRelay *self)
{
  if (!self->running || self->closing)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  self->closing = TRUE;
  if (self->sending == NULL)
    close_input (self);
  if (self->facts != NULL)
    lose_patience_cb (self); /* nothing of it is kept */
  else
    self->timer = g_timeout_add_seconds (PATIENCE_S, lose_patience_cb, self);
}

void
moe_relay_free (MoeRelay *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  end_process (self, SIGTERM);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->file, moe_journal_file_close);
  g_string_free (self->out.line, TRUE);
  g_string_free (self->err.line, TRUE);
  g_string_free (self->outbox, TRUE);
  g_clear_pointer (&self->sending, g_bytes_unref);
  g_clear_pointer (&self->facts, g_hash_table_unref);
  g_object_unref (self->process);
  g_object_unref (self->cancellable);
  g_free (self->place);
  g_free (self->path);
  g_free (self->last);
  g_free (self->forged);
  g_free (self->unkept);
  g_free (self);
}
