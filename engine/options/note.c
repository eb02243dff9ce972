/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about values that change nothing beside the others. */
#include "engine/options/options.h"

#include "engine/base/words.h"

#include <stdio.h>
#include <string.h>

static bool
prequeues_backward (const MoeOptions *o)
{
  return moe_options_ask (o, MOE_CHOICE_QUEUE_MODE, MOE_QUEUE_MODE_PREQUEUE)
         && o->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD_BACKWARD;
}

static bool
has_no_nulls (const MoeOptions *o)
{
  double fractions[MOE_OPTIONS_MAX_LIST + 1];
  size_t n = moe_options_fractions (o, fractions);
  return fractions[n - 1] == 0.0;
}

static bool
lacks (const MoeOptions *o, MoeNeeds needs)
{
  switch (needs)
    {
    case MOE_NEEDS_AUTODIFF:
      return true;
    case MOE_NEEDS_FORWARD:
      return prequeues_backward (o);
    case MOE_NEEDS_CAPACITY:
      return o->choice[MOE_CHOICE_CAPACITY_POLICY] == MOE_CAPACITY_NONE;
    case MOE_NEEDS_RUNS:
      return !moe_options_ask (o, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_RUNS);
    case MOE_NEEDS_SHARED_EXPERT:
      return o->shape.shared_dim == 0;
    case MOE_NEEDS_SHARDS:
      return o->choice[MOE_CHOICE_PARALLEL_MODE] == MOE_PARALLEL_NONE;
    case MOE_NEEDS_NULLS:
      return has_no_nulls (o);
    case MOE_NEEDS_NUMBER:
      return o->until_settled;
    case MOE_NEEDS_SETTLED:
      return !o->until_settled;
    case MOE_NEEDS_NOTHING:
    case MOE_N_NEEDS:
      break;
    }
  return false;
}

static const char *const reasons[MOE_N_NEEDS] = {
  [MOE_NEEDS_AUTODIFF] =
      MOE_WORDS ("the backward here is written by hand and has no autodiff variant"),
  [MOE_NEEDS_FORWARD] =
      MOE_WORDS ("prequeue is for --bench-pass forward only, so only full is measured"),
  [MOE_NEEDS_CAPACITY] = MOE_WORDS ("--capacity-policy is none"),
  [MOE_NEEDS_RUNS] = MOE_WORDS ("--distribution does not include runs"),
  [MOE_NEEDS_SHARED_EXPERT] = MOE_WORDS ("--shared-expert-dim is 0"),
  [MOE_NEEDS_SHARDS] = MOE_WORDS ("--parallel-mode is none"),
  [MOE_NEEDS_NULLS] = MOE_WORDS ("no null fraction above 0 is measured"),
  [MOE_NEEDS_NUMBER] = MOE_WORDS ("--until-settled takes as many samples as it needs"),
  [MOE_NEEDS_SETTLED] = MOE_WORDS ("--until-settled is not given"),
};

enum
{
  VALUE_SIZE = 128
};

/* Only a value that was chosen is worth a word: defaults are not. */
static bool
is_idle (const MoeOptions *options, const MoeOptionSpec *spec, char value[VALUE_SIZE])
{
  MoeOptions defaults;
  char usual[VALUE_SIZE];
  if (!lacks (options, spec->needs))
    return false;
  moe_options_init (&defaults);
  moe_options_format (&defaults, spec, usual, sizeof usual);
  moe_options_format (options, spec, value, VALUE_SIZE);
  return strcmp (value, usual) != 0;
}

const char *
moe_options_idle (const MoeOptions *options, const MoeOptionSpec *spec)
{
  char value[VALUE_SIZE];
  return is_idle (options, spec, value) ? moe_words (reasons[spec->needs]) : NULL;
}

bool
moe_options_note (const MoeOptions *options, size_t index, char *text, size_t size)
{
  char value[VALUE_SIZE];
  size_t n, found = 0;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  for (size_t i = 0; i < n; i++)
    {
      if (!is_idle (options, &specs[i], value) || found++ != index)
        continue;
      bool flag = specs[i].kind == MOE_OPTION_FLAG;
      snprintf (text, size, moe_words ("--%s%s%s changes nothing: %s."), specs[i].name,
                flag ? "" : " ", flag ? "" : value, moe_words (reasons[specs[i].needs]));
      return true;
    }
  return false;
}
