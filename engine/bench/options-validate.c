/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges, combinations, and what only a later version can run. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/backends/backend.h"
#include "engine/base/size.h"
#include "engine/bench/options-number.h"
#include "engine/bench/options.h"

enum
{
  TEXT_SIZE = 64,
  NAMES_SIZE = 160
};

/* Assignments are numbered in 32 bits, with one number kept for "none". */
#define MAX_ASSIGNMENTS ((uint64_t)UINT32_MAX - 1)

size_t
moe_options_topks (const MoeOptions *options, size_t topks[MOE_OPTIONS_MAX_LIST])
{
  const MoeSizeList single = { { options->topk }, 1 };
  const MoeSizeList *list = options->topk_list.n > 0 ? &options->topk_list : &single;
  size_t n = 0;
  for (size_t i = 0; i < list->n && i < MOE_OPTIONS_MAX_LIST; i++)
    {
      size_t earlier = 0;
      while (earlier < n && topks[earlier] != list->values[i])
        earlier++;
      if (earlier == n)
        topks[n++] = list->values[i];
    }
  return n;
}

static size_t
insert_fraction (double *fractions, size_t n, double value)
{
  size_t at = n;
  while (at > 0 && fractions[at - 1] > value)
    at--;
  if (at > 0 && fractions[at - 1] == value)
    return n;
  memmove (fractions + at + 1, fractions + at, (n - at) * sizeof *fractions);
  fractions[at] = value;
  return n + 1;
}

size_t
moe_options_fractions (const MoeOptions *options, double fractions[MOE_OPTIONS_MAX_LIST + 1])
{
  const MoeFractionList *list = &options->null_route_frac_list;
  size_t n = 0;
  if (options->baseline)
    n = insert_fraction (fractions, n, 0.0);
  if (list->n > 0)
    for (size_t i = 0; i < list->n && i < MOE_OPTIONS_MAX_LIST; i++)
      n = insert_fraction (fractions, n, list->values[i]);
  else if (options->null_route_sweep)
    for (int tenths = 1; tenths <= 9; tenths++)
      n = insert_fraction (fractions, n, tenths / 10.0);
  else
    n = insert_fraction (fractions, n, options->null_route_frac);
  return n;
}

static MoeStatus
check_whole (const MoeOptionSpec *spec, uint64_t value, MoeError *error)
{
  if (value >= spec->min && value <= spec->max)
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_INVALID, spec->name,
                               "--%s %" PRIu64 " is out of range: allowed is %" PRIu64
                               " to %" PRIu64 ".",
                               spec->name, value, spec->min, spec->max);
}

static MoeStatus
check_real (const MoeOptionSpec *spec, double value, MoeError *error)
{
  bool above = spec->high_open ? !(value < spec->high) : !(value <= spec->high);
  if (value >= spec->low && !above)
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_INVALID, spec->name,
                               "--%s %g is out of range: allowed is %g %s %g.", spec->name, value,
                               spec->low, spec->high_open ? "up to, but not including," : "to",
                               spec->high);
}

/* "fused_w13" or "a, b and c": the choices that work. */
static void
list_working (const MoeOptionSpec *spec, char *text, size_t size)
{
  size_t length = 0;
  text[0] = '\0';
  for (size_t i = 0; i < spec->names->n && length < size; i++)
    if (spec->works & (1u << i))
      length += (size_t)snprintf (text + length, size - length, "%s%s", length > 0 ? ", " : "",
                                  spec->names->names[i]);
}

static MoeStatus
refuse_later (const MoeOptions *options,
              const MoeOptionSpec *spec,
              const char *remedy,
              MoeError *error)
{
  char value[NAMES_SIZE];
  moe_options_format (options, spec, value, sizeof value);
  return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, spec->name,
                               "--%s %s comes with a later version of Nullcurve: %s.", spec->name,
                               value, remedy);
}

static MoeStatus
refuse_choice (const MoeOptions *options, const MoeOptionSpec *spec, MoeError *error)
{
  char working[NAMES_SIZE], remedy[NAMES_SIZE + TEXT_SIZE];
  list_working (spec, working, sizeof working);
  snprintf (remedy, sizeof remedy, "this version runs only %s", working);
  return refuse_later (options, spec, remedy, error);
}

static MoeStatus
check_choice (const MoeOptions *options, const MoeOptionSpec *spec, MoeError *error)
{
  unsigned choice;
  memcpy (&choice, (const char *)options + spec->offset, sizeof choice);
  if (choice >= spec->names->n)
    return moe_error_set_option (error, MOE_ERROR_INVALID, spec->name,
                                 "--%s %u is not one of its values: allowed is %s.", spec->name,
                                 choice, spec->value);
  if (spec->works != 0 && !(spec->works & (1u << choice)))
    return refuse_choice (options, spec, error);
  return MOE_OK;
}

static MoeStatus
check_choice_set (const MoeOptions *options, const MoeOptionSpec *spec, MoeError *error)
{
  const MoeChoiceSet *set = (const void *)((const char *)options + spec->offset);
  size_t n = 0;
  for (size_t i = 0; i < spec->names->n; i++)
    n += set->has[i];
  if (n == 0)
    return moe_error_set_option (error, MOE_ERROR_INVALID, spec->name,
                                 "--%s has no value: allowed is %s.", spec->name, spec->value);
  for (size_t i = 0; i < spec->names->n; i++)
    if (set->has[i] && spec->works != 0 && !(spec->works & (1u << i)))
      return refuse_choice (options, spec, error);
  return MOE_OK;
}

static MoeStatus
check_accelerator (const MoeOptions *options, const MoeOptionSpec *spec, MoeError *error)
{
  size_t n, length = 0;
  char names[NAMES_SIZE] = "auto", remedy[NAMES_SIZE + TEXT_SIZE];
  if (strcmp (options->accelerator, "auto") == 0)
    return MOE_OK;
  const MoeBackend *const *backends = moe_backends (&n); /* opens libraries: only if it must */
  length = strlen (names);
  for (size_t i = 0; i < n && length < sizeof names; i++)
    {
      if (strcmp (options->accelerator, backends[i]->name) == 0)
        return MOE_OK;
      length +=
          (size_t)snprintf (names + length, sizeof names - length, " and %s", backends[i]->name);
    }
  snprintf (remedy, sizeof remedy, "this version has %s", names);
  return refuse_later (options, spec, remedy, error);
}

static MoeStatus
check_size_list (const MoeSizeList *list, const MoeOptionSpec *spec, MoeError *error)
{
  MoeStatus status = MOE_OK;
  for (size_t i = 0; status == MOE_OK && i < list->n && i < MOE_OPTIONS_MAX_LIST; i++)
    status = check_whole (spec, list->values[i], error);
  return status;
}

static MoeStatus
check_fraction_list (const MoeFractionList *list, const MoeOptionSpec *spec, MoeError *error)
{
  MoeStatus status = MOE_OK;
  for (size_t i = 0; status == MOE_OK && i < list->n && i < MOE_OPTIONS_MAX_LIST; i++)
    status = check_real (spec, list->values[i], error);
  return status;
}

static MoeStatus
check_one (const MoeOptions *options, const MoeOptionSpec *spec, MoeError *error)
{
  const void *field = (const char *)options + spec->offset;
  switch (spec->kind)
    {
    case MOE_OPTION_SIZE:
      return check_whole (spec, *(const size_t *)field, error);
    case MOE_OPTION_REAL:
      return check_real (spec, *(const double *)field, error);
    case MOE_OPTION_CHOICE:
      return check_choice (options, spec, error);
    case MOE_OPTION_CHOICE_SET:
      return check_choice_set (options, spec, error);
    case MOE_OPTION_SIZE_LIST:
      return check_size_list (field, spec, error);
    case MOE_OPTION_FRACTION_LIST:
      return check_fraction_list (field, spec, error);
    case MOE_OPTION_ACCELERATOR:
      return check_accelerator (options, spec, error);
    case MOE_OPTION_FLAG:
    case MOE_OPTION_SEED:
      break;
    }
  return MOE_OK;
}

/* A value that nothing in this version reads must not be taken as if it mattered. */
static MoeStatus
check_later (const MoeOptions *options, const MoeOptionSpec *spec, MoeError *error)
{
  MoeOptions defaults;
  char value[TEXT_SIZE], usual[TEXT_SIZE], remedy[TEXT_SIZE];
  if (spec->later == NULL)
    return MOE_OK;
  moe_options_init (&defaults);
  moe_options_format (options, spec, value, sizeof value);
  moe_options_format (&defaults, spec, usual, sizeof usual);
  if (strcmp (value, usual) == 0)
    return MOE_OK;
  snprintf (remedy, sizeof remedy, "this one has no %s",
            strncmp (spec->later, "a ", 2) == 0 ? spec->later + 2 : spec->later);
  return refuse_later (options, spec, remedy, error);
}

static MoeStatus
check_topk (const MoeOptions *options, size_t topk, MoeError *error)
{
  const char *name = options->topk_list.n > 0 ? "topk-list" : "topk";
  uint64_t assignments = (uint64_t)options->shape.tokens * topk;
  if (topk > options->shape.experts)
    return moe_error_set_option (error, MOE_ERROR_INVALID, name,
                                 "--%s %zu is out of range: allowed is 1 to %zu, the number of "
                                 "experts.",
                                 name, topk, options->shape.experts);
  if (assignments > MAX_ASSIGNMENTS)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "tokens",
                                 "--tokens %zu is out of range with --%s %zu, which makes %" PRIu64
                                 " assignments: allowed is up to %" PRIu64 " tokens.",
                                 options->shape.tokens, name, topk, assignments,
                                 MAX_ASSIGNMENTS / topk);
  return MOE_OK;
}

static const char *
fraction_option (const MoeOptions *options)
{
  if (options->null_route_frac_list.n > 0)
    return "null-route-frac-list";
  return options->null_route_sweep ? "null-route-sweep" : "null-route-frac";
}

static MoeStatus
check_fraction (const MoeOptions *options, size_t topk, double fraction, MoeError *error)
{
  const char *name = fraction_option (options);
  size_t experts = options->shape.experts, n = options->null_experts;
  /* Null slots carry ids experts + 0 .. N-1 in 32 bits. */
  double room = (double)INT32_MAX - (double)experts;
  double derived = (double)experts * fraction / (1.0 - fraction);
  if (n == 0 && derived > room)
    return moe_error_set_option (error, MOE_ERROR_INVALID, name,
                                 "--%s %.17g is out of range: with %zu experts it stands for %.3g "
                                 "null experts, and allowed is up to %.0f.",
                                 name, fraction, experts, derived, room);
  double reach = n == 0 || n >= topk ? 1.0 : (double)n / (double)topk;
  if (options->null_routing_mode == MOE_NULL_MODE_ROUTER && fraction > reach)
    return moe_error_set_option (error, MOE_ERROR_INVALID, name,
                                 "--%s %g is out of range with --null-routing-mode router: "
                                 "%zu null experts at top-%zu reach at most %g; allowed is up to "
                                 "that, or --null-experts 0 or at least %zu.",
                                 name, fraction, n, topk, reach, topk);
  return MOE_OK;
}

/* Everything that a step may hold, in bytes of float32, must have a size at all. */
static MoeStatus
check_bytes (const MoeOptions *options, size_t topk, MoeError *error)
{
  const MoeShape *s = &options->shape;
  size_t weights, rows, tokens, sum;
  bool fits = moe_size_mul4 (s->experts, s->hidden, s->mlp_dim, 64, &weights)
              && moe_size_mul4 (s->tokens, topk, s->hidden + s->mlp_dim, 64, &rows)
              && moe_size_mul4 (s->tokens, s->hidden + s->experts, 64, 1, &tokens)
              && moe_size_add (weights, rows, &sum) && moe_size_add (sum, tokens, &sum);
  if (fits)
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_INVALID, "tokens",
                               "--tokens %zu --hidden %zu --mlp-dim %zu --experts %zu with top-%zu "
                               "is out of range: the tensors would need more bytes than can be "
                               "counted, and allowed is up to %zu.",
                               s->tokens, s->hidden, s->mlp_dim, s->experts, topk, SIZE_MAX);
}

static MoeStatus
check_combinations (const MoeOptions *options, MoeError *error)
{
  size_t topks[MOE_OPTIONS_MAX_LIST];
  double fractions[MOE_OPTIONS_MAX_LIST + 1];
  size_t n_topks = moe_options_topks (options, topks);
  size_t n_fractions = moe_options_fractions (options, fractions);
  MoeStatus status = MOE_OK;
  for (size_t k = 0; status == MOE_OK && k < n_topks; k++)
    {
      status = check_topk (options, topks[k], error);
      if (status == MOE_OK)
        status = check_bytes (options, topks[k], error);
      for (size_t f = 0; status == MOE_OK && f < n_fractions; f++)
        status = check_fraction (options, topks[k], fractions[f], error);
    }
  return status;
}

MoeStatus
moe_options_validate (const MoeOptions *options, MoeError *error)
{
  size_t n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  for (size_t i = 0; i < n; i++)
    {
      MoeStatus status = check_one (options, &specs[i], error);
      if (status == MOE_OK)
        status = check_later (options, &specs[i], error);
      if (status != MOE_OK)
        return status;
    }
  return check_combinations (options, error);
}
