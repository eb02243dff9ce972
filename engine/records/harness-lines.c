/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the published harness's lines (SPEC 5), as it writes them. */
#include <math.h>

#include "engine/records/formats-private.h"

enum
{
  MAX_OPTION_TEXT = 2048 /* a list of 64 sizes with commas */
};

GString *
moe_formats_shape_line (const MoeOptions *options)
{
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  GString *line = g_string_new ("shape");
  for (gsize i = 0; i < n; i++)
    {
      char value[MAX_OPTION_TEXT];
      if (moe_options_format (options, &specs[i], value, sizeof value) >= 0)
        g_string_append_printf (line, " %s=%s", specs[i].key, value);
    }
  g_string_append_c (line, '\n');
  return line;
}

static void
append_text (GString *line, const char *key, const char *value)
{
  if (value == NULL)
    return;
  g_autofree char *word = g_strdup (value);
  g_string_append_printf (line, " %s=%s", key, g_strdelimit (word, " \t\r\n", '_'));
}

static void
append_count (GString *line, const char *key, gint64 value)
{
  if (value >= 0)
    g_string_append_printf (line, " %s=%" G_GINT64_FORMAT, key, value);
}

static void
append_real (GString *line, const char *key, double value, int decimals)
{
  if (!isfinite (value))
    return;
  g_string_append_printf (line, " %s=", key);
  moe_number_append_fixed (line, value, decimals);
}

GString *
moe_formats_result_line (const MoeRecord *record)
{
  GString *line = g_string_new ("RESULT");
  append_text (line, "distribution", record->distribution);
  append_text (line, "mode", record->mode);
  append_text (line, "pass", record->pass);
  append_text (line, "impl", record->impl);
  append_text (line, "backend", record->backend);
  append_count (line, "topk", record->topk);
  append_text (line, "null_mode", record->null_mode);
  append_real (line, "null_target", record->null_target, 3);
  append_real (line, "null_realized", record->null_realized, 3);
  append_count (line, "null_assignments", record->null_assignments);
  append_count (line, "real_assignments", record->real_assignments);
  append_real (line, "tflops", record->tflops, 6);
  append_real (line, "tokens_per_s", record->tokens_per_s, 6);
  g_string_append_c (line, '\n');
  return line;
}

/* "[random]" */
static void
append_tag (GString *text, const MoeRecord *record)
{
  g_string_append_printf (text, "[%s]", record->distribution != NULL ? record->distribution : "");
}

/* "[random] mode= pass= topk= impl=" */
static void
append_point (GString *text, const MoeRecord *record)
{
  append_tag (text, record);
  append_text (text, "mode", record->mode);
  append_text (text, "pass", record->pass);
  append_count (text, "topk", record->topk);
  append_text (text, "impl", record->impl);
}

static void
append_point_text (GString *text, const MoeRecord *record, const char *key, const char *value)
{
  if (value == NULL)
    return;
  append_point (text, record);
  append_text (text, key, value);
  g_string_append_c (text, '\n');
}

static void
append_point_real (
    GString *text, const MoeRecord *record, const char *key, double value, int decimals)
{
  if (!isfinite (value))
    return;
  append_point (text, record);
  append_real (text, key, value, decimals);
  g_string_append_c (text, '\n');
}

static void
append_routing (GString *text, const MoeRecord *record, const MoePointFacts *facts)
{
  append_tag (text, record);
  append_count (text, "topk", record->topk);
  append_text (text, "impl", record->impl);
  g_string_append (text, " load_stats");
  append_real (text, "min", (double)facts->expert_load_min, 0);
  append_real (text, "max", (double)facts->expert_load_max, 0);
  append_real (text, "std", facts->expert_load_std, 2);
  double mean =
      record->has_shape ? (double)facts->real_assignments / (double)record->shape.experts : NAN;
  append_real (text, "cv", facts->expert_load_std / mean, 4);
  g_string_append_c (text, '\n');

  append_tag (text, record);
  append_count (text, "topk", record->topk);
  append_text (text, "impl", record->impl);
  g_string_append (text, " null_route");
  append_real (text, "target", record->null_target, 3);
  append_real (text, "realized", facts->null_realized, 3);
  append_count (text, "null_experts", (gint64)facts->null_experts);
  append_count (text, "null_assignments", (gint64)facts->null_assignments);
  append_count (text, "real_assignments", (gint64)facts->real_assignments);
  g_string_append_c (text, '\n');
}

/* A stage as the lines name it: one of ours, or several together. */
typedef struct HarnessStage
{
  const char *name;
  double time_s;
} HarnessStage;

/* The harness knows four stages of a forward pass; gather belongs to its pack, the activation to
 * its up. */
static gsize
forward_stages (const MoeRecord *record, HarnessStage stages[MOE_N_STAGES])
{
  const double *time_s = record->stage_s;
  stages[0] = (HarnessStage){ "pack", time_s[MOE_STAGE_PACK] + time_s[MOE_STAGE_GATHER] };
  stages[1] = (HarnessStage){ "up", time_s[MOE_STAGE_UP] + time_s[MOE_STAGE_ACTIVATION] };
  stages[2] = (HarnessStage){ "down", time_s[MOE_STAGE_DOWN] };
  stages[3] = (HarnessStage){ "combine", time_s[MOE_STAGE_COMBINE] };
  return 4;
}

/* With a backward pass, which the harness does not take apart, every stage stands for itself. */
static gsize
all_stages (const MoeRecord *record, HarnessStage stages[MOE_N_STAGES])
{
  for (int i = 0; i < MOE_N_STAGES; i++)
    stages[i] = (HarnessStage){ moe_name_of (&moe_stage_names, i), record->stage_s[i] };
  return MOE_N_STAGES;
}

static void
append_stages (GString *text, const MoeRecord *record)
{
  HarnessStage stages[MOE_N_STAGES];
  gboolean forward = g_strcmp0 (record->pass, "forward") == 0;
  gsize n = forward ? forward_stages (record, stages) : all_stages (record, stages);
  double total = 0;
  for (gsize i = 0; i < n; i++)
    total += isfinite (stages[i].time_s) ? stages[i].time_s : 0;
  if (!(total > 0))
    return;

  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("%s_s", stages[i].name);
      if (!isfinite (stages[i].time_s))
        continue;
      append_tag (text, record);
      append_text (text, "pass", record->pass);
      g_string_append (text, " stage");
      append_real (text, key, stages[i].time_s, 6);
      g_string_append_c (text, '\n');
    }
  append_tag (text, record);
  append_text (text, "pass", record->pass);
  g_string_append (text, " stage_pct");
  for (gsize i = 0; i < n; i++)
    append_real (text, stages[i].name, 100 * stages[i].time_s / total, 1);
  g_string_append_c (text, '\n');
}

GString *
moe_formats_chatter (const MoeRecord *record, const MoePointFacts *facts, gboolean stage_timing)
{
  GString *text = g_string_new (NULL);
  append_point_text (text, record, "backend", record->backend);
  append_point_text (text, record, "remat_mode", record->remat_mode);
  /* The only values that can be measured so far, which is why no record tells them. */
  append_point_text (text, record, "parallel_mode", "none");
  append_point_text (text, record, "ep_comm_path", "compact_psum");
  append_point_real (text, record, "time_s", moe_record_median_time_s (record), 6);
  append_point_real (text, record, "tflops", record->tflops, 3);
  append_point_real (text, record, "tokens_per_s", record->tokens_per_s, 2);
  append_routing (text, record, facts);
  if (stage_timing)
    append_stages (text, record);
  return text;
}
