/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/export/provenance.h"

#include <string.h>

/* What a stranger needs; the other facts stay in the run's own file. */
static const char *const told[] = {
  "tool",   "version", "date", "host",         "cpu",         "cores",  "memory",     "governor",
  "os",     "kernel",  "blas", "blas kernels", "accelerator", "device", "threads",    "ranks",
  "shards", "dtype",   "seed", "options",      "command",     "source", "provenance", "warning",
};

static void
append_run (GString *text, const MoeRun *run)
{
  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append_printf (text, "%s\n", moe_run_get_title (run));
  for (gsize i = 0; i < G_N_ELEMENTS (told); i++)
    {
      const char *value = moe_run_get_fact (run, told[i]);
      if (value != NULL)
        g_string_append_printf (text, "%s: %s\n", told[i], value);
    }
}

char *
nullcurve_provenance_full (MoeRun *const *runs, gsize n_runs)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (gsize i = 0; i < n_runs; i++)
    append_run (text, runs[i]);
  if (text->len == 0)
    return NULL;
  g_string_truncate (text, text->len - 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
append_part (GString *line, const char *before, const char *value, const char *after)
{
  if (value == NULL || *value == '\0')
    return;
  g_string_append_printf (line, "%s%s%s", before, value, after);
}

static void
append_caption (GString *text, const MoeRun *run)
{
  const char *library = moe_run_get_fact (run, "blas");
  const char *date = moe_run_get_fact (run, "date");
  g_autofree char *day = date != NULL ? g_strndup (date, strcspn (date, "T")) : NULL;

  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, moe_run_get_title (run));
  append_part (text, ": ", moe_run_get_fact (run, "cpu"), "");
  append_part (text, ", ", moe_run_get_fact (run, "threads"), " threads");
  append_part (text, ", ", library != NULL ? library : moe_run_get_fact (run, "accelerator"), "");
  append_part (text, ", ", moe_run_get_fact (run, "dtype"), "");
  append_part (text, ", ", day, "");
  append_part (text, ", Nullcurve ", moe_run_get_fact (run, "version"), "");
}

char *
nullcurve_provenance_caption (MoeRun *const *runs, gsize n_runs)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (gsize i = 0; i < n_runs; i++)
    append_caption (text, runs[i]);
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}
