/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gi18n.h>
#include <string.h>

#include "ui/report/sections-private.h"
#include "ui/words/grid.h"
#include "ui/words/tables.h"

enum
{
  MAX_SHOWN_FACT = 2000 /* characters */
};

void
nullcurve_report_add_logbook (NullcurveReport *report)
{
  nullcurve_report_add_text (
      report, moe_tables_logbook ((MoeRun *const *)report->runs->pdata, report->runs->len, 0));
}

static void
add_efficiency (NullcurveReport *report)
{
  g_autoptr (GString) table =
      moe_tables_efficiency ((MoeRun *const *)report->runs->pdata, report->runs->len);
  GString *text = nullcurve_report_heading (_ ("Null efficiency"));
  g_string_append_printf (text, "\n%s\n\n",
                          _ ("Tokens/s relative to f = 0, times 1 - f: 1 means that all removed "
                             "work became speed."));
  if (table != NULL)
    g_string_append (text, table->str);
  else
    g_string_append_printf (text, "%s\n", _ ("No curve has a row at f = 0 to compare with."));
  nullcurve_report_add_text (report, text);
}

/* A section with a table of each run that has one. */
static void
add_run_tables (NullcurveReport *report,
                const char *heading,
                const char *words,
                GString *(*make) (const MoeRun *))
{
  GString *text = nullcurve_report_heading (heading);
  gsize n = 0;
  if (words != NULL)
    g_string_append_printf (text, "\n%s\n", words);
  for (guint i = 0; i < report->runs->len; i++)
    {
      g_autoptr (GString) table = make (nullcurve_report_get_run (report->runs, i));
      if (table == NULL)
        continue;
      n++;
      nullcurve_report_append_run_heading (report, text,
                                           nullcurve_report_get_run (report->runs, i));
      g_string_append_printf (text, "\n%s", table->str);
    }
  if (n > 0)
    nullcurve_report_add_text (report, text);
  else
    g_string_free (text, TRUE);
}

static void
add_stages (NullcurveReport *report)
{
  gsize before = report->parts->len;
  add_run_tables (
      report, _ ("Stages"),
      _ ("Share of each stage in the time of a step, in percent. A stage whose share rises with f "
         "scales worse than the work that is removed."),
      moe_tables_stages);
  if (report->parts->len > before)
    nullcurve_report_add_stage_charts (report);
}

/* --- where it comes from --- */

static gboolean
is_long_fact (const char *key)
{
  return strcmp (key, "command") == 0 || strcmp (key, "options") == 0;
}

static GString *
environment_table (const MoeRun *run)
{
  MoeGrid grid;
  g_autofree char *load = moe_run_describe_load (run);
  moe_grid_init (&grid);
  moe_grid_add (&grid, _ ("fact"));
  moe_grid_add (&grid, _ ("value"));
  grid.n_left = 2;
  moe_grid_begin_row (&grid);
  moe_grid_add (&grid, _ ("rows"));
  moe_grid_add (&grid, load);
  for (gsize i = 0; i < moe_run_get_n_facts (run); i++)
    {
      const char *value = moe_run_get_fact_value (run, i);
      if (is_long_fact (moe_run_get_fact_key (run, i)))
        continue;
      g_autofree char *shown =
          g_utf8_substring (value, 0, MIN (g_utf8_strlen (value, -1), MAX_SHOWN_FACT));
      moe_grid_begin_row (&grid);
      moe_grid_add (&grid, moe_run_get_fact_key (run, i));
      moe_grid_add (&grid, shown);
    }
  GString *table = moe_grid_to_markdown (&grid);
  moe_grid_clear (&grid);
  return table;
}

/* A block of code whose fence is longer than any in it. */
static void
append_code (GString *text, const char *code)
{
  gsize longest = 2, now = 0;
  g_autofree char *fence = NULL;
  for (const char *c = code; *c != '\0'; c++)
    {
      now = *c == '`' ? now + 1 : 0;
      longest = MAX (longest, now);
    }
  fence = g_strnfill (longest + 1, '`');
  g_string_append_printf (text, "\n%s\n", fence);
  for (const char *c = code; *c != '\0'; c++)
    g_string_append_c (text, g_ascii_iscntrl (*c) ? ' ' : *c);
  g_string_append_printf (text, "\n%s\n", fence);
}

static void
add_commands (NullcurveReport *report)
{
  GString *text = nullcurve_report_heading (_ ("Command lines"));
  gsize n = 0;
  for (guint i = 0; i < report->runs->len; i++)
    {
      const MoeRun *run = nullcurve_report_get_run (report->runs, i);
      const char *command = moe_run_get_fact (run, "command");
      const char *options = moe_run_get_fact (run, "options");
      if (command == NULL && options == NULL)
        continue;
      n++;
      nullcurve_report_append_run_heading (report, text, run);
      if (command != NULL)
        append_code (text, command);
      if (options != NULL)
        {
          g_string_append_printf (text, "\n%s\n", _ ("with these options in force:"));
          append_code (text, options);
        }
    }
  if (n > 0)
    nullcurve_report_add_text (report, text);
  else
    g_string_free (text, TRUE);
}

void
nullcurve_report_add_tables (NullcurveReport *report)
{
  add_efficiency (report);
  add_stages (report);
  add_run_tables (report, _ ("Points"), NULL, moe_tables_points_markdown);
  add_run_tables (report, _ ("Routing"),
                  _ ("Assignments of each expert, lengths of runs of tokens with the same best "
                     "expert, and what "
                     "capacities and shards did."),
                  moe_tables_routing);
  add_run_tables (report, _ ("Environment"), NULL, environment_table);
  add_commands (report);
}
