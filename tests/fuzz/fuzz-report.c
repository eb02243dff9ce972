/* SPDX-License-Identifier: Apache-2.0 */
/* Any file that can be read, told: tables, report, charts.  What a stranger's file says ends up
 * escaped, and every number that can be read can be drawn. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "engine/formats/formats.h"
#include "ui/report/report.h"
#include "ui/words/logbook.h"
#include "ui/words/tables.h"

enum
{
  MOST_RECORDS = 40,
  MOST_SAMPLES = 400
};

static gboolean
is_short (const MoeRun *run)
{
  gsize n = moe_run_get_n_records (run), n_samples = 0;
  for (gsize i = 0; i < n; i++)
    n_samples += moe_run_get_record (run, i)->n_samples;
  return n <= MOST_RECORDS && n_samples <= MOST_SAMPLES;
}

/* Clean text; a newline is the one control character that it may have. */
static void
require_clean (const GString *text)
{
  fuzz_require (strlen (text->str) == text->len && g_utf8_validate (text->str, -1, NULL));
  for (gsize i = 0; i < text->len; i++)
    fuzz_require ((guchar)text->str[i] >= 0x20 || text->str[i] == '\n');
}

static void
tell (GPtrArray *runs)
{
  MoeRun *run = g_ptr_array_index (runs, 0);
  MoeRun *const *all = (MoeRun *const *)runs->pdata;
  g_autoptr (GString) points = moe_tables_points (run);
  g_autoptr (GString) stages = moe_tables_stages (run);
  g_autoptr (GString) routing = moe_tables_routing (run);
  g_autoptr (GString) logbook = moe_tables_logbook (all, runs->len, 0);
  g_autoptr (GString) efficiency = moe_tables_efficiency (all, runs->len);
  g_autoptr (GString) markdown = nullcurve_report_markdown (runs);
  g_autoptr (GString) html = nullcurve_report_html (runs);
  const GString *texts[] = { points, logbook, markdown, html, stages, routing, efficiency };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i] != NULL) /* there are no stages to tell of */
      require_clean (texts[i]);
  fuzz_require (strstr (html->str, "<script") == NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_begin ();
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  MoeRun *run = moe_formats_read_data ((const char *)data, size, "foreign", NULL);
  if (run != NULL)
    g_ptr_array_add (runs, run);
  /* Against itself, as of two files: all that compares is in it too. */
  if (run != NULL)
    g_ptr_array_add (runs, moe_run_ref (run));
  if (run != NULL && is_short (run))
    tell (runs);
  fuzz_end ();
  return 0;
}
