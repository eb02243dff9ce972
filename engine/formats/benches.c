/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem () */
#include "engine/formats/benches.h"

#include <math.h>
#include <string.h>

#include "engine/base/words.h"
#include "engine/formats/parts/columns.h"
#include "engine/formats/parts/lines.h"
#include "engine/json/foreign.h"
#include "engine/records/rates.h"
#include "engine/text/intern.h"

enum
{
  MAX_PLACES = 5,
  MAX_NAMES = 4,
  MAX_ASIDES = 64,          /* facts that results leave */
  MAX_WASTED = 64 << 20,    /* bytes looked through for objects that were none */
  MAX_FOUND_OBJECTS = 10000 /* the rest of a text of so many is left alone */
};

/* What marks a result: how long a step took. */
static const char *const time_keys[] = { "median_seconds", "mean_step_ms", "pipelined_ms",
                                         "op_ms" };

/* The state of reading one text. */
typedef struct Reading
{
  MoeRun *run;
  MoeRow row;
  gsize line; /* where the object begins */
  gsize n_asides;
  gsize shapeless; /* rows */
} Reading;

/* A result, and where else a value may stand: shape, mesh, config, the whole. */
typedef struct Result
{
  gsize index;
  JsonObject *places[MAX_PLACES];
} Result;

/* Names that benches give one column. */
typedef struct Key
{
  const char *column;
  const char *names[MAX_NAMES];
} Key;

static const Key keys[] = {
  { "topk", { "top_k", "topk" } },
  { "dtype", { "dtype" } },
  { "accelerator", { "device_kind", "jax_device" } },
  { "capacity_factor", { "capacity_factor" } },
  { "shared_expert_dim", { "shared_expert_dim" } },
  { "dropped_assignments", { "dropped_assignments" } },
  { "ep_size", { "expert_axis_size" } },
  { "kernel", { "implementation", "variant" } },
};

gboolean
moe_benches_may_be (MoeSpan text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (time_keys); i++)
    {
      g_autofree char *word = g_strdup_printf ("\"%s\"", time_keys[i]);
      if (memmem (text.text, text.length, word, strlen (word)) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* --- values of a result --- */

static double
get_real (const Result *result, const char *name)
{
  double value = NAN;
  for (gsize i = 0; i < MAX_PLACES && isnan (value); i++)
    value = moe_json_get_real (result->places[i], name);
  return value;
}

static const char *
get_text (const Result *result, const char *name)
{
  const char *text = NULL;
  for (gsize i = 0; i < MAX_PLACES && text == NULL; i++)
    text = moe_json_get_text (result->places[i], name);
  return text;
}

/* Text or number, as a cell of a table would have it; NULL when there is none. */
static char *
dup_value (const Result *result, const char *name)
{
  const char *text = get_text (result, name);
  double real = get_real (result, name);
  if (text != NULL)
    return g_strdup (text);
  if (isnan (real))
    return NULL;
  GString *number = g_string_new (NULL);
  moe_number_append_shortest (number, real);
  return g_string_free (number, FALSE);
}

/* Every value passes the table of columns; NULL, or why it is bad. */
static char *
put (Reading *reading, const char *column, const char *value)
{
  const char *reason =
      moe_row_read (&reading->row, moe_column_find (moe_span (column, strlen (column))),
                    moe_span (value, strlen (value)));
  if (reason == NULL)
    return NULL;
  g_autofree char *quote = moe_fault_quote (moe_span (value, strlen (value)));
  return g_strdup_printf ("%s “%s” %s", column, quote, moe_words (reason));
}

static char *
put_real (Reading *reading, const char *column, double value)
{
  g_autoptr (GString) text = g_string_new (NULL);
  moe_number_append_shortest (text, value);
  return put (reading, column, text->str);
}

static char *
put_keys (Reading *reading, const Result *result)
{
  char *fault = NULL;
  for (gsize i = 0; fault == NULL && i < G_N_ELEMENTS (keys); i++)
    for (gsize j = 0; fault == NULL && j < MAX_NAMES && keys[i].names[j] != NULL; j++)
      {
        g_autofree char *value = dup_value (result, keys[i].names[j]);
        if (value != NULL)
          fault = put (reading, keys[i].column, value);
      }
  return fault;
}

/* The legs' rows are those of one chunk of the experts' receiver. */
static gboolean
is_leg (const Result *result)
{
  return moe_json_get_text (result->places[0], "leg") != NULL;
}

static double
count_experts (const Result *result)
{
  double told = get_real (result, "num_experts");
  if (!isnan (told))
    return told;
  told = get_real (result, "experts");
  for (gsize i = 0; i < MAX_PLACES && isnan (told); i++)
    {
      JsonArray *groups = moe_json_get_array (result->places[i], "group_sizes");
      if (groups != NULL)
        told = json_array_get_length (groups);
    }
  return told;
}

static double
first_of (double a, double b)
{
  return isnan (a) ? b : a;
}

/* Of the forms of the benches; the padding bench tells tokens alone. */
static char *
put_shape (Reading *reading, const Result *result)
{
  const double sizes[] = {
    is_leg (result) ? get_real (result, "active_rows") : get_real (result, "tokens"),
    first_of (get_real (result, "hidden_dim"), get_real (result, "hidden")),
    first_of (get_real (result, "intermediate_dim"), get_real (result, "intermediate")),
    count_experts (result),
  };
  g_autoptr (GString) shape = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      if (isnan (sizes[i]))
        return NULL;
      g_string_append (shape, i > 0 ? "x" : "");
      moe_number_append_shortest (shape, sizes[i]);
    }
  return put (reading, "shape", shape->str);
}

/* The whole leg is a step; the others are parts of one, and their names say which. */
static const char *
find_pass (const Result *result)
{
  const char *leg = moe_json_get_text (result->places[0], "leg");
  if (leg != NULL)
    return g_str_equal (leg, "mlp_fwd_bwd") ? "forward_backward" : leg;
  for (gsize i = 0; i < MAX_PLACES; i++)
    if (result->places[i] != NULL && json_object_has_member (result->places[i], "forward_only"))
      return json_object_get_boolean_member_with_default (result->places[i], "forward_only", FALSE)
                 ? "forward"
                 : "forward_backward";
  return get_text (result, "mode");
}

/* Back to back where that was measured, as its TF/s are. */
static double
find_time_s (const Result *result, double *tflops)
{
  JsonObject *own = result->places[0];
  double pipelined = moe_json_get_real (moe_json_get_object (own, "pipelined_ms"), "median");
  double alone = moe_json_get_real (moe_json_get_object (own, "op_ms"), "median");
  *tflops = isnan (pipelined) ? NAN : moe_json_get_real (own, "tflops_pipelined");
  double ms = first_of (moe_json_get_real (own, "mean_step_ms"), first_of (pipelined, alone));
  return first_of (moe_json_get_real (own, "median_seconds"), ms / 1e3);
}

static char *
put_times (Reading *reading, const Result *result)
{
  double tflops, time_s = find_time_s (result, &tflops);
  double rate = moe_json_get_real (result->places[0], "tokens_per_second");
  double tokens = first_of (get_real (result, "tokens"), NAN);
  char *fault = isnan (time_s) ? g_strdup (moe_words ("no time is told"))
                               : put_real (reading, "time_s", time_s);
  if (isnan (rate) && time_s > 0 && !is_leg (result))
    rate = tokens / time_s;
  if (fault == NULL && !isnan (rate))
    fault = put_real (reading, "tokens_per_s", rate);
  if (fault == NULL && tflops > 0)
    fault = put_real (reading, "tflops", tflops);
  return fault;
}

/* Padding is whole tokens that are null: a share of them, where they are skipped. */
static char *
put_nulls (Reading *reading, const Result *result)
{
  MoeRecord *record = &reading->row.record;
  double tokens = get_real (result, "tokens"), valid = get_real (result, "valid_tokens");
  double skipped = get_real (result, "skipped_padding_assignments");
  double slots = tokens * (double)record->topk;
  record->null_target = 0;
  if (isnan (valid))
    return NULL;
  char *fault = put_real (reading, "null_target", 1 - valid / tokens);
  if (fault == NULL && record->topk > 0 && skipped >= 0 && skipped <= slots)
    {
      double dropped = (double)MAX (record->dropped_assignments, 0);
      record->null_assignments = (gint64)skipped;
      record->real_assignments = (gint64)fmax (slots - skipped - dropped, 0);
      record->null_realized = skipped / slots;
    }
  return fault;
}

/* What has no column: the memory that a case took at most. */
static void
note_memory (Reading *reading, const Result *result)
{
  double peak = first_of (moe_json_get_real (result->places[0], "peak_bytes_in_use"),
                          moe_json_get_real (result->places[0], "peak_bytes"));
  const char *which = first_of (peak, 0) > 0 ? moe_json_get_text (result->places[0], "case") : NULL;
  which = which != NULL ? which : moe_json_get_text (result->places[0], "leg");
  if (!(peak > 0) || ++reading->n_asides > MAX_ASIDES)
    return;
  const char *kernel = reading->row.record.kernel;
  g_autofree char *key = g_strdup_printf ("peak bytes %s %s", kernel != NULL ? kernel : "",
                                          which != NULL ? which : "");
  g_autofree char *value = moe_number_fixed (peak, 0, "");
  moe_run_set_fact (reading->run, g_strchomp (key), value);
}

/* NULL, or why the result is bad. */
static char *
read_result (Reading *reading, const Result *result)
{
  MoeRecord *record = &reading->row.record;
  const char *pass = find_pass (result);
  moe_row_reset (&reading->row);
  char *fault = put_keys (reading, result);
  if (fault == NULL)
    fault = put_shape (reading, result);
  if (fault == NULL && pass != NULL)
    fault = put (reading, "pass", pass);
  if (is_leg (result) && record->topk < 0)
    record->topk = 1;
  if (fault == NULL)
    fault = put_nulls (reading, result);
  if (fault == NULL)
    fault = put_times (reading, result);
  if (fault == NULL && record->topk < 0)
    fault = g_strdup (moe_words ("topk is missing"));
  if (fault != NULL)
    return fault;
  if (record->ep_size >= 1)
    record->choice[MOE_CHOICE_PARALLEL_MODE] = moe_text_intern (moe_choice_name (
        MOE_CHOICE_PARALLEL_MODE, record->ep_size > 1 ? MOE_PARALLEL_EP : MOE_PARALLEL_NONE));
  if (record->ep_size == 1)
    record->ep_size = -1;
  const char *reason = moe_row_finish (&reading->row);
  return reason != NULL ? g_strdup (moe_words (reason)) : NULL;
}

static void
take_result (Reading *reading, const Result *result)
{
  g_autofree char *fault = read_result (reading, result);
  if (fault == NULL && moe_run_get_n_records (reading->run) >= MOE_FORMATS_MAX_ROWS)
    fault = g_strdup (moe_words ("there are more rows than are read"));
  if (fault != NULL)
    {
      g_autofree char *where = g_strdup_printf ("results[%zu]: %s", result->index, fault);
      moe_run_note_skip (reading->run, reading->line, where);
      moe_run_note (reading->run, "Line %zu: %s; the row is skipped.", reading->line, where);
      return;
    }
  moe_run_append (reading->run, &reading->row.record);
  moe_run_edit_summary (reading->run)->rows_read++;
  reading->shapeless += !reading->row.record.has_shape;
  note_memory (reading, result);
}

/* --- the objects of a text --- */

static gboolean
is_result (JsonObject *object)
{
  for (gsize i = 0; object != NULL && i < G_N_ELEMENTS (time_keys); i++)
    if (json_object_has_member (object, time_keys[i]))
      return TRUE;
  return FALSE;
}

/* What the benches say of the machine, and of how far kernels lie from each other. */
static void
take_facts (Reading *reading, JsonObject *root)
{
  double devices = moe_json_get_real (moe_json_get_object (root, "mesh"), "devices");
  JsonObject *correct = moe_json_get_object (root, "correctness_vs_ring");
  g_autoptr (GList) kernels = correct != NULL ? json_object_get_members (correct) : NULL;
  if (!isnan (devices) && moe_run_get_fact (reading->run, "devices") == NULL)
    {
      g_autofree char *number = moe_number_fixed (devices, 0, "");
      moe_run_set_fact (reading->run, "devices", number);
    }
  for (GList *link = kernels; link != NULL && reading->n_asides < MAX_ASIDES; link = link->next)
    {
      double worst =
          moe_json_get_real (moe_json_get_object (correct, link->data), "max_relative_diff");
      g_autofree char *key =
          g_strdup_printf ("max relative difference to ring of %s", (const char *)link->data);
      g_autofree char *value = isnan (worst) ? NULL : moe_number_significant (worst, 6);
      reading->n_asides += value != NULL;
      moe_run_set_fact (reading->run, key, value);
    }
}

static void
take_object (Reading *reading, JsonObject *root)
{
  JsonArray *results = moe_json_get_array (root, "results");
  guint n = results != NULL ? json_array_get_length (results) : 0;
  Result result = { 0,
                    { NULL, moe_json_get_object (root, "shape"),
                      moe_json_get_object (root, "config"), moe_json_get_object (root, "mesh"),
                      root } };
  if (is_result (root))
    {
      result.places[0] = root;
      take_result (reading, &result);
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (results, i);
      result.index = i;
      result.places[0] = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      if (is_result (result.places[0]))
        take_result (reading, &result);
    }
  if (moe_run_get_n_records (reading->run) > 0)
    take_facts (reading, root);
}

/* Go to the next brace that opens an object, counting lines. */
static gboolean
find_brace (MoeSpan *text, gsize *line)
{
  const char *at = text->length > 0 ? memchr (text->text, '{', text->length) : NULL;
  if (at == NULL)
    return FALSE;
  for (const char *c = text->text; c < at; c++)
    *line += *c == '\n';
  *text = moe_span (at, text->length - (gsize)(at - text->text));
  return TRUE;
}

static void
skip (MoeSpan *text, gsize length, gsize *line)
{
  for (gsize i = 0; i < length; i++)
    *line += text->text[i] == '\n';
  *text = moe_span (text->text + length, text->length - length);
}

static void
read_objects (Reading *reading, MoeSpan text)
{
  gsize wasted = 0, scanned, found = 0;
  reading->line = 1;
  while (wasted < MAX_WASTED && found < MAX_FOUND_OBJECTS && find_brace (&text, &reading->line))
    {
      gsize length = moe_json_measure (text, &scanned);
      g_autoptr (JsonNode) root = length > 0 ? moe_json_parse (moe_span (text.text, length)) : NULL;
      if (root != NULL)
        take_object (reading, json_node_get_object (root));
      else
        wasted += scanned;
      found += root != NULL;
      skip (&text, root != NULL ? length : 1, &reading->line);
    }
}

MoeRun *
moe_benches_read (MoeSpan text, const char *name)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_BENCH_JSON, name);
  Reading reading = { .run = run };
  moe_row_init (&reading.row);
  read_objects (&reading, text);
  moe_row_clear (&reading.row);
  if (reading.shapeless > 0)
    moe_run_note (run,
                  "The bench does not tell hidden and intermediate size and the number of experts: "
                  "there is no shape, and there are no TF/s.");
  return moe_run_get_n_records (run) > 0 ? g_steal_pointer (&run) : NULL;
}
