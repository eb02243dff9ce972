/* SPDX-License-Identifier: Apache-2.0 */
/* Where it goes: bars from the ideal step to the measured one, where they are laid out and found,
 * and that everything that writes a figure writes them. */
#include <math.h>

#include "engine/formats/formats.h"
#include "engine/judge/bound.h"
#include "tests/chart/chart-fixtures.h"
#include "tests/chart/chart-picture.h"
#include "ui/chart/hit.h"
#include "ui/figure/readout.h"
#include "ui/plot/plot.h"
#include "ui/views/choice.h"
#include "ui/words/tiles.h"

/* At f = 0, 0.5 and 0.9: row matmuls shrink with the rows, weight gradients and waiting do not;
 * half a microsecond per token is in no stage. */
static MoeRun *
run_with_rest (const char *title, double wgrad_us)
{
  static const double fractions[] = { 0.0, 0.5, 0.9 };
  MoeRun *run = fixture_run_new (title);

  for (gsize i = 0; i < G_N_ELEMENTS (fractions); i++)
    {
      const double left = 1.0 - fractions[i];
      const double step_us = 10.0 * left + wgrad_us + 1.0 + 0.5;
      const gsize index =
          fixture_run_add (run, 4, "independent", "compact", fractions[i], 1e6 / step_us);
      MoeRecord record = *moe_run_get_record (run, index);
      const double scale = (double)record.shape.tokens * 1e-6;

      for (int stage = 0; stage < MOE_N_STAGES; stage++)
        record.stage_s[stage] = 0.0;
      record.stage_s[MOE_STAGE_UP] = 6.0 * left * scale;
      record.stage_s[MOE_STAGE_DOWN_DGRAD] = 4.0 * left * scale;
      record.stage_s[MOE_STAGE_UP_WGRAD] = wgrad_us * scale;
      record.stage_s[MOE_STAGE_WAIT] = 1.0 * scale;
      moe_run_replace (run, index, &record);
    }
  return run;
}

static NullcurveFigure *
where_of (MoeRun *run, double at)
{
  const NullcurveWhereOptions options = { .at = at };

  return nullcurve_figure_where (run, &options);
}

static const NullcurveBarRow *
find_row (const NullcurveFigure *figure, const char *label)
{
  for (gsize i = 0; i < figure->bars->rows->len; i++)
    if (g_str_equal (nullcurve_bars_get_row (figure->bars, i)->label, label))
      return nullcurve_bars_get_row (figure->bars, i);
  g_assert_not_reached ();
}

static double
length_of (const NullcurveBarRow *row, gsize side)
{
  return row->bars[side].to - row->bars[side].from;
}

/* Every bar begins where the one above ended, and the last of them ends where the step does. */
static void
assert_adds_up (const NullcurveFigure *figure, gsize side, double step)
{
  const NullcurveBars *bars = figure->bars;
  double end = 0.0;

  for (gsize i = 0; i + 1 < bars->rows->len; i++)
    {
      const NullcurveBarRow *row = nullcurve_bars_get_row (bars, i);

      g_assert_cmpfloat_with_epsilon (row->bars[side].from, end, 1e-9 * step);
      end = row->bars[side].to;
    }
  g_assert_cmpfloat_with_epsilon (end, step, 0.02 * step);
  g_assert_cmpfloat_with_epsilon (
      length_of (nullcurve_bars_get_row (bars, bars->rows->len - 1), side), step, 1e-6 * step);
}

static void
test_bars (void)
{
  g_autoptr (MoeRun) run = run_with_rest ("Run", 3.0);
  g_autoptr (NullcurveFigure) figure = where_of (run, NAN);

  g_assert_cmpuint (figure->bars->n_sides, ==, 1);
  g_assert_cmpfloat (figure->marker, ==, 0.9);
  assert_adds_up (figure, 0, 1.0 + 3.0 + 1.0 + 0.5);
  /* Largest first; what shrinks with the work is no part of the rest. */
  g_assert_cmpstr (nullcurve_bars_get_row (figure->bars, 0)->label, ==, "ideal");
  g_assert_cmpstr (nullcurve_bars_get_row (figure->bars, 1)->label, ==, "weight gradients");
  g_assert_cmpint (figure->bars->chosen, ==, 1);
  g_assert_cmpfloat_with_epsilon (length_of (find_row (figure, "ideal"), 0), 1.45, 1e-3);
  g_assert_cmpfloat_with_epsilon (length_of (find_row (figure, "weight gradients"), 0), 2.7, 1e-3);
  g_assert_cmpfloat_with_epsilon (length_of (find_row (figure, "wait"), 0), 0.9, 1e-3);
  g_assert_cmpfloat_with_epsilon (length_of (find_row (figure, "other"), 0), 0.45, 1e-3);
  g_assert_cmpstr (find_row (figure, "weight gradients")->bars[0].share, ==, "67\302\240%");
  g_assert_cmpuint (figure->bars->rows->len, ==, 5);
}

/* The nearest measured fraction; steps end at the ends; f = 0 is none of them. */
static void
test_at (void)
{
  g_autoptr (MoeRun) run = run_with_rest ("Run", 3.0);
  g_autoptr (NullcurveFigure) figure = where_of (run, 0.6);

  g_assert_cmpfloat (figure->marker, ==, 0.5);
  assert_adds_up (figure, 0, 9.5);
  g_assert_cmpfloat (nullcurve_where_snap (run, 0, -1.0), ==, 0.9);
  g_assert_cmpfloat (nullcurve_where_snap (run, 0, 0.01), ==, 0.5);
  g_assert_cmpfloat (nullcurve_where_step (run, 0, 0.5, 1), ==, 0.9);
  g_assert_cmpfloat (nullcurve_where_step (run, 0, 0.9, 1), ==, 0.9);
  g_assert_cmpfloat (nullcurve_where_step (run, 0, 0.5, -1), ==, 0.5);
  g_assert_true (isnan (nullcurve_where_snap (run, 7, 0.5)));
}

/* The part chosen is what the panel shows, at every fraction, with the line that it would follow.
 */
static void
test_panel (void)
{
  g_autoptr (MoeRun) run = run_with_rest ("Run", 3.0);
  NullcurveWhereOptions options = { .part = NULLCURVE_WHERE_PART (MOE_STAGE_KIND_WAIT) };
  g_autoptr (NullcurveFigure) wait = nullcurve_figure_where (run, &options);
  g_autoptr (NullcurveFigure) step = NULL;
  g_autoptr (NullcurveFigure) gone = NULL;
  const NullcurveSeries *series = nullcurve_figure_get_series (wait, 0);
  const NullcurveReference *ideal = g_ptr_array_index (wait->panels[0].references, 0);

  g_assert_cmpstr (wait->panels[0].title, ==, "Wait (µs per token)");
  g_assert_cmpuint (nullcurve_series_n_points (series, 0), ==, 3);
  g_assert_cmpfloat_with_epsilon (nullcurve_series_get_point (series, 0, 2)->y, 1.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (g_array_index (ideal->curve, NullcurveXY, 1).y, 0.1, 1e-9);
  g_assert_cmpuint (wait->panels[0].references->len, ==, 2); /* and the straight line */
  options.part = NULLCURVE_WHERE_STEP;
  step = nullcurve_figure_where (run, &options);
  g_assert_cmpfloat_with_epsilon (
      nullcurve_series_get_point (nullcurve_figure_get_series (step, 0), 0, 0)->y, 14.5, 1e-6);
  options.part = NULLCURVE_WHERE_PART (MOE_STAGE_KIND_EXCHANGE);
  gone = nullcurve_figure_where (run, &options);
  g_assert_cmpstr (gone->panels[0].title, ==, "Weight gradients (µs per token)");
}

/* The baseline's bars stand above those of the run in hand, each adding up by itself. */
static void
test_two_runs (void)
{
  MoeRun *runs[2] = { run_with_rest ("Before", 3.0), run_with_rest ("After", 1.0) };
  g_autoptr (NullcurveDeltas) deltas = nullcurve_deltas_renew (NULL, runs[0], runs, 2);
  const guint palettes[2] = { 4, 6 };
  NullcurveViewChoice choice = { .view = NULLCURVE_VIEW_WHERE };
  NullcurveThroughputOptions state;
  g_autoptr (NullcurveFigure) figure = NULL;

  nullcurve_throughput_options_init (&state);
  state.current_run = 1;
  state.run_palettes = palettes;
  state.deltas = deltas;
  figure = nullcurve_view_figure (&choice, runs, 2, &state);
  g_assert_cmpuint (figure->bars->n_sides, ==, 2);
  g_assert_cmpuint (figure->bars->palettes[0], ==, 4);
  g_assert_cmpuint (figure->bars->palettes[1], ==, 6);
  g_assert_nonnull (strstr (figure->bars->sides[0], "Before"));
  g_assert_cmpstr (figure->bars->sides[1], ==, "After");
  assert_adds_up (figure, 0, 5.5);
  assert_adds_up (figure, 1, 3.5);
  g_assert_cmpuint (figure->series->len, ==, 2);
  state.current_run = 0;
  nullcurve_figure_free (figure);
  figure = nullcurve_view_figure (&choice, runs, 2, &state);
  g_assert_cmpuint (figure->bars->n_sides, ==, 1);
  moe_run_unref (runs[0]);
  moe_run_unref (runs[1]);
}

/* Without stages the rest is one bar; without f = 0 there is a sentence. */
static void
test_less_told (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Run");
  g_autoptr (MoeRun) without = fixture_run_new ("Run");
  g_autoptr (NullcurveFigure) figure = NULL;
  g_autoptr (NullcurveFigure) empty = NULL;

  fixture_run_add_curve (run, 4, "compact", 1000.0);
  figure = where_of (run, NAN);
  g_assert_cmpuint (figure->bars->rows->len, ==, 3);
  g_assert_cmpstr (nullcurve_bars_get_row (figure->bars, 1)->label, ==, "fixed part");
  g_assert_cmpfloat_with_epsilon (length_of (find_row (figure, "fixed part"), 0),
                                  1e6 * (0.19 - 0.1) / 1000.0, 1e-3);
  fixture_run_add (without, 4, "independent", "compact", 0.5, 2000.0);
  empty = where_of (without, NAN);
  g_assert_null (empty->bars);
  g_assert_false (nullcurve_figure_has_data (empty));
  g_assert_nonnull (strstr (empty->empty_text, "f = 0"));
}

/* A run that was recorded: every curve at every fraction. */
static void
test_recorded (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "two-topk.csv", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (MoeRun) run = moe_formats_read_file (file, NULL, NULL);
  guint n = 0;

  g_assert_nonnull (run);
  for (guint curve = 0; curve < 2; curve++)
    for (double at = nullcurve_where_snap (run, curve, 0.01), before = 0.0; at > before;
         before = at, at = nullcurve_where_step (run, curve, at, 1))
      {
        const NullcurveWhereOptions options = { .curve = curve,
                                                .at = at,
                                                .part = NULLCURVE_WHERE_STEP };
        g_autoptr (NullcurveFigure) figure = nullcurve_figure_where (run, &options);
        const NullcurveSeries *step = nullcurve_figure_get_series (figure, 0);
        const gssize point = nullcurve_series_find (step, 0, at);

        assert_adds_up (figure, 0, nullcurve_series_get_point (step, 0, (gsize)point)->y);
        n++;
      }
  g_assert_cmpuint (n, >=, 4);
}

static void
assert_inside (const NullcurveRect *rect, double width, double height)
{
  g_assert_cmpfloat (rect->x, >=, -1e-9);
  g_assert_cmpfloat (rect->y, >=, -1e-9);
  g_assert_cmpfloat (rect->width, >=, 0.0);
  g_assert_cmpfloat (rect->height, >=, 0.0);
  g_assert_cmpfloat (rect->x + rect->width, <=, width + 1e-6);
  g_assert_cmpfloat (rect->y + rect->height, <=, height + 1e-6);
}

/* Every row is found where it stands, ideal and measured are never left out, and no two overlap. */
static void
test_layout (void)
{
  static const int sizes[][2] = {
    { 1400, 900 }, { 680, 560 }, { 360, 640 }, { 322, 346 }, { 240, 180 }
  };
  g_autoptr (MoeRun) run = run_with_rest ("Run", 3.0);
  g_autoptr (NullcurveFigure) figure = where_of (run, NAN);

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      FixturePicture picture;
      const NullcurveBarsLayout *bars;
      double below = 0.0;

      fixture_picture_init (&picture, figure, NULLCURVE_STYLE_LIGHT, sizes[i][0], sizes[i][1]);
      bars = picture.layout->bars;
      g_assert_cmpuint (bars->rows->len, >=, 2);
      for (guint k = 0; k < bars->rows->len; k++)
        {
          const NullcurveBarRowLayout *row = &g_array_index (bars->rows, NullcurveBarRowLayout, k);

          assert_inside (&row->rect, sizes[i][0], sizes[i][1]);
          g_assert_cmpfloat (row->rect.y, >=, below - 1e-6);
          below = row->rect.y + row->rect.height;
          g_assert_cmpint (nullcurve_bars_layout_find (bars, row->rect.x + 5.0,
                                                       row->rect.y + 0.5 * row->rect.height),
                           ==, (gssize)row->row);
        }
      g_assert_cmpuint (g_array_index (bars->rows, NullcurveBarRowLayout, 0).row, ==, 0);
      g_assert_cmpuint (g_array_index (bars->rows, NullcurveBarRowLayout, bars->rows->len - 1).row,
                        ==, figure->bars->rows->len - 1);
      g_assert_cmpuint (picture.layout->n_panels, ==, i < 3 ? 1 : 0);
      fixture_picture_clear (&picture);
    }
}

/* The bars are drawn in their colours, side by side with the panel, whose marker is taken hold of.
 */
static void
test_picture (void)
{
  g_autoptr (MoeRun) run = run_with_rest ("Run", 3.0);
  g_autoptr (NullcurveFigure) figure = where_of (run, NAN);
  const NullcurveBarRow *row = find_row (figure, "weight gradients");
  NullcurveSeriesStyle look;
  FixturePicture picture;
  const NullcurveBarsLayout *bars;
  const NullcurveRect *slot;
  const NullcurveRect *plot;
  double x;

  fixture_picture_init (&picture, figure, NULLCURVE_STYLE_LIGHT, 900, 600);
  bars = picture.layout->bars;
  slot = &g_array_index (bars->rows, NullcurveBarRowLayout, 1).bars[0];
  x = nullcurve_bars_layout_x (bars, 0.5 * (row->bars[0].from + row->bars[0].to));
  nullcurve_chart_style_series (&picture.style, row->palette, &look);
  g_assert_cmpint (fixture_count_near (&picture, &look.colour, x, slot->y + 0.5 * slot->height, 3),
                   >, 20);
  plot = &picture.layout->panels[0].plot;
  g_assert_cmpfloat (plot->x, >, bars->area.x + bars->area.width);
  x = nullcurve_layout_x (picture.layout, 0, 0.9);
  g_assert_true (nullcurve_marker_is_at (picture.layout, x - 2.0, plot->y + 50.0));
  g_assert_false (nullcurve_marker_is_at (picture.layout, x - 40.0, plot->y + 50.0));
  g_assert_cmpfloat_with_epsilon (
      nullcurve_marker_value (picture.layout, nullcurve_layout_x (picture.layout, 0, 0.5), plot->y),
      0.5, 1e-6);
  fixture_picture_clear (&picture);
}

/* Screen, files, terminal and screen reader have it by the same way. */
static void
test_told_everywhere (void)
{
  g_autoptr (MoeRun) run = run_with_rest ("Run", 3.0);
  g_autoptr (NullcurveFigure) figure = where_of (run, NAN);
  const NullcurvePlotOptions options = { .width = 80, .rows = 8, .ascii = TRUE };
  g_autoptr (GString) plot = nullcurve_plot_figure (figure, &options);
  g_autofree char *spoken = nullcurve_figure_summarise (figure);
  g_auto (GStrv) lines = NULL;

  g_assert_nonnull (strstr (spoken, "weight gradients: 2.70 (67\302\240%)"));
  g_assert_nonnull (strstr (plot->str, "\nweight gradients"));
  g_assert_nonnull (strstr (plot->str, "###"));
  g_assert_nonnull (strstr (plot->str, "67 %"));
  lines = g_strsplit (plot->str, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    g_assert_cmpuint (strlen (lines[i]), <=, 80);
}

/* At a glance, of the curve that is furthest from the ideal; nothing of a run without f = 0. */
static void
test_tiles (void)
{
  g_autoptr (MoeRun) run = run_with_rest ("Run", 3.0);
  g_autoptr (MoeRun) without = fixture_run_new ("Run");
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GPtrArray) none = NULL;
  NullcurveTiles tiles;

  fixture_run_add_curve (run, 8, "compact", 1000.0);
  findings = moe_findings_new (&run, 1);
  g_assert_true (nullcurve_tiles_init (&tiles, findings));
  g_assert_cmpint (tiles.record->topk, ==, 4); /* it has stages */
  g_assert_cmpstr (tiles.values[NULLCURVE_TILE_GAIN], ==, "2.64× of 10.0×");
  g_assert_cmpstr (tiles.notes[NULLCURVE_TILE_GAIN], ==, "gained at f = 0.9, top-4");
  g_assert_cmpstr (tiles.values[NULLCURVE_TILE_SHARE], ==, "26 %");
  g_assert_nonnull (strstr (tiles.values[NULLCURVE_TILE_REST], "weight gradients 67"));
  nullcurve_tiles_clear (&tiles);
  fixture_run_add (without, 4, "independent", "compact", 0.5, 2000.0);
  fixture_run_add (without, 4, "independent", "compact", 0.9, 3000.0);
  none = moe_findings_new (&without, 1);
  g_assert_false (nullcurve_tiles_init (&tiles, none));
  nullcurve_tiles_clear (&tiles);
}

/* The first rounds of a busy machine say nothing yet, in no number. */
static void
test_tiles_of_wild_samples (void)
{
  static const double base_s[] = { 0.1, 0.1, 0.1 }, nine_s[] = { 0.001, 0.05, 2.0 };
  g_autoptr (MoeRun) run = fixture_run_new ("Run");
  g_autoptr (GPtrArray) findings = NULL;
  NullcurveTiles tiles;

  fixture_run_add (run, 4, "independent", "compact", 0.0, NAN);
  fixture_run_add (run, 4, "independent", "compact", 0.9, NAN);
  for (int i = 0; i < 3; i++)
    {
      moe_run_add_sample (run, 0, base_s[i], NULL, NULL);
      moe_run_add_sample (run, 1, nine_s[i], NULL, NULL);
    }
  findings = moe_findings_new (&run, 1);
  g_assert_true (nullcurve_tiles_init (&tiles, findings));
  g_assert_cmpstr (tiles.values[NULLCURVE_TILE_GAIN], ==, "open");
  g_assert_cmpstr (tiles.values[NULLCURVE_TILE_SHARE], ==, "open");
  nullcurve_tiles_clear (&tiles);
}

/* Half of what no slot removes, from the model of the points; where they are no line, a sentence.
 */
static void
test_what_if (void)
{
  g_autoptr (MoeRun) run = run_with_rest ("Run", 3.0); /* 4.5 fixed, 10 by the slots */
  g_autoptr (MoeRun) bent = fixture_run_new ("Run");
  NullcurveViewChoice choice = { .what_if = NULLCURVE_WHAT_IF_FIXED_HALVED };
  NullcurveThroughputOptions state;
  g_autoptr (NullcurveFigure) rate = NULL;
  g_autoptr (NullcurveFigure) none = NULL;
  const NullcurveReference *line;
  double lo, hi;

  nullcurve_throughput_options_init (&state);
  rate = nullcurve_view_figure (&choice, &run, 1, &state);
  line = g_ptr_array_index (rate->panels[0].references, 0);
  g_assert_cmpint (line->series, ==, 0);
  g_assert_nonnull (strstr (line->label, "not measured"));
  g_assert_true (nullcurve_figure_get_legend_reference (rate, 0) == line);
  g_assert_cmpfloat_with_epsilon (g_array_index (line->curve, NullcurveXY, line->curve->len - 1).y,
                                  1e6 / (2.25 + 1.0), 1e3);
  g_assert_true (nullcurve_figure_y_range (rate, 0, &lo, &hi));
  g_assert_cmpfloat (hi, >=, 1e6 / 3.26);
  choice.view = NULLCURVE_VIEW_EFFICIENCY;
  nullcurve_figure_free (rate);
  rate = nullcurve_view_figure (&choice, &run, 1, &state);
  line = g_ptr_array_index (rate->panels[0].references, 1);
  g_assert_cmpfloat_with_epsilon (g_array_index (line->curve, NullcurveXY, line->curve->len - 1).y,
                                  12.25 / 3.25, 0.02);
  choice.view = NULLCURVE_VIEW_THROUGHPUT;
  for (int i = 0; i < 4; i++)
    fixture_run_add (bent, 4, "independent", "compact", 0.3 * i, i == 2 ? 9000.0 : 1000.0);
  none = nullcurve_view_figure (&choice, &bent, 1, &state);
  line = nullcurve_figure_get_legend_reference (none, 0);
  g_assert_nonnull (strstr (line->label, "no straight line"));
  g_assert_cmpuint (line->curve->len, ==, 0);
}

/* The weights of an expert are read in as long as 2 us a token take, forward and backward each,
 * which is more than their share of the rows at f = 0.9; without a rate, a sentence. */
static void
test_weights_once (void)
{
  g_autoptr (MoeRun) run = run_with_rest ("Run", 3.0);
  g_autoptr (MoeRun) untold = run_with_rest ("Run", 3.0);
  NullcurveViewChoice choice = { .what_if = NULLCURVE_WHAT_IF_WEIGHTS_ONCE };
  NullcurveThroughputOptions state;
  const MoeRecord *last = moe_run_get_record (run, 2);
  MoeLimits limits = { .peak_flops_per_s = 1e12,
                       .calibration.flops_per_s = 1e12,
                       .write_bytes_per_s = 1e11 };
  MoeBlock block;
  gsize active;
  MoeRecord slow = *last;
  const double scale = (double)last->shape.tokens * 1e-6;

  g_assert_true (moe_record_block (last, &block, &active));
  limits.read_bytes_per_s = 3.0 * (double)active * (double)block.shape.hidden
                            * (double)block.shape.mlp_dim * 4.0 / (0.5 * scale);
  moe_run_set_limits (run, &limits);
  /* Forward takes 2 where its rows take 0.6, row gradients 0.4, below the 0.5 of the bytes. */
  slow.stage_s[MOE_STAGE_UP] += 1.4 * scale;
  slow.tokens_per_s = 1e6 / (1.0 + 4.5 + 1.4);
  moe_run_replace (run, 2, &slow);
  nullcurve_throughput_options_init (&state);
  for (int side = 0; side < 2; side++)
    {
      MoeRun *of = side == 0 ? run : untold;
      g_autoptr (NullcurveFigure) figure = nullcurve_view_figure (&choice, &of, 1, &state);
      const NullcurveReference *line = nullcurve_figure_get_legend_reference (figure, 0);

      g_assert_nonnull (strstr (line->label, side == 0 ? "not measured" : "not told"));
      g_assert_cmpuint (line->curve->len, ==, side == 0 ? 3 : 0);
      if (side == 0)
        g_assert_cmpfloat_with_epsilon (g_array_index (line->curve, NullcurveXY, 2).y, 1e6 / 5.5,
                                        1e2);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/where/bars", test_bars);
  g_test_add_func ("/where/at", test_at);
  g_test_add_func ("/where/panel", test_panel);
  g_test_add_func ("/where/two-runs", test_two_runs);
  g_test_add_func ("/where/less-told", test_less_told);
  g_test_add_func ("/where/recorded", test_recorded);
  g_test_add_func ("/where/layout", test_layout);
  g_test_add_func ("/where/picture", test_picture);
  g_test_add_func ("/where/told-everywhere", test_told_everywhere);
  g_test_add_func ("/where/tiles", test_tiles);
  g_test_add_func ("/where/tiles-of-wild-samples", test_tiles_of_wild_samples);
  g_test_add_func ("/where/what-if", test_what_if);
  g_test_add_func ("/where/weights-once", test_weights_once);
  return g_test_run ();
}
