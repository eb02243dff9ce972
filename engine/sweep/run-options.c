/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sweep/run-options.h"

#include "engine/options/sweep-axis.h"
#include "engine/sweep/quantities.h"

#include <math.h>
#include <string.h>

/* "--name value", "--name=value" and "--flag"; what is no option of a measurement is passed over.
 */
static void
take_command (const char *command, MoeOptions *options)
{
  g_auto (GStrv) words = NULL;
  if (!g_shell_parse_argv (command, NULL, &words, NULL))
    return;
  for (gsize i = 0; words[i] != NULL; i++)
    {
      if (!g_str_has_prefix (words[i], "--"))
        continue;
      g_auto (GStrv) pair = g_strsplit (words[i] + 2, "=", 2);
      const MoeOptionSpec *spec = pair[0] != NULL ? moe_option_spec_find (pair[0]) : NULL;
      if (spec == NULL)
        continue;
      const char *value = pair[1];
      if (value == NULL && spec->kind != MOE_OPTION_FLAG)
        value = words[i + 1];
      if (value != NULL || spec->kind == MOE_OPTION_FLAG)
        moe_options_set (options, spec->name, value, NULL);
    }
}

static gboolean
has_size (const MoeSizeList *list, gsize value)
{
  for (gsize i = 0; i < list->n; i++)
    if (list->values[i] == value)
      return TRUE;
  return FALSE;
}

static void
note_topk (const MoeRecord *record, MoeSizeList *list)
{
  if (record->topk >= 1 && list->n < MOE_OPTIONS_MAX_LIST && !has_size (list, (gsize)record->topk))
    list->values[list->n++] = (gsize)record->topk;
}

static void
note_fraction (const MoeRecord *record, MoeFractionList *list)
{
  double fraction = record->null_target;
  for (gsize i = 0; i < list->n; i++)
    if (list->values[i] == fraction)
      return;
  if (fraction > 0 && fraction < 1 && list->n < MOE_OPTIONS_MAX_LIST)
    list->values[list->n++] = fraction;
}

static const MoeRecord *
first_with_shape (const MoeRun *run)
{
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    if (moe_run_get_record (run, i)->has_shape)
      return moe_run_get_record (run, i);
  return NULL;
}

/* But for its size along an axis? */
static gboolean
is_same_block (const MoeRecord *record, const MoeRecord *first, MoeSweepAxis axis)
{
  if (!record->has_shape)
    return FALSE;
  const MoeShape shape =
      moe_shape_with_size (&record->shape, axis, moe_shape_size_along (&first->shape, axis));
  return moe_shape_equal (&shape, &first->shape);
}

static void
note_sizes (const MoeRun *run, const MoeRecord *first, MoeSweepAxis axis, MoeSizeList *list)
{
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      gsize size = moe_shape_size_along (&record->shape, axis);
      if (is_same_block (record, first, axis) && list->n < MOE_OPTIONS_MAX_LIST
          && !has_size (list, size))
        list->values[list->n++] = size;
    }
}

/* The axis of which there are several sizes. */
static MoeSweepAxis
find_axis (const MoeRun *run, const MoeRecord *first, MoeSizeList *sizes)
{
  for (int axis = 0; axis < MOE_N_SWEEPS; axis++)
    {
      sizes->n = 0;
      note_sizes (run, first, (MoeSweepAxis)axis, sizes);
      if (sizes->n > 1)
        return (MoeSweepAxis)axis;
    }
  return MOE_SWEEP_TOKENS;
}

/* The first shape stands for all, but for its size along one axis: a form has one. */
static void
take_rows (const MoeRun *run, const MoeRecord *first, MoeOptions *options)
{
  MoeSizeList topks = { .n = 0 }, sizes = { .n = 0 };
  MoeFractionList fractions = { .n = 0 };
  const MoeSweepAxis axis = find_axis (run, first, &sizes);
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      if (!is_same_block (record, first, axis))
        continue;
      note_topk (record, &topks);
      note_fraction (record, &fractions);
    }
  options->shape = first->shape;
  if (sizes.n > 1)
    moe_options_set_sizes (options, axis, &sizes);
  else
    moe_options_clear_sizes (options);
  if (topks.n > 0)
    {
      options->topk = topks.values[0];
      options->topk_list = topks;
    }
  if (fractions.n > 0)
    {
      options->null_route_sweep = false;
      options->null_route_frac_list = fractions;
    }
  for (MoeChoice c = 0; c < MOE_N_CHOICES; c++)
    if (moe_choices[c].common && moe_choices[c].ask == MOE_ASK_ONE && first->choice[c] != NULL)
      moe_options_set (options, moe_choices[c].option, first->choice[c], NULL);
}

gboolean
moe_run_to_options (const MoeRun *run, MoeOptions *options)
{
  const char *line = moe_run_get_fact (run, "options");
  const char *command = moe_run_get_fact (run, "command");
  const MoeRecord *first = first_with_shape (run);
  /* What was measured before there was a choice was measured a number of times. */
  if (line != NULL || (first != NULL && command != NULL))
    options->until_settled = false;
  if (line != NULL)
    moe_text_to_options (line, options);
  else if (first == NULL)
    return FALSE;
  else
    {
      take_rows (run, first, options);
      if (command != NULL)
        take_command (command, options);
    }
  return TRUE;
}

/* Is the value one that was asked for, and not one that followed from others? */
static gboolean
is_asked (const MoeRecord *record, MoeChoice choice)
{
  return record->choice[choice] != NULL
         && (moe_choices[choice].ask == MOE_ASK_ONE || moe_choices[choice].ask == MOE_ASK_SEVERAL);
}

gboolean
moe_run_point_to_options (const MoeRun *run, const MoeRecord *record, MoeOptions *options)
{
  MoeOptions asked = *options;
  gboolean known = record->has_shape && record->topk > 0 && !isnan (record->null_target)
                   && moe_run_to_options (run, &asked);
  if (!known)
    return FALSE;
  moe_options_clear_sizes (&asked);
  asked.shape = record->shape;
  asked.topk = (size_t)record->topk;
  asked.topk_list.n = 0;
  asked.null_route_sweep = false;
  asked.null_route_frac_list = (MoeFractionList){ { record->null_target }, 1 };
  if (!isnan (record->capacity_factor))
    asked.capacity_factor = record->capacity_factor;
  for (MoeChoice c = 0; known && c < MOE_N_CHOICES; c++)
    if (is_asked (record, c))
      known = moe_options_set (&asked, moe_choices[c].option, record->choice[c], NULL) == MOE_OK;
  if (known)
    *options = asked;
  return known;
}
