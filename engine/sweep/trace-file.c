/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sweep/trace-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/files/output.h"
#include "engine/sweep/json.h"

enum
{
  MAX_THREADS = 4096, /* of one shard: more than --threads allows */
  MAX_SUFFIX = 1000
};

struct MoeTraceFile
{
  char *folder;
  MoeOutputDraft *draft;
  FILE *file; /* NULL once closed */
  gsize n_points;
  gsize n_lost;
  gboolean has_origin;
  int failure;       /* errno of what went wrong first, after which nothing is written any more */
  guint64 origin_ns; /* where the file's time begins: the first event's begin */
  GString *line;     /* being written */
};

static gboolean
fail (MoeTraceFile *trace, int code, GError **error)
{
  trace->failure = code;
  g_autofree char *shown = g_utf8_make_valid (trace->folder, -1);
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
               _ ("The trace in %s could not be written: %s."), shown, g_strerror (code));
  return FALSE;
}

static gboolean
fail_as (MoeTraceFile *trace, const GError *failure, GError **error)
{
  g_autofree char *shown = g_utf8_make_valid (trace->folder, -1);
  g_set_error (error, failure->domain, failure->code,
               _ ("The trace in %s could not be written: %s."), shown, failure->message);
  return FALSE;
}

MoeTraceFile *
moe_trace_file_new (const char *folder, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (MoeTraceFile) trace = g_new0 (MoeTraceFile, 1);
  trace->folder = g_strdup (folder);
  trace->line = g_string_new (NULL);
  moe_output_tidy (folder);
  trace->draft = moe_output_draft_new (folder, &failure);
  if (trace->draft == NULL)
    {
      fail_as (trace, failure, error);
      return NULL;
    }
  int descriptor = fcntl (moe_output_draft_get_file (trace->draft), F_DUPFD_CLOEXEC, 0);
  trace->file = descriptor >= 0 ? fdopen (descriptor, "w") : NULL;
  if (trace->file == NULL)
    {
      fail (trace, errno, error);
      if (descriptor >= 0)
        close (descriptor);
      return NULL;
    }
  fputs ("{\"traceEvents\":[", trace->file);
  return g_steal_pointer (&trace);
}

static gboolean
write_line (MoeTraceFile *trace, GError **error)
{
  if (trace->failure != 0)
    return fail (trace, trace->failure, error);
  gboolean good = fwrite (trace->line->str, 1, trace->line->len, trace->file) == trace->line->len;
  g_string_truncate (trace->line, 0);
  return good || fail (trace, errno, error);
}

/* {"name":"NAME","ph":"M","pid":P,"tid":T,"args":{"KEY":"VALUE"}} */
static void
append_metadata (MoeTraceFile *trace,
                 const char *name,
                 gsize pid,
                 guint64 tid,
                 const char *key,
                 const char *value)
{
  g_string_append_printf (trace->line,
                          "\n{\"name\":\"%s\",\"ph\":\"M\",\"pid\":%zu,\"tid\":%" G_GUINT64_FORMAT
                          ",\"args\":{\"%s\":",
                          name, pid, tid, key);
  moe_json_append_string (trace->line, value);
  g_string_append (trace->line, "}}");
}

static guint64
thread_id (const MoeTraceEvent *event)
{
  return (guint64)event->shard * MAX_THREADS + event->thread;
}

/* Nanoseconds as microseconds with three decimals, exactly. */
static void
append_us (GString *line, const char *key, guint64 ns)
{
  g_string_append_printf (line, ",\"%s\":%" G_GUINT64_FORMAT ".%03" G_GUINT64_FORMAT, key,
                          ns / 1000, ns % 1000);
}

static void
append_args (GString *line, const MoeTraceEvent *event)
{
  g_string_append (line, ",\"args\":{");
  if (event->expert >= 0)
    g_string_append_printf (line, "\"expert\":%d", (int)event->expert);
  if (event->rows > 0)
    g_string_append_printf (line, "%s\"rows\":%u", event->expert >= 0 ? "," : "",
                            (unsigned)event->rows);
  g_string_append (line, "}}");
}

static gboolean
write_event (MoeTraceFile *trace, gsize pid, const MoeTraceEvent *event, GError **error)
{
  GString *line = trace->line;
  g_string_append_printf (
      line, ",\n{\"name\":\"%s\",\"ph\":\"X\",\"pid\":%zu,\"tid\":%" G_GUINT64_FORMAT,
      moe_name_of (&moe_stage_names, (int)event->stage), pid, thread_id (event));
  append_us (line, "ts", event->begin_ns - trace->origin_ns);
  append_us (line, "dur", event->end_ns > event->begin_ns ? event->end_ns - event->begin_ns : 0);
  append_args (line, event);
  return write_line (trace, error);
}

char *
moe_trace_file_name_point (const MoePoint *point, gboolean with_shape)
{
  const MoeBlock *block = &point->block;
  GString *name = g_string_new (NULL);
  g_string_append_printf (name, "top-%zu null %g %s %s", block->topk, point->routing.null_target,
                          moe_choice_name (MOE_CHOICE_NULL_MODE, point->routing.null_mode),
                          moe_choice_name (MOE_CHOICE_IMPL, block->choice[MOE_CHOICE_IMPL]));
  if (point->routing.distribution != MOE_DISTRIBUTION_RANDOM)
    g_string_append_printf (name, " %s",
                            moe_choice_name (MOE_CHOICE_DISTRIBUTION, point->routing.distribution));
  if (block->choice[MOE_CHOICE_QUEUE_MODE] != MOE_QUEUE_MODE_FULL)
    g_string_append_printf (
        name, " %s", moe_choice_name (MOE_CHOICE_QUEUE_MODE, block->choice[MOE_CHOICE_QUEUE_MODE]));
  if (with_shape)
    {
      char shape[MOE_SHAPE_TEXT_SIZE];
      moe_shape_format (&block->shape, shape);
      g_string_append_printf (name, " %s", shape);
    }
  return g_string_free (name, FALSE);
}

/* The first event of every thread gives it its name. */
static void
append_thread_names (MoeTraceFile *trace, gsize pid, const MoeTrace *step, gsize n)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (gsize i = 0; i < n; i++)
    {
      const MoeTraceEvent *event = &step->events[i];
      guint64 id = thread_id (event);
      if (!g_hash_table_add (seen, g_memdup2 (&id, sizeof id)))
        continue;
      g_autofree char *name =
          g_strdup_printf ("shard %u thread %u", (unsigned)event->shard, (unsigned)event->thread);
      g_string_append_c (trace->line, ',');
      append_metadata (trace, "thread_name", pid, id, "name", name);
    }
}

/* The file's time begins with the first event; steps that follow begin later. */
static void
find_origin (MoeTraceFile *trace, const MoeTrace *step, gsize n)
{
  if (trace->has_origin || n == 0)
    return;
  trace->has_origin = TRUE;
  trace->origin_ns = step->events[0].begin_ns;
  for (gsize i = 1; i < n; i++)
    trace->origin_ns = MIN (trace->origin_ns, step->events[i].begin_ns);
}

gboolean
moe_trace_file_add (
    MoeTraceFile *trace, const char *name, const MoeTrace *step, gsize *lost, GError **error)
{
  gsize occurred = atomic_load (&step->n), n = MIN (occurred, step->capacity);
  gsize pid = ++trace->n_points;
  *lost = occurred - n;
  trace->n_lost += *lost;
  find_origin (trace, step, n);
  g_string_append (trace->line, pid > 1 ? "," : "");
  append_metadata (trace, "process_name", pid, 0, "name", name);
  if (*lost > 0)
    {
      g_autofree char *label = g_strdup_printf ("%zu events lost", *lost);
      g_string_append_c (trace->line, ',');
      append_metadata (trace, "process_labels", pid, 0, "labels", label);
    }
  append_thread_names (trace, pid, step, n);
  if (!write_line (trace, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (!write_event (trace, pid, &step->events[i], error))
      return FALSE;
  return TRUE;
}

static void
append_other_data (MoeTraceFile *trace, const MoeRun *run)
{
  GString *line = trace->line;
  g_string_append (line, "\n],\n\"displayTimeUnit\":\"ms\",\n\"otherData\":{\n\"title\":");
  moe_json_append_string (line, moe_run_get_title (run));
  g_string_append_printf (line, ",\n\"lost events\":\"%zu\"", trace->n_lost);
  for (gsize i = 0; i < moe_run_get_n_facts (run); i++)
    {
      g_string_append (line, ",\n");
      moe_json_append_string (line, moe_run_get_fact_key (run, i));
      g_string_append_c (line, ':');
      moe_json_append_string (line, moe_run_get_fact_value (run, i));
    }
  g_string_append (line, "\n}}\n");
}

/* A name that nothing has yet. */
static gboolean
take_name (MoeTraceFile *trace, char **path, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stem = g_date_time_format (now, "nullcurve-%Y%m%d-%H%M%S");
  g_autoptr (GError) failure = NULL;
  for (int i = 1; i < MAX_SUFFIX; i++)
    {
      g_autofree char *name =
          i == 1 ? g_strdup_printf ("%s.json", stem) : g_strdup_printf ("%s-%d.json", stem, i);
      g_autofree char *full = g_build_filename (trace->folder, name, NULL);
      g_clear_error (&failure);
      if (moe_output_draft_place (trace->draft, full, FALSE, &failure))
        {
          *path = g_steal_pointer (&full);
          return TRUE;
        }
      if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_EXISTS))
        break;
    }
  return fail_as (trace, failure, error);
}

gboolean
moe_trace_file_finish (MoeTraceFile *trace, const MoeRun *run, char **path, GError **error)
{
  append_other_data (trace, run);
  gboolean written = write_line (trace, error);
  gboolean closed = fclose (trace->file) == 0;
  trace->file = NULL;
  if (!written)
    return FALSE;
  return closed ? take_name (trace, path, error) : fail (trace, errno, error);
}

void
moe_trace_file_free (MoeTraceFile *trace)
{
  if (trace == NULL)
    return;
  if (trace->file != NULL)
    fclose (trace->file);
  moe_output_draft_free (trace->draft);
  g_free (trace->folder);
  g_string_free (trace->line, TRUE);
  g_free (trace);
}
