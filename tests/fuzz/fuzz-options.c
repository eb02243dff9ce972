/* SPDX-License-Identifier: Apache-2.0 */
/* A line of options, "tokens=4096 hidden=512 ...", as files and settings keep it: each value is set
 * or refused in a sentence, what was set is written as it is read, and what validates makes a plan.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "engine/options/matrix.h"
#include "engine/options/plan.h"
#include "engine/options/sweep-axis.h"
#include "engine/sweep/quantities.h"

enum
{
  MOST_POINTS = 400 /* of one group: a plan of thousands tells nothing more */
};

static void
check_value (const char *name, const char *value)
{
  MoeOptions options, before, back;
  MoeError error;
  char text[1024];
  const MoeOptionSpec *spec = moe_option_spec_find (name);
  moe_options_init (&options);
  memcpy (&before, &options, sizeof before);
  MoeStatus status = moe_options_set (&options, name, value, &error);
  fuzz_require_told_by_engine (status, &error);
  if (status != MOE_OK)
    fuzz_require (memcmp (&before, &options, sizeof before) == 0);
  if (status != MOE_OK || spec == NULL)
    return;
  int length = moe_options_format (&options, spec, text, sizeof text);
  if (length < 0 || length >= (int)sizeof text)
    return;
  moe_options_init (&back);
  fuzz_require (moe_options_set (&back, spec->name, text, &error) == MOE_OK);
  g_autofree char *once = moe_text_from_options (&options);
  g_autofree char *twice = moe_text_from_options (&back);
  fuzz_require (strcmp (once, twice) == 0);
}

static void
check_words (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      char *equals = strchr (words[i], '=');
      if (equals != NULL)
        *equals++ = '\0';
      check_value (words[i], equals);
    }
}

static void
check_notes (const MoeOptions *options)
{
  char text[MOE_ERROR_MESSAGE_SIZE];
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  for (gsize i = 0; i < n; i++)
    {
      if (moe_options_note (options, &specs[i], text, sizeof text))
        fuzz_require (fuzz_is_sentence (text));
      const char *idle = moe_options_idle (options, &specs[i]);
      fuzz_require (idle == NULL || *idle != '\0');
    }
}

static void
check_plan (const MoeOptions *options)
{
  size_t topks[MOE_OPTIONS_MAX_LIST], sizes[MOE_OPTIONS_MAX_LIST];
  double fractions[MOE_OPTIONS_MAX_LIST + 1];
  MoePlan plan;
  MoeProblem problem;
  MoeError error;
  size_t n = moe_options_topks (options, topks) * moe_options_fractions (options, fractions)
             * moe_options_sizes (options, sizes);
  fuzz_require (n > 0);
  if (n > MOST_POINTS)
    return;
  MoeStatus status = moe_plan_new (options, &plan, &error);
  fuzz_require_told_by_engine (status, &error);
  if (status != MOE_OK)
    return;
  fuzz_require (plan.n_points >= n && plan.n_groups > 0 && plan.n_groups <= plan.n_points);
  for (size_t first = 0, length; first < plan.n_points; first += length)
    {
      length = moe_plan_opening (&plan, first);
      moe_plan_problem (&plan, first, length, &problem);
    }
  for (size_t i = 0; i < plan.n_points; i++)
    {
      fuzz_require (plan.points[i].index == i && plan.points[i].group < plan.n_groups);
      fuzz_require (moe_point_expected_rows (&plan.points[i]) >= 0);
      fuzz_require (moe_point_expected_flops (&plan.points[i]) >= 0);
    }
  moe_plan_clear (&plan);
}

static void
check_matrix (const MoeOptions *options)
{
  MoeOptions jobs[MOE_MATRIX_MAX_JOBS];
  MoeError error;
  size_t n;
  /* Any divisors, taken from what the input says. */
  MoeMatrixScale scale = { .tokens = options->topk, .widths = options->topk };
  MoeStatus status = moe_matrix_jobs (MOE_MATRIX_MODES, options, scale, jobs, &n, &error);
  fuzz_require_told_by_engine (status, &error);
  fuzz_require (status != MOE_OK || (n > 0 && n <= MOE_MATRIX_MAX_JOBS));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  MoeOptions options;
  MoeError error;
  fuzz_begin ();
  g_autofree char *line = fuzz_text (data, size);
  check_words (line);
  moe_options_init_single (&options);
  moe_text_to_options (line, &options);
  MoeStatus status = moe_options_validate (&options, &error);
  fuzz_require_told_by_engine (status, &error);
  if (status == MOE_OK)
    {
      check_notes (&options);
      check_plan (&options);
    }
  else
    fuzz_require (error.option == NULL || moe_option_spec_find (error.option) != NULL);
  check_matrix (&options);
  fuzz_end ();
  return 0;
}
