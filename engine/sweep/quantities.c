/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sweep/quantities.h"

#include "engine/options/sweep-axis.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

char *
moe_text_duration (double seconds)
{
  if (isnan (seconds) || seconds < 0)
    return g_strdup (_ ("unknown"));
  if (seconds < 9.95)
    return g_strdup_printf (_ ("%.1f s"), seconds);
  if (seconds < 99.5)
    return g_strdup_printf (_ ("%.0f s"), seconds);
  if (seconds < 3570)
    {
      guint whole = (guint)lround (seconds);
      return g_strdup_printf (_ ("%u min %02u s"), whole / 60, whole % 60);
    }
  if (seconds < 360000)
    {
      guint minutes = (guint)lround (seconds / 60);
      return g_strdup_printf (_ ("%u h %02u min"), minutes / 60, minutes % 60);
    }
  return g_strdup_printf (_ ("%.0f days"), seconds / 86400);
}

char *
moe_text_expected (double seconds)
{
  double minutes = seconds / 60;
  double hours = round (seconds / 1800) / 2;
  if (isnan (seconds) || seconds < 0)
    return g_strdup (_ ("unknown"));
  if (seconds < 0.95)
    return g_strdup (_ ("1 s"));
  if (seconds < 9.5)
    return g_strdup_printf (_ ("%.0f s"), seconds);
  if (seconds < 57.5)
    return g_strdup_printf (_ ("%.0f s"), 5 * round (seconds / 5));
  if (minutes < 9.5)
    return g_strdup_printf (_ ("%.0f min"), fmax (round (minutes), 1));
  if (minutes < 57.5)
    return g_strdup_printf (_ ("%.0f min"), 5 * round (minutes / 5));
  if (hours < 9.75)
    return hours == floor (hours) ? g_strdup_printf (_ ("%.0f h"), hours)
                                  : g_strdup_printf (_ ("%.1f h"), hours);
  if (seconds < 172800)
    return g_strdup_printf (_ ("%.0f h"), round (seconds / 3600));
  return g_strdup_printf (_ ("%.0f days"), seconds / 86400);
}

char *
moe_text_bytes (gsize bytes)
{
  double gib = (double)bytes / (1 << 30);
  if (gib < 0.995)
    return g_strdup_printf (_ ("%.0f MiB"), ceil (gib * 1024));
  return g_strdup_printf (gib < 99.5 ? _ ("%.1f GiB") : _ ("%.0f GiB"), gib);
}

char *
moe_text_flops (double flops)
{
  static const char *const units[] = { "GFLOP", "TFLOP", "PFLOP", "EFLOP" };
  double value = flops / 1e9;
  gsize unit = 0;
  while (value >= 999.5 && unit + 1 < G_N_ELEMENTS (units))
    {
      value /= 1000;
      unit++;
    }
  return g_strdup_printf (value < 99.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

char *
moe_text_flop_rate (double flops_per_s)
{
  double giga = flops_per_s / 1e9;
  if (giga < 9999.5)
    return g_strdup_printf (_ ("%.0f GF/s"), giga);
  return g_strdup_printf (giga < 99950 ? _ ("%.1f TF/s") : _ ("%.0f TF/s"), giga / 1000);
}

char *
moe_text_shape (const MoeShape *shape)
{
  char text[MOE_SHAPE_TEXT_SIZE];
  moe_shape_format (shape, text);
  g_auto (GStrv) parts = g_strsplit (text, "x", -1);
  return g_strjoinv ("×", parts);
}

char *
moe_text_block_plain (const MoeOptions *options)
{
  size_t sizes[MOE_OPTIONS_MAX_LIST];
  const size_t n = moe_options_sizes (options, sizes);
  const MoeOptions last = moe_options_of_size (options, sizes[n - 1]);
  char shape[MOE_SHAPE_TEXT_SIZE];
  moe_shape_format (&last.shape, shape);
  if (n == 1)
    return g_strdup (shape);
  g_auto (GStrv) parts = g_strsplit (shape, "x", -1);
  char **swept = &parts[moe_sweep_axes[moe_options_axis (options)].place];
  g_autofree char *to = *swept;
  *swept = g_strdup_printf ("%zu-%s", sizes[0], to);
  return g_strjoinv ("x", parts);
}

char *
moe_text_block (const MoeOptions *options)
{
  g_autofree char *plain = moe_text_block_plain (options);
  g_auto (GStrv) parts = g_strsplit (plain, "x", -1);
  g_autofree char *crossed = g_strjoinv ("×", parts);
  g_auto (GStrv) ends = g_strsplit (crossed, "-", 2);
  return g_strjoinv ("…", ends);
}

char *
moe_text_topk (const MoeOptions *options)
{
  if (options->topk_list.n == 0)
    return g_strdup_printf (_ ("top-%zu"), options->topk);
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, _ ("top-%zu"), options->topk_list.values[0]);
  for (gsize i = 1; i < options->topk_list.n; i++)
    g_string_append_printf (text, ", %zu", options->topk_list.values[i]);
  return g_string_free (text, FALSE);
}

/* The mean is over all experts, and over the rows that there are. */
char *
moe_text_given (const MoeGiven *given)
{
  const gsize slots = given->tokens * given->topk;
  gsize rows = 0, active = 0;
  for (gsize i = 0; i < given->n_loads; i++)
    {
      rows += given->loads[i];
      active += given->loads[i] > 0;
    }
  const double mean = (double)rows / (double)given->experts;
  g_autofree char *tokens =
      g_strdup_printf (g_dngettext (NULL, "%zu token", "%zu tokens", given->tokens), given->tokens);
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_printf (text,
                   _ ("%s: %s, top-%zu; %zu of %zu experts get rows, the fullest %.1f times the "
                      "mean."),
                   given->name, tokens, given->topk, active, given->experts,
                   mean > 0 ? (double)moe_given_fullest (given) / mean : 0.0);
  if (rows < slots)
    g_string_append_printf (text, _ (" %.1f %% of its slots are null."),
                            100.0 * (double)(slots - rows) / (double)slots);
  if (given->next != NULL)
    g_string_append_printf (text, _ (" So the first of %zu layers."), moe_given_count (given));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

const char *
moe_text_pass (MoePass pass)
{
  return pass == MOE_PASS_FORWARD ? _ ("forward") : _ ("forward + backward");
}

/* What a name has beside, or what is no part of what is measured: how often, and how long. */
static gboolean
is_told_elsewhere (const MoeOptionSpec *spec)
{
  static const char *const names[] = { "tokens", "hidden",    "mlp-dim",     "experts",
                                       "topk",   "topk-list", "accelerator", NULL };
  return g_str_equal (spec->group, MOE_GROUP_MEASURE) || g_strv_contains (names, spec->name);
}

/* A list says how it begins and ends, and how long it is. */
static char *
shorten (const char *value)
{
  g_auto (GStrv) parts = g_strsplit (value, ",", -1);
  guint n = g_strv_length (parts);
  g_autofree char *ends =
      n > 3 ? g_strdup_printf ("%s … %s (%u)", parts[0], parts[n - 1], n) : NULL;
  return ends != NULL ? g_steal_pointer (&ends) : g_strjoinv (", ", parts);
}

/* An option as a word or two of a name. */
static char *
change_words (const MoeOptions *options, const MoeOptionSpec *spec, const char *value)
{
  static const char *const terse[] = { "none", "true", "false", "full", NULL };
  static const struct
  {
    const char *name, *format;
  } briefs[] = { { "ep-size", "EP %s" },         { "threads", "%s threads" },
                 { "tokens-list", "tokens %s" }, { "experts-list", "experts %s" },
                 { "loads-row", "row %s" },      { "trace-layer", "layer %s" } };
  g_autofree char *name = g_strdelimit (g_strdup (spec->name), "-", ' ');
  g_autofree char *brief = shorten (value);
  g_autofree char *said = g_strdelimit (g_strdup (brief), "_", ' ');
  gboolean named = spec->kind == MOE_OPTION_CHOICE || spec->kind == MOE_OPTION_CHOICE_SET;
  if (spec->choice == &moe_choices[MOE_CHOICE_PASS])
    return g_strdup (moe_text_pass (options->choice[MOE_CHOICE_PASS]));
  if (spec->kind == MOE_OPTION_FILE)
    return g_path_get_basename (value);
  for (gsize i = 0; i < G_N_ELEMENTS (briefs); i++)
    if (g_str_equal (briefs[i].name, spec->name))
      {
        g_auto (GStrv) parts = g_strsplit (briefs[i].format, "%s", 2);
        return g_strjoinv (said, parts);
      }
  if (spec->kind == MOE_OPTION_FLAG)
    return g_strdup_printf ("%s%s", g_str_equal (value, "true") ? "" : "no ", name);
  if (named && !g_strv_contains (terse, value))
    return g_steal_pointer (&said);
  return g_strdup_printf ("%s %s", name, said);
}

static void
append_words (GString *text, const char *words)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", words);
}

/* Which fractions are measured is one thing, whichever of three options says so; the tenths of a
 * sweep need not be counted. */
static char *
fraction_words (const double *fractions, gsize n)
{
  MoeOptions sweep;
  double tenths[MOE_OPTIONS_MAX_LIST + 1];
  moe_options_init (&sweep);
  sweep.null_route_sweep = true;
  gsize n_tenths = moe_options_fractions (&sweep, tenths);
  if (n == n_tenths && memcmp (fractions, tenths, n * sizeof *fractions) == 0)
    return g_strdup_printf ("f = %.6g … %.6g", tenths[0], tenths[n - 1]);
  g_autoptr (GString) list = g_string_new (NULL);
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (list, "%s%.6g", i > 0 ? "," : "", fractions[i]);
  g_autofree char *brief = shorten (list->str);
  return g_strconcat ("f = ", brief, NULL);
}

/* But for f = 0 that is measured beside them. */
static gsize
own_fractions (const MoeOptions *options, double fractions[MOE_OPTIONS_MAX_LIST + 1])
{
  MoeOptions own = *options;
  own.baseline = false;
  return moe_options_fractions (&own, fractions);
}

/* Without the 0 that a list may begin with: it is measured beside one without it as well. */
static const double *
skip_zero (const double *fractions, gsize *n)
{
  const gboolean skipped = *n > 1 && fractions[0] == 0;
  *n -= skipped ? 1 : 0;
  return fractions + (skipped ? 1 : 0);
}

static void
append_fractions (GString *text, const MoeOptions *options, const MoeOptions *defaults)
{
  double fractions[MOE_OPTIONS_MAX_LIST + 1], usual[MOE_OPTIONS_MAX_LIST + 1];
  gsize n = own_fractions (options, fractions);
  gsize n_usual = own_fractions (defaults, usual);
  g_autofree char *words = fraction_words (fractions, n);
  const gboolean listed = fractions[0] == 0;
  const double *above = skip_zero (fractions, &n), *usual_above = skip_zero (usual, &n_usual);
  if (n != n_usual || memcmp (above, usual_above, n * sizeof *above) != 0)
    append_words (text, words);
  if (!listed && options->baseline != defaults->baseline)
    append_words (text, options->baseline ? _ ("with f = 0") : _ ("without f = 0"));
}

/* Sizes that double each time are what anybody reads in "1…256". */
static gboolean
is_told_by_block (const MoeOptions *options, const MoeOptionSpec *spec)
{
  size_t sizes[MOE_OPTIONS_MAX_LIST];
  const size_t n = moe_options_sizes (options, sizes);
  for (size_t i = 1; i < n; i++)
    if (sizes[i] != 2 * sizes[i - 1])
      return FALSE;
  return g_str_equal (spec->name, moe_sweep_axes[moe_options_axis (options)].list);
}

static char *
tell_changes (const MoeOptions *options, const MoeOptions *defaults, gboolean beside_block)
{
  static const char *const fractions[] = { "null-route-frac", "null-route-frac-list",
                                           "null-route-sweep", "baseline", NULL };
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  GString *text = g_string_new (NULL);
  for (gsize i = 0; i < n; i++)
    {
      char value[MOE_OPTION_VALUE_SIZE];
      if (g_str_equal (specs[i].name, fractions[0]))
        append_fractions (text, options, defaults);
      if (g_strv_contains (fractions, specs[i].name) || is_told_elsewhere (&specs[i])
          || moe_options_format (options, &specs[i], value, sizeof value) == 0
          || moe_options_same (options, defaults, &specs[i])
          || moe_options_unneeded (options, &specs[i]) != NULL
          || (beside_block && is_told_by_block (options, &specs[i])))
        continue;
      g_autofree char *words = change_words (options, &specs[i], value);
      append_words (text, words);
    }
  return g_string_free (text, FALSE);
}

char *
moe_text_changes (const MoeOptions *options, const MoeOptions *defaults)
{
  return tell_changes (options, defaults, FALSE);
}

char *
moe_text_changes_beside_block (const MoeOptions *options, const MoeOptions *defaults)
{
  return tell_changes (options, defaults, TRUE);
}

char *
moe_text_from_options (const MoeOptions *options)
{
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  GString *line = g_string_new (NULL);
  for (gsize i = 0; i < n; i++)
    {
      char value[MOE_OPTION_VALUE_SIZE];
      moe_options_format (options, &specs[i], value, sizeof value);
      g_string_append_printf (line, "%s%s=%s", line->len > 0 ? " " : "", specs[i].key, value);
    }
  return g_string_free (line, FALSE);
}

void
moe_text_to_options (const char *line, MoeOptions *options)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      char *equals = strchr (words[i], '=');
      if (equals == NULL)
        continue;
      *equals = '\0';
      moe_options_set (options, words[i], equals + 1, NULL);
    }
}
