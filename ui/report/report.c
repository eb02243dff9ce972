/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/report/report.h"

#include <glib/gi18n.h>

#include "engine/formats/formats.h"
#include "ui/report/page.h"

G_DEFINE_QUARK (nullcurve - report - error - quark, nullcurve_report_error)

typedef enum Form
{
  FORM_UNKNOWN,
  FORM_MARKDOWN,
  FORM_HTML,
} Form;

static Form
form_of (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);
  if (g_str_has_suffix (lower, ".md"))
    return FORM_MARKDOWN;
  return g_str_has_suffix (lower, ".html") || g_str_has_suffix (lower, ".htm") ? FORM_HTML
                                                                               : FORM_UNKNOWN;
}

gboolean
nullcurve_report_knows_extension (const char *path)
{
  return form_of (path) != FORM_UNKNOWN;
}

GString *
nullcurve_report_markdown (GPtrArray *runs)
{
  g_autoptr (GPtrArray) parts = nullcurve_report_parts_new (runs, FALSE);
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < parts->len; i++)
    {
      const NullcurveReportPart *part = g_ptr_array_index (parts, i);
      g_string_append (text, i > 0 ? "\n" : "");
      g_string_append (text, part->markdown);
    }
  return text;
}

GString *
nullcurve_report_html (GPtrArray *runs)
{
  g_autoptr (GPtrArray) parts = nullcurve_report_parts_new (runs, TRUE);
  return nullcurve_report_page (runs, parts);
}

static gboolean
has_points (const GPtrArray *runs)
{
  for (guint i = 0; i < runs->len; i++)
    if (moe_run_get_n_records (g_ptr_array_index (runs, i)) > 0)
      return TRUE;
  return FALSE;
}

gboolean
nullcurve_report_write (GPtrArray *runs, GFile *file, GError **error)
{
  g_autofree char *name = g_file_get_parse_name (file);
  Form form = form_of (name);
  if (form == FORM_UNKNOWN)
    {
      g_set_error (error, NULLCURVE_REPORT_ERROR, NULLCURVE_REPORT_ERROR_EXTENSION,
                   _ ("The report “%s” has no known extension: it must end in .md, .html or .htm."),
                   name);
      return FALSE;
    }
  if (!has_points (runs))
    {
      g_set_error (error, NULLCURVE_REPORT_ERROR, NULLCURVE_REPORT_ERROR_EMPTY,
                   _ ("The report “%s” is not written: there is no measured point to report."),
                   name);
      return FALSE;
    }
  g_autoptr (GString) text =
      form == FORM_HTML ? nullcurve_report_html (runs) : nullcurve_report_markdown (runs);
  return moe_formats_write_text (text, file, error);
}
