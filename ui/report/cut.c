/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/report/cut.h"

#include <glib/gi18n.h>

#include "ui/words/cells.h"

enum
{
  LEAST_SHARE = 50
};

typedef struct Keep
{
  gsize *left;
} Keep;

static gboolean
is_among_first (const MoeRecord *record, gconstpointer data)
{
  const Keep *keep = data;
  if (*keep->left == 0)
    return FALSE;
  (*keep->left)--;
  return TRUE;
}

static gsize
count_points (const GPtrArray *runs, guint n_runs)
{
  gsize n = 0;
  for (guint i = 0; i < n_runs; i++)
    n += moe_run_get_n_records (g_ptr_array_index (runs, i));
  return n;
}

static GString *
begin_told (GString *told)
{
  return told != NULL ? told : g_string_new (NULL);
}

/* A run with its first points, and an item of the list that says so. */
static MoeRun *
cut_run (const MoeRun *run, gsize most, GString *told)
{
  gsize left = most;
  Keep keep = { &left };
  MoeRun *first = moe_run_subset (run, is_among_first, &keep);
  g_autofree char *title = moe_cell_clean (moe_run_get_title (run), "|\\`*[]<#");
  g_string_append_printf (told,
                          _ ("- %s has %zu points, and this report is of the first %zu; the others "
                             "are in its file.\n"),
                          title, moe_run_get_n_records (run), most);
  return first;
}

GPtrArray *
nullcurve_report_cut (const GPtrArray *runs, GString **told)
{
  GPtrArray *cut = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  guint n_runs = MIN (runs->len, (guint)NULLCURVE_REPORT_MOST_RUNS);
  gboolean many = count_points (runs, n_runs) > NULLCURVE_REPORT_MOST_POINTS;
  gsize most = MAX (LEAST_SHARE, NULLCURVE_REPORT_MOST_POINTS / MAX (n_runs, 1));
  *told = NULL;
  if (n_runs < runs->len)
    g_string_append_printf (*told = begin_told (*told),
                            _ ("- There are %u runs, and this report is of the first %u.\n"),
                            runs->len, n_runs);
  for (guint i = 0; i < n_runs; i++)
    {
      MoeRun *run = g_ptr_array_index (runs, i);
      if (many && moe_run_get_n_records (run) > most)
        g_ptr_array_add (cut, cut_run (run, most, *told = begin_told (*told)));
      else
        g_ptr_array_add (cut, moe_run_ref (run));
    }
  return cut;
}
