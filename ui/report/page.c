/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/report/page.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/judge/findings.h"
#include "engine/records/numbers.h"
#include "ui/export/export.h"
#include "ui/report/markdown.h"
#include "ui/words/conclusion.h"
#include "ui/words/rest.h"

/* The backgrounds are those of the charts, so that these have no edges. */
static const char style[] =
    ":root{color-scheme:light dark;--bg:#fafafa;--text:#2e3436;--dim:#5f6366;--line:#0000001f;"
    "--faint:#0000000a;--card:#fff;--accent:#00639c}\n"
    "@media screen and (prefers-color-scheme:dark){:root{--bg:#242424;--text:#f0f0f0;--dim:#b0b0b0;"
    "--line:#ffffff26;--faint:#ffffff0d;--card:#2d2d2d;--accent:#7cc4f4}}\n"
    "*{box-sizing:border-box}\n"
    "html{scroll-behavior:smooth}\n"
    "body{margin:0;background:var(--bg);color:var(--text);"
    "font:15px/1.55 Cantarell,\"Adwaita Sans\",Inter,system-ui,sans-serif}\n"
    "main{max-width:1120px;margin:0 auto;padding:40px 24px 64px}\n"
    "h1{font-size:30px;line-height:1.2;margin:0 0 20px;letter-spacing:-.01em;text-wrap:balance}\n"
    "h2{font-size:20px;line-height:1.3;margin:44px 0 14px;padding-top:18px;"
    "border-top:1px solid var(--line)}\n"
    "h3{font-size:15.5px;margin:26px 0 8px}\n"
    "p{margin:0 0 12px;max-width:80ch}\n"
    "ul{margin:0 0 14px;padding-left:22px}\n"
    "li{margin:5px 0;max-width:86ch}\n"
    "li.sub{list-style:none}\n"
    "a{color:var(--accent)}\n"
    "code{font:.92em ui-monospace,\"Source Code Pro\",Menlo,Consolas,monospace;"
    "background:var(--faint);border-radius:4px;padding:1px 4px}\n"
    "td code{background:none;padding:0}\n"
    "pre{background:var(--faint);border:1px solid var(--line);border-radius:8px;"
    "padding:12px 14px;margin:0 0 14px;white-space:pre-wrap;overflow-wrap:anywhere}\n"
    "pre code{background:none;padding:0}\n"
    ".table{overflow-x:auto;margin:0 0 16px}\n"
    "table{border-collapse:collapse;font-size:13.5px;line-height:1.4;"
    "font-variant-numeric:tabular-nums}\n"
    "th,td{text-align:left;padding:6px 14px 6px 0;border-bottom:1px solid var(--line);"
    "vertical-align:top}\n"
    "th{color:var(--dim);font-weight:600;vertical-align:bottom}\n"
    ".n{text-align:right}td.n{white-space:nowrap}\n"
    "td:first-child,th:first-child{padding-left:4px}\n"
    "tbody tr:hover{background:var(--faint)}\n"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(210px,1fr));gap:12px;"
    "margin:0 0 24px;padding:0}\n"
    ".tile{border:1px solid var(--line);border-radius:12px;padding:14px 16px;"
    "background:var(--card)}\n"
    ".tile dt{color:var(--dim);font-size:13px}\n"
    ".tile dd{margin:0}\n"
    ".tile .value{font-size:27px;line-height:1.25;font-weight:650;margin:3px 0 4px;"
    "font-variant-numeric:tabular-nums;overflow-wrap:anywhere}\n"
    ".tile .note{color:var(--dim);font-size:13px;line-height:1.4;overflow-wrap:anywhere}\n"
    "nav{font-size:13.5px;color:var(--dim);margin:6px 0 0;line-height:1.9}\n"
    "nav a{white-space:nowrap;margin-right:16px;text-decoration:none}\n"
    "nav a:hover{text-decoration:underline}\n"
    "figure{margin:18px 0 30px}\n"
    "figure img{display:block;width:100%;height:auto}\n"
    "footer{color:var(--dim);font-size:13px;margin-top:56px;padding-top:16px;"
    "border-top:1px solid var(--line)}\n"
    "@media(max-width:640px){main{padding:24px 16px 48px}h1{font-size:24px}}\n"
    "@media print{:root{--bg:#fff;--faint:#f6f6f6}body{font-size:9.5pt}"
    "main{max-width:none;padding:0}nav{display:none}h1{font-size:19pt}"
    "h2{font-size:13pt;margin-top:26px}h2,h3{break-after:avoid}"
    ".tiles{grid-template-columns:repeat(auto-fit,minmax(140px,1fr))}.tile{padding:8px 10px}"
    ".tile .value{font-size:17pt}p:has(+.table){break-after:avoid}"
    "figure,.tile,tr,pre{break-inside:avoid}.table{overflow:visible}table{font-size:7.5pt}"
    "th,td{padding:3px 7px 3px 0}a{color:inherit}}\n";

static void
append_head (GString *html, const char *title)
{
  g_string_append (html, "<!DOCTYPE html>\n<html lang=\"");
  /* Translators: the code of your language, as HTML has it */
  nullcurve_html_append_text (html, C_ ("HTML", "en"));
  g_string_append (html,
                   "\">\n<head>\n<meta charset=\"utf-8\">\n"
                   /* Whatever a hostile title may manage, it can run or fetch nothing. */
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                   "img-src data:; style-src 'unsafe-inline'\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n"
                   "<meta name=\"generator\" content=\"Nullcurve " NULLCURVE_VERSION "\">\n"
                   "<title>");
  nullcurve_html_append_text (html, title);
  g_string_append_printf (html, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", style);
}

/* --- tiles --- */

static void
append_tile (GString *html, const char *name, const char *value, const char *note)
{
  g_string_append (html, "<div class=\"tile\"><dt>");
  nullcurve_html_append_text (html, name);
  g_string_append (html, "</dt><dd class=\"value\">");
  nullcurve_html_append_text (html, value);
  g_string_append (html, "</dd><dd class=\"note\">");
  nullcurve_html_append_text (html, note);
  g_string_append (html, "</dd></div>\n");
}

static char *
name_place (const MoeFinding *finding)
{
  char shape[MOE_SHAPE_TEXT_SIZE] = "";
  if (finding->last->has_shape)
    moe_shape_format (&finding->last->shape, shape);
  g_autoptr (GString) fraction = g_string_new (NULL);
  moe_number_append_shortest (fraction, round (1000 * finding->last->null_target) / 1000);
  return g_strdup_printf (_ ("top-%d at f = %s, %s"), (int)finding->last->topk, fraction->str,
                          shape);
}

static void
append_gain_tiles (GString *html, const MoeGains *gains)
{
  const MoeFinding *best = gains->largest, *least = gains->least;
  if (best == NULL)
    return;
  g_autofree char *gain = moe_number_fixed (best->speedup.median, 2, "×");
  g_autofree char *gain_place = name_place (best);
  g_autofree char *gain_note = g_strdup_printf (
      best->kind == MOE_SPEEDUP_RATES ? _ ("over f = 0: %s; a single figure, without an interval")
                                      : _ ("over f = 0: %s"),
      gain_place);
  g_autofree char *share = moe_number_fixed (100 * best->realised, 1, " %");
  g_autofree char *low = moe_number_fixed (100 * least->realised, 1, " %");
  g_autofree char *place = name_place (least);
  g_autofree char *note = g_strdup_printf (_ ("of 1/(1 − f) there; least: %s, %s"), low, place);
  append_tile (html, _ ("Largest gain"), gain, gain_note);
  append_tile (html, _ ("Realised of the ideal"), share, note);
}

static void
append_trend_tile (GString *html, const GPtrArray *findings)
{
  MoeTrend trend = moe_findings_trend (findings, 0, findings->len);
  g_autofree char *value = g_strdup_printf (_ ("%zu of %zu curves"), trend.rising, trend.curves);
  g_autofree char *note =
      g_strdup_printf (_ ("from the lowest to the highest fraction; of %zu steps %zu rise, %zu "
                          "fall"),
                       trend.steps, trend.rises, trend.falls);
  append_tile (html, _ ("Rise with f"), value, note);
}

static void
append_stage_tile (GString *html, const MoeGains *gains)
{
  const gsize *leads = gains->leads;
  int most = 0;
  for (int i = 0; i < MOE_N_STAGE_KINDS; i++)
    if (leads[i] > leads[most])
      most = i;
  if (leads[most] == 0)
    return;
  g_autofree char *note =
      g_strdup_printf (_ ("the largest part of what ideal scaling does not leave, in %zu of %zu "
                          "curves"),
                       leads[most], gains->told);
  append_tile (html, _ ("Eats the rest"), nullcurve_words_stage_kind (most), note);
}

static void
append_tiles (GString *html, GPtrArray *runs)
{
  g_autoptr (GPtrArray) findings = moe_findings_new ((MoeRun *const *)runs->pdata, runs->len);
  MoeGains gains = moe_findings_gains (findings, 0, findings->len);
  if (findings->len == 0)
    return;
  g_string_append (html, "<dl class=\"tiles\">\n");
  append_gain_tiles (html, &gains);
  append_trend_tile (html, findings);
  append_stage_tile (html, &gains);
  g_string_append (html, "</dl>\n");
}

/* --- parts --- */

/* Up to the first comma or colon, without marks. */
static void
append_short_heading (GString *html, const char *heading)
{
  g_autofree char *text = g_strndup (heading, strcspn (heading, ",:"));
  char *to = text;
  for (const char *from = text; *from != '\0'; from++)
    if (*from != '`')
      *to++ = *from;
  *to = '\0';
  nullcurve_html_append_text (html, text);
}

/* Links to the second headings of all parts. */
static void
append_contents (GString *html, const GPtrArray *parts)
{
  g_string_append (html, "<nav aria-label=\"");
  nullcurve_html_append_text (html, _ ("Contents"));
  g_string_append (html, "\">\n");
  for (guint i = 0; i < parts->len; i++)
    {
      const NullcurveReportPart *part = g_ptr_array_index (parts, i);
      const char *at = part->markdown != NULL ? part->markdown : "";
      for (; *at != '\0'; at += strcspn (at, "\n"), at += *at == '\n')
        {
          g_autofree char *line = g_strndup (at, strcspn (at, "\n"));
          if (!g_str_has_prefix (line, "## "))
            continue;
          g_string_append (html, "<a href=\"#");
          nullcurve_markdown_append_id (html, line + 3);
          g_string_append (html, "\">");
          append_short_heading (html, line + 3);
          g_string_append (html, "</a>\n");
        }
    }
  g_string_append (html, "</nav>\n");
}

/* FALSE when the chart cannot be drawn, which only lack of memory can bring about. */
static gboolean
append_image (GString *html, const NullcurveReportPart *part, NullcurveStyleKind kind)
{
  NullcurveExportOptions options;
  nullcurve_export_options_init (&options);
  options.width = NULLCURVE_REPORT_FIGURE_WIDTH;
  options.height = part->height;
  options.style = kind;
  g_autoptr (GBytes) svg = nullcurve_chart_export_bytes (part->figure, NULLCURVE_EXPORT_SVG,
                                                         _ ("of the report"), &options, NULL);
  if (svg == NULL)
    return FALSE;
  g_autofree char *encoded = g_base64_encode (g_bytes_get_data (svg, NULL), g_bytes_get_size (svg));
  g_string_append_printf (html, "data:image/svg+xml;base64,%s", encoded);
  return TRUE;
}

/* Images, not elements: each has its own names, and none can reach into the page. */
static void
append_figure (GString *html, const NullcurveReportPart *part)
{
  gsize start = html->len;
  g_string_append (html, "<figure><picture><source media=\"screen and "
                         "(prefers-color-scheme: dark)\" srcset=\"");
  gboolean drawn = append_image (html, part, NULLCURVE_STYLE_DARK);
  g_string_append_printf (html, "\"><img width=\"%.0f\" height=\"%.0f\" src=\"",
                          NULLCURVE_REPORT_FIGURE_WIDTH, part->height);
  drawn = drawn && append_image (html, part, NULLCURVE_STYLE_LIGHT);
  g_string_append (html, "\" alt=\"");
  nullcurve_html_append_text (html, part->description);
  g_string_append (html, "\"></picture></figure>\n");
  if (drawn)
    return;
  g_string_truncate (html, start);
  g_string_append (html, "<p>");
  nullcurve_html_append_text (html, _ ("A chart could not be drawn here."));
  g_string_append (html, "</p>\n");
}

GString *
nullcurve_report_page (GPtrArray *runs, const GPtrArray *parts)
{
  GString *html = g_string_new (NULL);
  g_autofree char *title = nullcurve_report_title (runs);
  append_head (html, title);
  for (guint i = 0; i < parts->len; i++)
    {
      const NullcurveReportPart *part = g_ptr_array_index (parts, i);
      if (part->figure != NULL)
        append_figure (html, part);
      else
        nullcurve_markdown_to_html (html, part->markdown);
      if (i == 0)
        append_tiles (html, runs);
      else if (i == 1)
        append_contents (html, parts);
    }
  g_autofree char *written = g_strdup_printf (
      _ ("Written by Nullcurve %s. This file is complete in itself."), NULLCURVE_VERSION);
  g_string_append (html, "<footer>");
  nullcurve_html_append_text (html, written);
  g_string_append (html, "</footer>\n</main>\n</body>\n</html>\n");
  return html;
}
