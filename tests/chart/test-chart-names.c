/* SPDX-License-Identifier: Apache-2.0 */
/* Names of curves give way before the words that tell curves apart. */
#include "tests/chart/chart-fixtures.h"
#include "ui/cards/brief-titles.h"
#include "ui/chart/layout.h"
#include "ui/chart/legend-layout.h"
#include "ui/export/export-choice.h"
#include "ui/views/throughput.h"

#define SETUP "T4096 H512 M352 E60, forward_backward, float32, "

static GPtrArray *
new_runs (const char *const *titles)
{
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);

  for (gsize i = 0; titles[i] != NULL; i++)
    {
      MoeRun *run = fixture_run_new (titles[i]);

      fixture_run_add_curve (run, 4, "compact", 1000.0 * (double)(i + 1));
      g_ptr_array_add (runs, run);
    }
  return runs;
}

/* What the titles come to, one line each. */
static char *
brief (const char *const *titles)
{
  g_autoptr (GPtrArray) runs = new_runs (titles);
  g_autoptr (GPtrArray) briefs =
      nullcurve_brief_titles_new ((MoeRun *const *)runs->pdata, runs->len);

  g_assert_cmpuint (briefs->len, ==, runs->len);
  g_ptr_array_add (briefs, NULL);
  return g_strjoinv ("\n", (char **)briefs->pdata);
}

static void
assert_brief (const char *const *titles, const char *expected)
{
  g_autofree char *text = brief (titles);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_common_parts_go (void)
{
  assert_brief ((const char *const[]){ "Quick, top-4", NULL }, "Quick, top-4");
  assert_brief ((const char *const[]){ "Quick, top-4, carry", "Quick, top-4", NULL },
                "Quick, top-4, carry\nQuick, top-4");
  assert_brief (
      (const char *const[]){ "Laptop, Quick, top-4, carry", "Laptop, Quick, top-4, remap", NULL },
      "carry\nremap");
  /* The same title twice is no reason to leave anything out. */
  assert_brief (
      (const char *const[]){ "Laptop, Quick, top-4, carry", "Laptop, Quick, top-4, carry", NULL },
      "Laptop, Quick, top-4, carry\nLaptop, Quick, top-4, carry");
  /* One that says nothing else keeps its name. */
  assert_brief (
      (const char *const[]){ "Laptop, Quick, top-4", "Laptop, Quick, top-4, carry", NULL },
      "Laptop, Quick, top-4\ncarry");
  assert_brief ((const char *const[]){ "", "Quick", NULL }, "run 1\nQuick");
}

/* Where what differs is still long, so go parts that most have, but only while all can be told
 * apart. */
static void
test_usual_parts_go (void)
{
  assert_brief ((const char *const[]){ SETUP "8 threads, take_until_null, zero_expert",
                                       SETUP "8 threads, take_until_null, compact",
                                       SETUP "8 threads, independent, carry",
                                       SETUP "2 threads, independent, carry", NULL },
                "take_until_null, zero_expert\ntake_until_null, compact\nindependent, carry\n"
                "2 threads, independent, carry");
  assert_brief ((const char *const[]){ "one, a part of a title that is long",
                                       "one, another part that is long, two",
                                       "two, another part that is long", NULL },
                "one, a part of…that is long\none, another p…that is long, two\n"
                "two, another part that is long");
}

static void
test_long_words (void)
{
  assert_brief (
      (const char *const[]){ "The measurement of the laboratory of Monday on the small machine",
                             "The measurement of the laboratory of Tuesday on the small machine",
                             NULL },
      "…Monday on the small machine\n…Tuesday on the small machine");
  assert_brief ((const char *const[]){ "äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöü", NULL },
                "äöüäöüäöüäöüäö…öüäöüäöüäöüäöüäöü");
}

/* Ten runs whose titles differ at their ends. */
static const char *const many_titles[] = { SETUP "8 threads, independent, compact",
                                           SETUP "8 threads, independent, carry",
                                           SETUP "8 threads, independent, remap",
                                           SETUP "8 threads, independent, zero_expert",
                                           SETUP "8 threads, take_until_null, compact",
                                           SETUP "8 threads, take_until_null, carry",
                                           SETUP "8 threads, take_until_null, remap",
                                           SETUP "8 threads, take_until_null, zero_expert",
                                           SETUP "1 threads, independent, compact",
                                           SETUP "2 threads, independent, compact",
                                           NULL };

/* Words that a label must have, whole. */
static const char *const telling[][2] = {
  { "independent", "compact" },     { "independent", "carry" },
  { "independent", "remap" },       { "independent", "zero_expert" },
  { "take_until_null", "compact" }, { "take_until_null", "carry" },
  { "take_until_null", "remap" },   { "take_until_null", "zero_expert" },
  { "1 threads", "compact" },       { "2 threads", "compact" },
};

/* Every entry is there, its words whole within its place, and no two are alike. */
static void
check_legend (const NullcurveLayout *layout)
{
  const NullcurveChartStyle *style = layout->style;
  const double swatch = nullcurve_legend_swatch_width (style) + 0.4 * style->font_size;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_cmpuint (layout->legend->len, ==, G_N_ELEMENTS (telling));
  g_assert_cmpuint (layout->legend_left_off, ==, 0);
  for (guint i = 0; i < layout->legend->len; i++)
    {
      const NullcurveLegendItem *item = &g_array_index (layout->legend, NullcurveLegendItem, i);
      const char *label = nullcurve_legend_label (layout->figure, item->series);
      const double room = item->rect.width - swatch + 1.5;

      for (gsize k = 0; k < G_N_ELEMENTS (telling[0]); k++)
        g_assert_nonnull (strstr (label, telling[item->series][k]));
      g_assert_true (g_hash_table_add (seen, (gpointer)label));
      g_assert_true (nullcurve_chart_text_width (layout->text, layout->legend_font, label) <= room
                     || nullcurve_chart_text_block_height (layout->text, layout->legend_font, label,
                                                           room, 1000.0)
                            <= item->rect.height + 1.0);
    }
}

static NullcurveFigure *
new_many (void)
{
  g_autoptr (GPtrArray) runs = new_runs (many_titles);

  return nullcurve_figure_throughput ((MoeRun *const *)runs->pdata, runs->len, NULL);
}

static void
test_on_screens (void)
{
  static const int sizes[][2] = { { 780, 400 }, { 980, 500 }, { 1350, 820 }, { 2600, 1800 } };
  g_autoptr (NullcurveFigure) figure = new_many ();
  NullcurveChartStyle style;
  g_autoptr (NullcurveChartText) text = NULL;

  nullcurve_chart_style_init (&style, NULLCURVE_STYLE_LIGHT);
  style.dock_readout = TRUE;
  text = nullcurve_chart_text_new (&style);
  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      g_autoptr (NullcurveLayout) layout =
          nullcurve_layout_new (figure, &style, text, sizes[s][0], sizes[s][1]);

      check_legend (layout);
    }
}

/* As exports are laid out: print letters, every curve named, as high as that takes. */
static void
test_in_files (void)
{
  g_autoptr (NullcurveFigure) figure = new_many ();

  for (int preset = 0; preset < NULLCURVE_EXPORT_CUSTOM; preset++)
    {
      NullcurveExportChoice choice;
      NullcurveExportFit fit;
      NullcurveChartStyle style;
      g_autoptr (NullcurveChartText) text = NULL;
      g_autoptr (NullcurveLayout) layout = NULL;

      nullcurve_export_choice_init (&choice);
      nullcurve_export_choice_set_preset (&choice, (NullcurveExportPreset)preset);
      nullcurve_chart_export_fit (figure, &choice.options, &fit);
      g_assert_cmpuint (fit.n_unnamed, ==, 0);
      nullcurve_chart_style_init (&style, NULLCURVE_STYLE_PRINT);
      style.font_size = choice.options.font_size;
      style.whole_legend = TRUE;
      text = nullcurve_chart_text_new (&style);
      layout = nullcurve_layout_new (figure, &style, text, choice.options.width, fit.height);
      check_legend (layout);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/names/common-parts-go", test_common_parts_go);
  g_test_add_func ("/chart/names/usual-parts-go", test_usual_parts_go);
  g_test_add_func ("/chart/names/long-words", test_long_words);
  g_test_add_func ("/chart/names/on-screens", test_on_screens);
  g_test_add_func ("/chart/names/in-files", test_in_files);
  return g_test_run ();
}
