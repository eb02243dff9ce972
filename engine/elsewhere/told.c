/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/elsewhere/told.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/options/options.h"
#include "engine/records/numbers.h"
#include "engine/sweep/quantities.h"

static const char *
find (GHashTable *facts, const char *key)
{
  return g_hash_table_lookup (facts, key);
}

G_GNUC_PRINTF (2, 3)
static const char *
find_of (GHashTable *facts, const char *format, ...)
{
  va_list list;
  va_start (list, format);
  g_autofree char *key = g_strdup_vprintf (format, list);
  va_end (list);
  return find (facts, key);
}

/* --- accelerators --- */

static const char *
dtype_name (int dtype)
{
  return moe_choice_name (MOE_CHOICE_DTYPE, dtype);
}

static void
take_choice (GHashTable *facts, const char *name, MoeAccelerators *all)
{
  const char *title = find_of (facts, "accelerator.%s.title", name);
  const char *reasons[MOE_N_DTYPES] = { NULL };
  for (int dtype = 0; dtype < MOE_N_DTYPES; dtype++)
    {
      const char *works = find_of (facts, "accelerator.%s.%s", name, dtype_name (dtype));
      const char *why = find_of (facts, "accelerator.%s.%s.reason", name, dtype_name (dtype));
      if (g_strcmp0 (works, "yes") != 0)
        reasons[dtype] = why != NULL ? why : _ ("It does not work there.");
    }
  moe_accelerators_add_told (all, name, title != NULL ? title : name,
                             find_of (facts, "accelerator.%s.device", name), reasons);
}

static char **
names_of (GHashTable *facts)
{
  const char *names = find (facts, "accelerators");
  return g_strsplit (names != NULL ? names : "", ",", -1);
}

MoeAccelerators *
moe_told_accelerators (GHashTable *facts)
{
  g_auto (GStrv) names = names_of (facts);
  MoeAccelerators *all = moe_accelerators_look_at (NULL, 0);
  for (gsize i = 0; names[i] != NULL; i++)
    if (names[i][0] != '\0')
      take_choice (facts, names[i], all);
  return all;
}

/* --- a forecast --- */

void
moe_told_forecast (GHashTable *facts, MoeToldForecast *told)
{
  const char *fits = find (facts, "forecast.1.fits");
  const char *reason = find (facts, "forecast.1.reason");
  *told = (MoeToldForecast){
    .points = moe_number_read_size (find (facts, "forecast.1.points")),
    .accelerator = find (facts, "accelerator"),
    .why = find (facts, "accelerator_why"),
    .problem = g_strcmp0 (fits, "no") != 0 ? NULL
               : reason != NULL            ? reason
                                           : _ ("It does not fit there."),
  };
  MoeForecast *forecast = &told->forecast;
  forecast->memory.total_bytes = moe_number_read_size (find (facts, "forecast.1.memory_bytes"));
  forecast->routing_bytes = moe_number_read_size (find (facts, "forecast.1.routing_bytes"));
  forecast->available_bytes = moe_number_read_size (find (facts, "forecast.1.available_bytes"));
  forecast->flops_total = moe_number_read (find (facts, "forecast.1.flop"));
  forecast->time_total_s = moe_number_read (find (facts, "forecast.1.time_s"));
  forecast->time_least_s = moe_number_read (find (facts, "forecast.1.time_least_s"));
  forecast->time_most_s = moe_number_read (find (facts, "forecast.1.time_most_s"));
  forecast->fits = told->problem == NULL;
}

/* --- in words --- */

static void
append (GString *line, const char *part)
{
  if (part != NULL)
    g_string_append_printf (line, "%s%s", line->len > 0 ? " · " : "", part);
}

char *
moe_told_machine (GHashTable *facts)
{
  GString *line = g_string_new (NULL);
  gsize cores = moe_number_read_size (find (facts, "physical_cores"));
  append (line, find (facts, "host"));
  append (line, find (facts, "cpu"));
  if (cores > 0)
    {
      g_autofree char *text =
          g_strdup_printf (g_dngettext (NULL, "%zu core", "%zu cores", cores), cores);
      append (line, text);
    }
  append (line, find (facts, "memory"));
  return g_string_free (line, FALSE);
}

/* "202 GF/s in float32, 440 GF/s in bfloat16", what was measured; or the data types. */
static char *
describe_rates (GHashTable *facts, const MoeAcceleratorChoice *choice)
{
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  for (int dtype = 0; dtype < MOE_N_DTYPES; dtype++)
    {
      if (choice->reasons[dtype] != NULL)
        continue;
      double rate = moe_number_read (
          find_of (facts, "accelerator.%s.%s.dense_flop_per_s", choice->name, dtype_name (dtype)));
      g_autofree char *figure = isfinite (rate) ? moe_text_flop_rate (rate) : NULL;
      g_autofree char *part = figure != NULL
                                  ? g_strdup_printf (_ ("%s in %s"), figure, dtype_name (dtype))
                                  : g_strdup (dtype_name (dtype));
      g_strv_builder_add (parts, part);
    }
  g_auto (GStrv) list = g_strv_builder_end (parts);
  return list[0] != NULL ? g_strjoinv (", ", list) : NULL;
}

char *
moe_told_limits (GHashTable *facts)
{
  g_autoptr (MoeAccelerators) all = moe_told_accelerators (facts);
  GString *lines = g_string_new (NULL);
  for (gsize i = 0; i < moe_accelerators_get_n (all); i++)
    {
      const MoeAcceleratorChoice *choice = moe_accelerators_get (all, i);
      g_autofree char *rates = describe_rates (facts, choice);
      g_string_append_printf (lines, "%s%s: ", i > 0 ? "\n" : "", choice->title);
      if (rates != NULL && choice->device_text != NULL)
        g_string_append_printf (lines, "%s · ", choice->device_text);
      g_string_append (lines, rates != NULL ? rates : choice->reasons[0]);
    }
  return g_string_free (lines, FALSE);
}

/* --- another version --- */

/* Of a choice the values that are not among those there. */
static void
add_values (GStrvBuilder *lacking, const MoeOptionSpec *spec, const char *there)
{
  g_auto (GStrv) known = g_strsplit (there, "|", -1);
  for (gsize i = 0; spec->choice != NULL && i < spec->names->n; i++)
    if (!g_strv_contains ((const char *const *)known, spec->names->names[i]))
      {
        g_autofree char *value = g_strdup_printf ("--%s %s", spec->name, spec->names->names[i]);
        g_strv_builder_add (lacking, value);
      }
}

char **
moe_told_lacks (GHashTable *facts)
{
  gsize n;
  gboolean told = FALSE;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  g_autoptr (GStrvBuilder) lacking = g_strv_builder_new ();
  for (gsize i = 0; i < n; i++)
    {
      const char *there = find_of (facts, "option.%s", specs[i].name);
      g_autofree char *option = g_strdup_printf ("--%s", specs[i].name);
      told = told || there != NULL;
      if (there != NULL)
        add_values (lacking, &specs[i], there);
      else
        g_strv_builder_add (lacking, option);
    }
  return told ? g_strv_builder_end (lacking) : NULL;
}

char *
moe_told_version (GHashTable *facts)
{
  const char *version = find (facts, "version");
  g_auto (GStrv) lacking = moe_told_lacks (facts);
  g_autofree char *list = lacking != NULL ? g_strjoinv (", ", lacking) : NULL;
  gboolean same = g_strcmp0 (version, NULLCURVE_VERSION) == 0;
  if (list != NULL && list[0] != '\0')
    return g_strdup_printf (_ ("Its version is %s, this one's %s: it does not have %s."),
                            version != NULL ? version : "?", NULLCURVE_VERSION, list);
  if (same)
    return NULL;
  return g_strdup_printf (
      list != NULL ? _ ("Its version is %s, this one's %s: it has all options of this one.")
                   : _ ("Its version is %s, this one's %s: what that one does not know it will "
                        "refuse."),
      version != NULL ? version : "?", NULLCURVE_VERSION);
}
