/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the published harness's lines (SPEC 5), as it writes them. */
#include "engine/formats/harness/harness.h"
#include "engine/records/rates.h"

#include <math.h>

GString *
moe_formats_shape_line (const MoeOptions *options)
{
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  GString *line = g_string_new ("shape");
  for (gsize i = 0; i < n; i++)
    {
      char value[MOE_OPTION_VALUE_SIZE];
      moe_options_format (options, &specs[i], value, sizeof value);
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
  g_autofree char *number = moe_number_fixed (value, decimals, "");
  g_string_append_printf (line, " %s=%s", key, number);
}

static void
append_choice (GString *line, const MoeRecord *record, MoeChoice choice)
{
  append_text (line, moe_choices[choice].column, record->choice[choice]);
}

GString *
moe_formats_result_line (const MoeRecord *record)
{
  GString *line = g_string_new ("RESULT");
  append_choice (line, record, MOE_CHOICE_DISTRIBUTION);
  append_choice (line, record, MOE_CHOICE_QUEUE_MODE);
  append_choice (line, record, MOE_CHOICE_PASS);
  append_choice (line, record, MOE_CHOICE_IMPL);
  append_choice (line, record, MOE_CHOICE_GROUPING);
  append_count (line, "topk", record->topk);
  append_choice (line, record, MOE_CHOICE_NULL_MODE);
  append_real (line, "null_target", record->null_target, 3);
  append_real (line, "null_realized", record->null_realized, 3);
  append_count (line, "null_assignments", record->null_assignments);
  append_count (line, "real_assignments", record->real_assignments);
  append_real (line, "tflops", record->tflops, 6);
  append_real (line, "tokens_per_s", record->tokens_per_s, 6);
  if (moe_record_is_processor (record))
    append_text (line, "time_source", record->time_source);
  g_string_append_c (line, '\n');
  return line;
}

/* "[random]" */
static void
append_tag (GString *text, const MoeRecord *record)
{
  const char *distribution = record->choice[MOE_CHOICE_DISTRIBUTION];
  g_string_append_printf (text, "[%s]", distribution != NULL ? distribution : "");
}

/* "[random] mode= pass= topk= impl=" */
static void
append_point (GString *text, const MoeRecord *record)
{
  append_tag (text, record);
  append_choice (text, record, MOE_CHOICE_QUEUE_MODE);
  append_choice (text, record, MOE_CHOICE_PASS);
  append_count (text, "topk", record->topk);
  append_choice (text, record, MOE_CHOICE_IMPL);
}

static void
append_point_choice (GString *text, const MoeRecord *record, MoeChoice choice)
{
  if (record->choice[choice] == NULL)
    return;
  append_point (text, record);
  append_choice (text, record, choice);
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

/* "[random] topk= impl= WORD" */
static void
begin_fact (GString *text, const MoeRecord *record, const char *word)
{
  append_tag (text, record);
  append_count (text, "topk", record->topk);
  append_choice (text, record, MOE_CHOICE_IMPL);
  g_string_append_printf (text, " %s", word);
}

static void
append_run_stats (GString *text, const MoeRecord *record, const MoeRunLengths *lengths)
{
  if (lengths->runs == 0)
    return;
  begin_fact (text, record, "run_stats");
  append_real (text, "runs", (double)lengths->runs, 0);
  append_real (text, "mean", lengths->mean, 2);
  append_real (text, "p95", lengths->p95, 2);
  append_real (text, "max", (double)lengths->max, 0);
  g_string_append_c (text, '\n');
}

/* The load is what the router asks for, before a capacity drops any of it. */
static void
append_load_stats (GString *text, const MoeRecord *record, const MoePointFacts *facts)
{
  double asked = (double)facts->real_assignments + (double)facts->dropped_assignments;
  double mean = record->has_shape ? asked / (double)record->shape.experts : NAN;
  begin_fact (text, record, "load_stats");
  append_real (text, "min", (double)facts->expert_load_min, 0);
  append_real (text, "max", (double)facts->expert_load_max, 0);
  append_real (text, "std", facts->expert_load_std, 2);
  append_real (text, "cv", facts->expert_load_std / mean, 4);
  g_string_append_c (text, '\n');
}

/* Tokens that keep 0, 1, 2 ... experts, where that is not the same or chance. */
static void
append_kept_stats (GString *text, const MoeRecord *record)
{
  int rule;
  if (!moe_record_get_choice (record, MOE_CHOICE_K_RULE, &rule) || rule == MOE_K_RULE_FIXED
      || record->n_kept == 0)
    return;
  begin_fact (text, record, "kept_stats");
  append_text (text, "k_rule", record->choice[MOE_CHOICE_K_RULE]);
  for (gsize i = 0; i < record->n_kept; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT,
                            i > 0 ? ";" : " kept_tokens=", record->kept[i]);
  g_string_append_c (text, '\n');
}

/* The harness has this line for every point: without a policy the capacity is 0. */
static void
append_capacity (GString *text, const MoeRecord *record, const MoePointFacts *facts)
{
  double slots = record->has_shape && record->topk > 0
                     ? (double)record->shape.tokens * (double)record->topk
                     : NAN;
  if (record->choice[MOE_CHOICE_CAPACITY_POLICY] == NULL)
    return;
  gboolean bounded = !g_str_equal (record->choice[MOE_CHOICE_CAPACITY_POLICY], "none");
  begin_fact (text, record, "capacity");
  append_text (text, "policy", record->choice[MOE_CHOICE_CAPACITY_POLICY]);
  append_real (text, "factor", bounded ? record->capacity_factor : 0, 3);
  append_count (text, "cap", bounded ? record->capacity : 0);
  append_count (text, "dropped", (gint64)facts->dropped_assignments);
  append_real (text, "drop_frac", (double)facts->dropped_assignments / slots, 4);
  g_string_append_c (text, '\n');
}

static void
append_null_route (GString *text, const MoeRecord *record, const MoePointFacts *facts)
{
  begin_fact (text, record, "null_route");
  append_real (text, "target", record->null_target, 3);
  append_real (text, "realized", facts->null_realized, 3);
  append_count (text, "null_experts", (gint64)facts->null_experts);
  append_count (text, "null_assignments", (gint64)facts->null_assignments);
  append_count (text, "real_assignments", (gint64)facts->real_assignments);
  g_string_append_c (text, '\n');
}

/* The harness has no such line: it does not know what its shards exchange. */
static void
append_comm (GString *text, const MoeRecord *record)
{
  if (!moe_record_is (record, MOE_CHOICE_PARALLEL_MODE, MOE_PARALLEL_EP))
    return;
  begin_fact (text, record, "comm_stats");
  append_count (text, "shards", record->ep_size);
  append_real (text, "bytes", record->comm_bytes, 0);
  g_string_append_c (text, '\n');
}

/* A stage as the lines name it: one of ours, or several together. */
typedef struct HarnessStage
{
  const char *name;
  double time_s;
} HarnessStage;

/* Stages that most blocks do not have. */
static gboolean
is_extra (int stage)
{
  return stage == MOE_STAGE_SHARED || stage == MOE_STAGE_SHARED_BWD || stage == MOE_STAGE_COMM
         || stage == MOE_STAGE_COMM_BWD;
}

static gsize
add_stage (HarnessStage *stages, gsize n, const MoeRecord *record, int stage)
{
  double time_s = record->stage_s[stage];
  if (is_extra (stage) && !(time_s > 0))
    return n;
  stages[n] = (HarnessStage){ moe_name_of (&moe_stage_names, stage), time_s };
  return n + 1;
}

/* The harness knows four stages of a forward pass; gather belongs to its pack, the activation to
 * its up.  What it does not have follows. */
static gsize
forward_stages (const MoeRecord *record, HarnessStage stages[MOE_N_STAGES])
{
  const double *time_s = record->stage_s;
  gsize n = 4;
  stages[0] = (HarnessStage){ "pack", time_s[MOE_STAGE_PACK] + time_s[MOE_STAGE_GATHER] };
  stages[1] = (HarnessStage){ "up", time_s[MOE_STAGE_UP] + time_s[MOE_STAGE_ACTIVATION] };
  stages[2] = (HarnessStage){ "down", time_s[MOE_STAGE_DOWN] };
  stages[3] = (HarnessStage){ "combine", time_s[MOE_STAGE_COMBINE] };
  n = add_stage (stages, n, record, MOE_STAGE_SHARED);
  return add_stage (stages, n, record, MOE_STAGE_COMM);
}

/* With a backward pass, which the harness does not take apart, every stage stands for itself. */
static gsize
all_stages (const MoeRecord *record, HarnessStage stages[MOE_N_STAGES])
{
  gsize n = 0;
  for (int i = 0; i < MOE_N_STAGES; i++)
    n = add_stage (stages, n, record, i);
  return n;
}

static void
append_stages (GString *text, const MoeRecord *record)
{
  HarnessStage stages[MOE_N_STAGES];
  gboolean forward = moe_record_is (record, MOE_CHOICE_PASS, MOE_PASS_FORWARD);
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
      append_choice (text, record, MOE_CHOICE_PASS);
      g_string_append (text, " stage");
      append_real (text, key, stages[i].time_s, 6);
      g_string_append_c (text, '\n');
    }
  append_tag (text, record);
  append_choice (text, record, MOE_CHOICE_PASS);
  g_string_append (text, " stage_pct");
  for (gsize i = 0; i < n; i++)
    append_real (text, stages[i].name, 100 * stages[i].time_s / total, 1);
  g_string_append_c (text, '\n');
}

GString *
moe_formats_chatter (const MoeRecord *record, const MoePointFacts *facts, gboolean stage_timing)
{
  GString *text = g_string_new (NULL);
  append_point_choice (text, record, MOE_CHOICE_GROUPING);
  append_point_choice (text, record, MOE_CHOICE_REMAT_MODE);
  append_point_choice (text, record, MOE_CHOICE_PARALLEL_MODE);
  append_point_choice (text, record, MOE_CHOICE_EP_COMM_PATH);
  append_point_real (text, record, "time_s", moe_record_median_time_s (record), 6);
  append_point_real (text, record, "tflops", record->tflops, 3);
  append_point_real (text, record, "tokens_per_s", record->tokens_per_s, 2);
  append_run_stats (text, record, &facts->run_lengths);
  append_load_stats (text, record, facts);
  append_kept_stats (text, record);
  append_capacity (text, record, facts);
  append_null_route (text, record, facts);
  append_comm (text, record);
  if (stage_timing)
    append_stages (text, record);
  return text;
}
