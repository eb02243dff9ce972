/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/remedies.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/machine/forecast.h"
#include "engine/options/plan.h"
#include "engine/options/sweep-axis.h"

typedef struct Finder
{
  const MoeBackend *backend;
  gsize available;
  GPtrArray *remedies;
} Finder;

static void
remedy_free (gpointer data)
{
  NullcurveRemedy *remedy = data;
  g_free (remedy->label);
  g_free (remedy);
}

static gboolean
fits (const Finder *finder, const MoeOptions *options)
{
  MoePlan plan = { 0 };
  MoeForecast forecast = { 0 };
  MoeError error = { 0 };
  gboolean fit =
      moe_plan_new (options, &plan, &error) == MOE_OK
      && moe_forecast (&plan, finder->backend, NULL, finder->available, &forecast, &error) == MOE_OK
      && moe_forecast_require_fit (&plan, finder->backend, &forecast, &error) == MOE_OK;
  moe_plan_clear (&plan);
  return fit;
}

static void
add (Finder *finder, char *label, const MoeOptions *options)
{
  NullcurveRemedy *remedy = g_new0 (NullcurveRemedy, 1);
  remedy->label = label;
  remedy->options = *options;
  g_ptr_array_add (finder->remedies, remedy);
}

/* The most tokens that fit, of those that people count in. */
static void
try_tokens (Finder *finder, const MoeOptions *options)
{
  MoeOptions other = *options;
  gsize step = options->shape.tokens > 2048 ? 1024 : 64;
  gsize lo = 0, hi = options->shape.tokens / step;
  if (moe_options_has_sizes (options))
    return;
  while (hi - lo > 1)
    {
      gsize middle = lo + (hi - lo) / 2;
      other.shape.tokens = middle * step;
      if (fits (finder, &other))
        lo = middle;
      else
        hi = middle;
    }
  if (lo == 0)
    return;
  other.shape.tokens = lo * step;
  /* Translators: a button; the number is how many tokens there would be */
  add (finder, g_strdup_printf (_ ("Use %zu tokens"), other.shape.tokens), &other);
}

/* Values of other options that take less memory, by their names. */
static const struct
{
  const char *option;
  const char *value;
  const char *label;
} choices[] = {
  { "dtype", "bfloat16", N_ ("Use bfloat16") },
  { "remat-mode", "expert_mlp", N_ ("Recompute experts") },
  { "bench-pass", "forward", N_ ("Forward only") },
};

static void
try_choices (Finder *finder, const MoeOptions *options)
{
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      MoeOptions other = *options;
      MoeError error = { 0 };
      if (moe_options_set (&other, choices[i].option, choices[i].value, &error) == MOE_OK
          && memcmp (&other, options, sizeof other) != 0
          && moe_backend_find (finder->backend->name, other.choice[MOE_CHOICE_DTYPE], &error)
                 != NULL
          && fits (finder, &other))
        add (finder, g_strdup (_ (choices[i].label)), &other);
    }
}

GPtrArray *
nullcurve_remedies_new (const MoeOptions *options, const MoeBackend *backend, gsize available)
{
  Finder finder = { backend, available, g_ptr_array_new_with_free_func (remedy_free) };
  try_tokens (&finder, options);
  try_choices (&finder, options);
  return finder.remedies;
}
