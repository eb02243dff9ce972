/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about values that change nothing beside the others. */
#include "engine/options/options.h"

#include "engine/base/words.h"

#include <stdio.h>
#include <string.h>

/* An option that `idle` says is not read, and why. */
typedef struct Note
{
  const char *name;
  bool (*idle) (const MoeOptions *options);
  const char *why;
} Note;

static bool
is_custom_sort (const MoeOptions *o)
{
  return o->use_custom_sort_vjp;
}

static bool
prequeue_needs_forward (const MoeOptions *o)
{
  return o->queue_modes.has[MOE_QUEUE_MODE_PREQUEUE] && o->pass == MOE_PASS_FORWARD_BACKWARD;
}

static bool
no_capacity (const MoeOptions *o)
{
  return o->capacity_policy == MOE_CAPACITY_NONE;
}

static bool
no_runs (const MoeOptions *o)
{
  return !o->distributions.has[MOE_DISTRIBUTION_RUNS];
}

static bool
no_shared_expert (const MoeOptions *o)
{
  return o->shape.shared_dim == 0;
}

static bool
no_shards (const MoeOptions *o)
{
  return o->parallel_mode == MOE_PARALLEL_NONE;
}

static bool
is_until_settled (const MoeOptions *o)
{
  return o->until_settled;
}

static bool
is_not_until_settled (const MoeOptions *o)
{
  return !o->until_settled;
}

static bool
no_nulls (const MoeOptions *o)
{
  double fractions[MOE_OPTIONS_MAX_LIST + 1];
  size_t n = moe_options_fractions (o, fractions);
  return fractions[n - 1] == 0.0;
}

static const Note notes[] = {
  { "use-custom-sort-vjp", is_custom_sort,
    MOE_WORDS ("the backward here is written by hand and has no autodiff variant") },
  { "queue-mode", prequeue_needs_forward,
    MOE_WORDS ("prequeue is for --bench-pass forward only, so only full is measured") },
  { "capacity-factor", no_capacity, MOE_WORDS ("--capacity-policy is none") },
  { "run-alpha", no_runs, MOE_WORDS ("--distribution does not include runs") },
  { "run-noise-scale", no_runs, MOE_WORDS ("--distribution does not include runs") },
  { "shared-fused", no_shared_expert, MOE_WORDS ("--shared-expert-dim is 0") },
  { "ep-comm-path", no_shards, MOE_WORDS ("--parallel-mode is none") },
  { "ep-size", no_shards, MOE_WORDS ("--parallel-mode is none") },
  { "null-routing-mode", no_nulls, MOE_WORDS ("no null fraction above 0 is measured") },
  { "null-experts", no_nulls, MOE_WORDS ("no null fraction above 0 is measured") },
  { "null-route-seed", no_nulls, MOE_WORDS ("no null fraction above 0 is measured") },
  { "renormalize-real-after-null", no_nulls, MOE_WORDS ("no null fraction above 0 is measured") },
  { "null-dispatch", no_nulls, MOE_WORDS ("no null fraction above 0 is measured") },
  { "iters", is_until_settled, MOE_WORDS ("--until-settled takes as many samples as it needs") },
  { "precision", is_not_until_settled, MOE_WORDS ("--until-settled is not given") },
  { "budget", is_not_until_settled, MOE_WORDS ("--until-settled is not given") },
};

enum
{
  N_NOTES = sizeof notes / sizeof notes[0],
  VALUE_SIZE = 128
};

/* Only a value that was chosen is worth a word: defaults are not. */
static bool
applies (const MoeOptions *options, const Note *note, char value[VALUE_SIZE])
{
  MoeOptions defaults;
  char usual[VALUE_SIZE];
  const MoeOptionSpec *spec = moe_option_spec_find (note->name);
  moe_options_init (&defaults);
  moe_options_format (&defaults, spec, usual, sizeof usual);
  moe_options_format (options, spec, value, VALUE_SIZE);
  return strcmp (value, usual) != 0 && note->idle (options);
}

const char *
moe_options_idle (const MoeOptions *options, const MoeOptionSpec *spec)
{
  char value[VALUE_SIZE];
  for (size_t i = 0; i < N_NOTES; i++)
    if (moe_option_spec_find (notes[i].name) == spec && applies (options, &notes[i], value))
      return moe_words (notes[i].why);
  return NULL;
}

bool
moe_options_note (const MoeOptions *options, size_t index, char *text, size_t size)
{
  char value[VALUE_SIZE];
  size_t found = 0;
  for (size_t i = 0; i < N_NOTES; i++)
    {
      if (!applies (options, &notes[i], value) || found++ != index)
        continue;
      bool flag = moe_option_spec_find (notes[i].name)->kind == MOE_OPTION_FLAG;
      snprintf (text, size, moe_words ("--%s%s%s changes nothing: %s."), notes[i].name,
                flag ? "" : " ", flag ? "" : value, moe_words (notes[i].why));
      return true;
    }
  return false;
}
