/* SPDX-License-Identifier: Apache-2.0 */
#include "app/command-line/chart.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/command-line/error.h"
#include "engine/options/number.h"

#define LOOK(member) G_STRUCT_OFFSET (NullcurveBenchChart, member)

/* Every option, and whether only a file heeds it. */
static const struct
{
  const char *name;
  gsize offset;
  gboolean is_flag;
  gboolean is_of_file;
} options[] = {
  { "chart-view", LOOK (view), FALSE, FALSE },
  { "chart-scale", LOOK (scale), FALSE, FALSE },
  { "chart-facets", LOOK (facets), FALSE, FALSE },
  { "chart-along", LOOK (along), FALSE, FALSE },
  { "chart-x-ideal", LOOK (x_ideal), TRUE, FALSE },
  { "chart-x-experts", LOOK (x_experts), TRUE, FALSE },
  { "chart-log-y", LOOK (log_y), TRUE, FALSE },
  { "chart-limits", LOOK (limits), TRUE, FALSE },
  { "chart-run", LOOK (run), FALSE, FALSE },
  { "chart-curve", LOOK (curve), FALSE, FALSE },
  { "chart-phase", LOOK (phase), FALSE, FALSE },
  { "chart-stage-scale", LOOK (stage_scale), FALSE, FALSE },
  { "chart-load-scale", LOOK (load_scale), FALSE, FALSE },
  { "chart-what-if", LOOK (what_if), FALSE, FALSE },
  { "chart-at", LOOK (at), FALSE, FALSE },
  { "chart-size", LOOK (size), FALSE, TRUE },
  { "chart-letters", LOOK (letters), FALSE, TRUE },
  { "chart-dpi", LOOK (dpi), FALSE, TRUE },
  { "chart-look", LOOK (look), FALSE, TRUE },
  { "chart-caption", LOOK (caption), FALSE, TRUE },
  { "chart-no-title", LOOK (no_title), TRUE, TRUE },
  { "chart-no-legend", LOOK (no_legend), TRUE, TRUE },
};

static gboolean
is_given (const NullcurveBenchChart *given, gsize option)
{
  return options[option].is_flag
             ? G_STRUCT_MEMBER (gboolean, given, options[option].offset)
             : G_STRUCT_MEMBER (const char *, given, options[option].offset) != NULL;
}

/* --- values --- */

static gboolean
refuse_value (const char *option, const char *text, const char *allowed, GError **error)
{
  g_autofree char *shown = g_utf8_make_valid (text, -1);
  return nullcurve_bench_refuse (error, _ ("--%s \"%s\" is not one of its values: allowed is %s."),
                                 option, shown, allowed);
}

/* Keeps *value where nothing was given. */
static gboolean
read_name (const char *option,
           const char *text,
           const MoeNames *names,
           gsize n,
           int *value,
           GError **error)
{
  const MoeNames allowed = { names->names, n };
  g_autoptr (GString) list = g_string_new (NULL);
  if (text == NULL || moe_name_parse (&allowed, text, value))
    return TRUE;
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", names->names[i]);
  return refuse_value (option, text, list->str, error);
}

static gboolean
read_number (const char *option,
             const char *text,
             NullcurveExportNumber number,
             NullcurveExportChoice *choice,
             GError **error)
{
  double value, least, most;
  if (text == NULL
      || (moe_options_parse_real (text, strlen (text), &value) == MOE_NUMBER_OK
          && nullcurve_export_choice_set_number (choice, number, value)))
    return TRUE;
  nullcurve_export_number_range (number, &least, &most);
  g_autofree char *allowed = g_strdup_printf (_ ("a number from %g to %g"), least, most);
  return refuse_value (option, text, allowed, error);
}

/* "7x4.5", in inches. */
static gboolean
read_sides (const char *text, NullcurveExportChoice *choice)
{
  double width, height;
  const char *cross = strchr (text, 'x');
  return cross != NULL
         && moe_options_parse_real (text, (gsize)(cross - text), &width) == MOE_NUMBER_OK
         && moe_options_parse_real (cross + 1, strlen (cross + 1), &height) == MOE_NUMBER_OK
         && nullcurve_export_choice_set_number (choice, NULLCURVE_EXPORT_WIDTH, width)
         && nullcurve_export_choice_set_number (choice, NULLCURVE_EXPORT_HEIGHT, height);
}

/* A preset's name, or width and height. */
static gboolean
read_size (const char *text, NullcurveExportChoice *choice, GError **error)
{
  int preset;
  double least, most;
  const MoeNames names = { nullcurve_export_preset_names.names, NULLCURVE_EXPORT_CUSTOM };
  if (text == NULL)
    return TRUE;
  if (moe_name_parse (&names, text, &preset))
    {
      nullcurve_export_choice_set_preset (choice, (NullcurveExportPreset)preset);
      return TRUE;
    }
  if (read_sides (text, choice))
    return TRUE;
  nullcurve_export_number_range (NULLCURVE_EXPORT_WIDTH, &least, &most);
  g_autofree char *allowed = g_strdup_printf (
      _ ("column, columns, slide, or width and height in inches, as 7x4.5, each %g to %g"), least,
      most);
  return refuse_value ("chart-size", text, allowed, error);
}

static gboolean
read_run (const char *text, const NullcurveBenchWanted *wanted, gsize *run, GError **error)
{
  guint64 number = 0;
  if (text == NULL)
    return TRUE;
  if (moe_options_parse_whole (text, strlen (text), &number) == MOE_NUMBER_OK && number > 0
      && number <= wanted->n_runs)
    {
      *run = (gsize)number;
      return TRUE;
    }
  g_autofree char *allowed = g_strdup_printf (
      g_dngettext (NULL, "1, the only run", "the number of a run, 1 to %zu", wanted->n_runs),
      wanted->n_runs);
  return refuse_value ("chart-run", text, allowed, error);
}

/* The measured fraction that is nearest is meant. */
static gboolean
read_at (const char *text, NullcurveViewChoice *view, GError **error)
{
  if (text == NULL
      || (moe_options_parse_real (text, strlen (text), &view->at) == MOE_NUMBER_OK && view->at > 0.0
          && view->at < 1.0))
    return TRUE;
  return refuse_value ("chart-at", text, _ ("a null fraction above 0 and below 1"), error);
}

/* A number is a place; every other word is a label, which is looked for when there are curves. */
static void
read_curve (const char *text, NullcurveBenchDrawing *drawing)
{
  guint64 number = 0;
  drawing->curve = 1;
  if (text == NULL)
    return;
  gboolean is_place = moe_options_parse_whole (text, strlen (text), &number) == MOE_NUMBER_OK
                      && number > 0 && number <= G_MAXUINT;
  drawing->curve = is_place ? (gsize)number : 0;
  drawing->label = is_place ? NULL : text;
}

static gboolean
read_view (const NullcurveBenchChart *given, NullcurveBenchDrawing *drawing, GError **error)
{
  NullcurveViewChoice *view = &drawing->view;
  int kind = view->view, scale = view->scale, facets = view->facets, phase = view->phase;
  int along = view->along, stage_scale = view->stage_scale, what_if = view->what_if;
  int load_scale = view->load_scale;
  gboolean good =
      read_name ("chart-view", given->view, &nullcurve_view_names, NULLCURVE_VIEW_TABLE, &kind,
                 error)
      && read_name ("chart-scale", given->scale, &nullcurve_view_scale_names,
                    NULLCURVE_N_VIEW_SCALES, &scale, error)
      && read_name ("chart-facets", given->facets, &nullcurve_faceting_names, NULLCURVE_N_FACETINGS,
                    &facets, error)
      && read_name ("chart-along", given->along, &nullcurve_along_names, NULLCURVE_N_ALONGS, &along,
                    error)
      && read_name ("chart-phase", given->phase, &nullcurve_stage_phase_names,
                    NULLCURVE_N_STAGE_PHASES, &phase, error)
      && read_name ("chart-stage-scale", given->stage_scale, &nullcurve_stage_scale_names,
                    NULLCURVE_N_STAGE_SCALES, &stage_scale, error)
      && read_name ("chart-load-scale", given->load_scale, &nullcurve_load_scale_names,
                    NULLCURVE_N_LOAD_SCALES, &load_scale, error)
      && read_name ("chart-what-if", given->what_if, &nullcurve_what_if_names, NULLCURVE_N_WHAT_IFS,
                    &what_if, error);
  *view = (NullcurveViewChoice){
    .view = (NullcurveView)kind,
    .scale = (NullcurveViewScale)scale,
    .facets = (NullcurveFaceting)facets,
    .along = (NullcurveAlong)along,
    .x_ideal = given->x_ideal,
    .x_experts = given->x_experts,
    .log_y = given->log_y,
    .limits = given->limits,
    .phase = (NullcurveStagePhase)phase,
    .what_if = (NullcurveWhatIf)what_if,
    .stage_scale = (NullcurveStageScale)stage_scale,
    .load_scale = (NullcurveLoadScale)load_scale,
  };
  return good;
}

static gboolean
read_document (const NullcurveBenchChart *given, NullcurveBenchDrawing *drawing, GError **error)
{
  NullcurveExportChoice *document = &drawing->document;
  int look = NULLCURVE_EXPORT_LOOK_PRINT;
  if (!read_name ("chart-look", given->look, &nullcurve_export_look_names, NULLCURVE_N_EXPORT_LOOKS,
                  &look, error)
      || !read_size (given->size, document, error))
    return FALSE;
  nullcurve_export_choice_set_look (document, (NullcurveExportLook)look);
  document->options.title = !given->no_title;
  document->options.legend = !given->no_legend;
  document->caption = g_strcmp0 (given->caption, "machine") == 0;
  drawing->caption = document->caption ? NULL : given->caption;
  return read_number ("chart-letters", given->letters, NULLCURVE_EXPORT_LETTERS, document, error)
         && read_number ("chart-dpi", given->dpi, NULLCURVE_EXPORT_DPI, document, error);
}

/* --- what changes nothing --- */

/* An option that no output heeds, or NULL. */
static const char *
find_homeless (const NullcurveBenchChart *given, const NullcurveBenchWanted *wanted)
{
  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    if (is_given (given, i) && wanted->chart == NULL && (!wanted->plot || options[i].is_of_file))
      return options[i].name;
  return NULL;
}

/* An option that the view does not heed, or NULL. */
static const char *
find_idle (const NullcurveBenchChart *given, const NullcurveViewChoice *view)
{
  const gboolean of_curve = nullcurve_view_is_of_curve (view);
  const gboolean of_rates = view->view == NULLCURVE_VIEW_THROUGHPUT;
  const gboolean of_stages = view->view == NULLCURVE_VIEW_STAGES;
  const gboolean of_where = view->view == NULLCURVE_VIEW_WHERE;
  const gboolean of_marks =
      view->view == NULLCURVE_VIEW_LOAD && view->load_scale == NULLCURVE_LOAD_THROUGHPUT;
  const gboolean is_idle_scale =
      (view->scale == NULLCURVE_VIEW_RELATIVE && !of_rates)
      || (view->scale == NULLCURVE_VIEW_BASELINE && !of_rates && !of_stages && !of_where);
  const struct
  {
    gboolean is_idle;
    const char *option;
  } cases[] = {
    { is_idle_scale, "chart-scale" },
    { view->limits && !of_rates, "chart-limits" },
    { view->log_y && !of_rates && !of_marks, "chart-log-y" },
    { view->along != 0 && !of_rates, "chart-along" },
    { given->curve != NULL && !of_curve, "chart-curve" },
    { view->phase != 0 && !of_stages, "chart-phase" },
    { view->stage_scale != 0 && !of_stages, "chart-stage-scale" },
    { view->load_scale != 0 && view->view != NULLCURVE_VIEW_LOAD, "chart-load-scale" },
    { view->what_if != 0 && view->view != NULLCURVE_VIEW_EFFICIENCY && !of_rates, "chart-what-if" },
    { given->at != NULL && !of_where, "chart-at" },
    { view->facets != 0 && of_curve, "chart-facets" },
    { view->x_experts && !nullcurve_view_has_experts (view->view), "chart-x-experts" },
    { view->x_ideal && of_where, "chart-x-ideal" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    if (cases[i].is_idle)
      return cases[i].option;
  return NULL;
}

/* An option that is idle since each point is divided by the baseline's, or NULL. */
static const char *
find_idle_of_baseline (const NullcurveViewChoice *view)
{
  gboolean is_against =
      view->view == NULLCURVE_VIEW_THROUGHPUT && view->scale == NULLCURVE_VIEW_BASELINE;
  return !is_against          ? NULL
         : view->what_if != 0 ? "chart-what-if"
         : view->limits       ? "chart-limits"
         : view->log_y        ? "chart-log-y"
                              : NULL;
}

/* An option that is idle since x is no null fraction, or NULL. */
static const char *
find_idle_of_along (const NullcurveViewChoice *view)
{
  return view->along == NULLCURVE_ALONG_FRACTION  ? NULL
         : view->scale != NULLCURVE_VIEW_ABSOLUTE ? "chart-scale"
         : view->facets != NULLCURVE_FACETS_NONE  ? "chart-facets"
         : view->x_ideal                          ? "chart-x-ideal"
         : view->x_experts                        ? "chart-x-experts"
         : view->what_if != 0                     ? "chart-what-if"
         : view->limits                           ? "chart-limits"
                                                  : NULL;
}

static gboolean
check_use (const NullcurveBenchChart *given,
           const NullcurveBenchWanted *wanted,
           const NullcurveBenchDrawing *drawing,
           GError **error)
{
  const NullcurveViewChoice *view = &drawing->view;
  const char *idle = find_idle (given, view);
  const char *idle_of_baseline = find_idle_of_baseline (view);
  const char *idle_of_along = find_idle_of_along (view);
  if (idle != NULL)
    return nullcurve_bench_refuse (error, _ ("--%s changes nothing in the view %s."), idle,
                                   moe_name_of (&nullcurve_view_names, view->view));
  if (idle_of_along != NULL)
    return nullcurve_bench_refuse (error, _ ("--%s changes nothing beside --chart-along %s."),
                                   idle_of_along,
                                   moe_name_of (&nullcurve_along_names, (int)view->along));
  if (idle_of_baseline != NULL)
    return nullcurve_bench_refuse (error, _ ("--%s changes nothing beside --chart-scale baseline."),
                                   idle_of_baseline);
  if (view->x_ideal && view->x_experts)
    return nullcurve_bench_refuse (
        error, _ ("--chart-x-ideal and --chart-x-experts are two x axes: allowed is one."));
  if (view->scale == NULLCURVE_VIEW_BASELINE && wanted->n_runs < 2)
    return nullcurve_bench_refuse (
        error, _ ("--chart-scale baseline compares with the first of several runs, and here is "
                  "one: allowed are two FILEs and more, or --versus."));
  if (given->dpi != NULL && wanted->chart != NULL && !nullcurve_export_is_bitmap (wanted->chart))
    return nullcurve_bench_refuse (error, _ ("--chart-dpi is for a PNG, and %s is none."),
                                   wanted->chart);
  return TRUE;
}

gboolean
nullcurve_bench_chart_read (const NullcurveBenchChart *given,
                            const NullcurveBenchWanted *wanted,
                            NullcurveBenchDrawing *drawing,
                            GError **error)
{
  const char *homeless = find_homeless (given, wanted);
  *drawing = (NullcurveBenchDrawing){ 0 };
  nullcurve_export_choice_init (&drawing->document);
  read_curve (given->curve, drawing);
  if (homeless != NULL)
    return nullcurve_bench_refuse (
        error,
        wanted->plot ? _ ("--%s is for --chart, which is not given.")
                     : _ ("--%s is for --chart and --plot, and neither of them is given."),
        homeless);
  return read_view (given, drawing, error) && read_document (given, drawing, error)
         && read_run (given->run, wanted, &drawing->run, error)
         && read_at (given->at, &drawing->view, error) && check_use (given, wanted, drawing, error);
}
