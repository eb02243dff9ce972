/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/text/intern.h"
#include "tests/records/support.h"
#include "ui/words/cells.h"
#include "ui/words/grid.h"
#include "ui/words/logbook.h"
#include "ui/words/tables.h"

static void
assert_has (const GString *text, const char *part)
{
  if (strstr (text->str, part) == NULL)
    {
      g_test_message ("missing: %s\nin:\n%s", part, text->str);
      g_test_fail ();
    }
}

static GString *
logbook_of (const char *csv)
{
  g_autoptr (MoeRun) run = test_read (csv, "rows.csv");
  return moe_tables_logbook (&run, 1, 0);
}

/* SPEC 6: "Table (b) from the shipped rows must read +7.23 %, +7.31 %, +8.15 %, means +7.57 % /
 * +7.56 %".  The rows that give this are those of logbook-v5p-deltas.csv at top-8, f = 0.0 and
 * 0.1; logbook-v5p-modes.csv repeats the same points with other values (+6.36 % ...), which must
 * stay a run of their own. */
static void
test_published_gains_alone (void)
{
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  g_autoptr (GString) text = moe_tables_logbook ((MoeRun *const *)runs->pdata, 1, 8);
  assert_has (text, "## (b) tokens/s gain, null fraction 0.0 to 0.1, at top-8\n\n"
                    "| Shape | tokens/s @0.0 | tokens/s @0.1 | gain |\n"
                    "| --- | ---: | ---: | ---: |\n"
                    "| `32768x2048x1408x60` | 858,766 | 920,847 | +7.23 % |\n"
                    "| `32768x2048x2048x64` | 765,115 | 821,075 | +7.31 % |\n"
                    "| `65536x3072x3072x128` | 354,834 | 383,765 | +8.15 % |\n\n"
                    "- arithmetic mean gain across 3 shapes +7.57 %, geometric mean +7.56 %\n");
}

static void
test_published_gains_together (void)
{
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  g_autoptr (GString) text = moe_tables_logbook ((MoeRun *const *)runs->pdata, runs->len, 0);
  assert_has (text, "| TPU v5p (published) | independent | `32768x2048x1408x60` | 858,766 | "
                    "920,847 | +7.23 % |\n"
                    "| TPU v5p (published) | independent | `32768x2048x2048x64` | 765,115 | "
                    "821,075 | +7.31 % |\n"
                    "| TPU v5p (published) | independent | `65536x3072x3072x128` | 354,834 | "
                    "383,765 | +8.15 % |\n"
                    "| TPU v5p, modes (published) | independent | `32768x2048x1408x60` "
                    "| 863,964 | 918,954 | +6.36 % |\n");
  assert_has (text, "- TPU v5p (published), independent: arithmetic mean gain across 3 "
                    "shapes +7.57 %, geometric mean +7.56 %\n");
  /* The logbook's own means of the mode comparison. */
  assert_has (text, "- TPU v5p, modes (published), independent: arithmetic mean "
                    "gain across 3 shapes +6.14 %,");
  assert_has (text, "- TPU v5p, modes (published), take_until_null: arithmetic "
                    "mean gain across 3 shapes +6.30 %,");
}

static void
test_published_deltas (void)
{
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  g_autoptr (GString) text = moe_tables_logbook ((MoeRun *const *)runs->pdata, 1, 0);
  assert_has (text,
              "| Shape | topk | tokens/s @0.1 | tokens/s @0.9 | delta tokens/s | TF/s @0.1 | TF/s "
              "@0.9 | delta TF/s |\n"
              "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
              "| `32768x2048x1408x60` | 2 | 1,572,435 | 2,001,485 | +27.29 % | 146.826 | 20.886 | "
              "-85.77 % |\n"
              "| `32768x2048x1408x60` | 4 | 1,268,519 | 1,905,736 | +50.23 % | 236.764 | 39.768 | "
              "-83.20 % |\n"
              "| `32768x2048x1408x60` | 8 | 920,847 | 1,833,742 | +99.14 % | 343.774 | 76.137 | "
              "-77.85 % |\n");
  assert_has (text, "| `65536x3072x3072x128` | 8 | 383,765 | 771,626 | +101.07 % | 469.213 | "
                    "104.977 | -77.63 % |\n");
}

static void
test_published_trend (void)
{
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  g_autoptr (GString) text = moe_tables_logbook ((MoeRun *const *)runs->pdata, 1, 0);
  assert_has (text,
              "## (e) Trend\n\n- TPU v5p (published): Tokens/s is monotonic in f, "
              "rising with every step: of 12 steps from one null fraction to the next 12 rise. "
              "From the lowest to the highest fraction 9 of 9 curves rise. The figures have no "
              "samples; less than 2 % counts as the same. The largest gain is +117.46 %, from f = "
              "0.0 to 0.9 at "
              "`65536x3072x3072x128` top-8 (354,834 to 771,626 tokens/s).\n");
}

static void
test_published_comparison (void)
{
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  MoeRun *modes = g_ptr_array_index (runs, 1);
  g_autoptr (GString) text = moe_tables_logbook (&modes, 1, 0);
  assert_has (text, "| Null mode | topk | pairs | mean delta | smallest | largest | mean delta at "
                    "f = 0 |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
                    "| take_until_null | 8 | 3 | -0.04 % | -0.21 % | +0.17 % | -0.18 % |\n");
  assert_has (text, "No row with a null fraction above 0 tells its realised fraction.\n");
  assert_has (text, "No shape and top-k has tokens/s at both null fractions 0.1 and 0.9");
}

static void
test_comparison_of_two_runs (void)
{
  static const char one[] = "null_mode,shape,topk,null_target,tokens_per_s\n"
                            "independent,1x2x3x4,2,0.0,100\nindependent,1x2x3x4,2,0.5,200\n";
  static const char two[] = "null_mode,shape,topk,null_target,tokens_per_s\n"
                            "router,1x2x3x4,2,0.0,101\nrouter,1x2x3x4,2,0.5,210\n";
  g_autoptr (MoeRun) a = test_read (one, "a.csv");
  g_autoptr (MoeRun) b = test_read (two, "b.csv");
  MoeRun *runs[] = { a, b };
  g_autoptr (GString) text = moe_tables_logbook (runs, 2, 0);
  assert_has (text, "| b.csv | router | 2 | 1 | +5.00 % | +5.00 % | +5.00 % | +1.00 % |\n");
  assert_has (text, "No run has rows of both modes, so these are rows of different runs of one "
                    "host; the deltas hold whatever else changed between the runs:\n\n"
                    "- top-2: b.csv against a.csv\n");

  /* Rows of another machine are no partners. */
  moe_run_set_fact (b, "host", "elsewhere");
  g_autoptr (GString) apart = moe_tables_logbook (runs, 2, 0);
  assert_has (apart, "so there are no modes to compare.\n");
}

/* Points of two modes with so many samples of one second, and these real assignments at f = 0.5. */
static MoeRun *
two_modes (gsize n_samples, gint64 real_independent, gint64 real_router)
{
  const char *const modes[] = { "independent", "router" };
  const double samples_s[] = { 1, 1, 1, 1, 1, 1 };
  g_autoptr (MoeRun) model = test_run_new ();
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "modes");
  for (int i = 0; i < 2; i++)
    {
      MoeRecord record = *moe_run_get_record (model, 1);
      record.choice[MOE_CHOICE_NULL_MODE] = moe_text_intern (modes[i]);
      record.real_assignments = i == 0 ? real_independent : real_router;
      record.samples_s = (double *)samples_s;
      record.n_samples = n_samples;
      moe_run_append (run, &record);
    }
  return run;
}

/* What was not tested is said to be so, and how alike the work was. */
static void
test_comparison_tells_its_weight (void)
{
  g_autoptr (MoeRun) few = two_modes (3, 8000, 8040);
  g_autoptr (MoeRun) enough = two_modes (6, 8000, 8000);
  g_autoptr (GString) untested = moe_tables_logbook (&few, 1, 0);
  g_autoptr (GString) tested = moe_tables_logbook (&enough, 1, 0);
  assert_has (untested, "\nNot tested: the pair has fewer than 4 samples on a side,");
  assert_has (untested, "Real assignments of a pair differ by up to 0.50 % (top-4, f = 0.5: 8,040 "
                        "against 8,000)");
  g_assert_null (strstr (tested->str, "Not tested"));
  assert_has (tested, "Both sides of each pair have the same real assignments.\n");
}

static void
test_accuracy (void)
{
  g_autoptr (GString) text =
      logbook_of ("shape,topk,null_mode,null_target,null_realized,null_assignments,tokens_per_s\n"
                  "1000x2x3x4,1,independent,0.0,0,,5\n"
                  "1000x2x3x4,1,independent,0.1,0.103,,5\n"
                  "1000x2x3x4,1,independent,0.5,0.5,501,5\n" /* told exactly */
                  "1000x2x3x4,1,router,0.5,0.5,,5\n");
  assert_has (text, "| rows.csv | independent | 2 | 0.003000 | 0.002000 |\n"
                    "| rows.csv | router | 1 | 0.000000 | 0.000000 |\n");
}

static void
test_falling_trend (void)
{
  g_autoptr (GString) text = logbook_of ("shape,topk,null_target,tokens_per_s\n"
                                         "1x2x3x4,1,0.3,90\n" /* rows in any order */
                                         "1x2x3x4,1,0.0,100\n"
                                         "1x2x3x4,1,0.1,99\n"
                                         "1x2x3x4,1,0.2,120\n"
                                         "1x2x3x4,1,0.2,1\n" /* a repeat: the first counts */
                                         "1x2x3x4,2,0.1,\n"
                                         "1x2x3x4,3,0.1,50\n"
                                         "1x2x3x4,3,0.25,60\n");
  assert_has (text,
              "- rows.csv: Tokens/s is not monotonic in f: of 4 steps from one null fraction "
              "to the next 2 rise, 1 stays the same, 1 falls. The deepest fall is "
              "−25.0\302\240%, from f = 0.2 to 0.3 at `1x2x3x4` top-1. From the lowest to the "
              "highest fraction 1 of 2 curves rise, 1 fall.");
  assert_has (text, "The largest gain is +20.00 %, from f = 0.0 to 0.2 at `1x2x3x4` top-1 (100 to "
                    "120 tokens/s).\n"
                    "  - `1x2x3x4` top-1 falls from f = 0.2 to 0.3: −25.0\302\240%, slower (single "
                    "figures)\n");
}

/* Rows that differ in one of the later axes are never mixed, and the column says in which. */
static void
test_later_axes_get_columns (void)
{
  g_autoptr (GString) text = logbook_of (
      "shape,topk,null_target,tokens_per_s,capacity_policy,capacity_factor,parallel_mode,ep_size\n"
      "1x2x3x4,1,0.0,100,none,,none,\n1x2x3x4,1,0.1,110,none,,none,\n"
      "1x2x3x4,1,0.0,200,drop,1.25,ep,4\n1x2x3x4,1,0.1,205,drop,1.25,ep,4\n");
  assert_has (text, "| Capacity | Parallel | Shape | tokens/s @0.0 | tokens/s @0.1 | gain |\n");
  assert_has (text, "| none | none | `1x2x3x4` | 100 | 110 | +10.00 % |\n");
  assert_has (text, "| drop 1.25 | ep, 4 shards | `1x2x3x4` | 200 | 205 | +2.50 % |\n");
}

static void
test_missing_rows_are_sentences (void)
{
  g_autoptr (GString) text = logbook_of ("shape,topk,null_target,tokens_per_s\n1x2x3x4,1,0.4,5\n");
  assert_has (text, "No shape and top-k has tokens/s at both null fractions 0.1 and 0.9, so there "
                    "is no delta to tell.");
  assert_has (text, "No shape has tokens/s at both null fractions 0.0 and 0.1 at this top-k, so "
                    "there is no gain to tell.");
  assert_has (text, "No row with a null fraction above 0 tells its realised fraction.");
  assert_has (text,
              "There are no rows of `independent` and of another null mode at the same shape, "
              "top-k and null fraction, so there are no modes to compare.");
  assert_has (text,
              "No shape and top-k has tokens/s at two null fractions, so there is no trend to "
              "tell.");

  g_autoptr (GString) nothing = moe_tables_logbook (NULL, 0, 0);
  assert_has (nothing, "so there is no trend to tell.");
}

static void
test_gain_topk_is_chosen (void)
{
  static const char rows[] = "shape,topk,null_target,tokens_per_s\n"
                             "1x2x3x4,2,0.0,100\n1x2x3x4,2,0.1,110\n"
                             "1x2x3x4,4,0.0,100\n1x2x3x4,4,0.1,105\n"
                             "1x2x3x4,8,0.1,105\n";
  g_autoptr (MoeRun) run = test_read (rows, "rows.csv");
  g_autoptr (GString) largest = moe_tables_logbook (&run, 1, 0);
  g_autoptr (GString) two = moe_tables_logbook (&run, 1, 2);
  g_autoptr (GString) eight = moe_tables_logbook (&run, 1, 8);
  assert_has (largest, "at top-4\n");
  assert_has (largest, "- arithmetic mean gain across 1 shape +5.00 %, geometric mean +5.00 %\n");
  assert_has (two, "at top-2\n");
  assert_has (two, "| `1x2x3x4` | 100 | 110 | +10.00 % |\n");
  assert_has (eight, "at top-8\n\nNo shape has tokens/s");
}

static void
test_baseline_of_another_mode (void)
{
  g_autoptr (GString) text = logbook_of ("null_mode,shape,topk,null_target,tokens_per_s\n"
                                         "independent,1x2x3x4,2,0.0,100\n"
                                         "router,1x2x3x4,2,0.1,110\n");
  assert_has (text, "| router | `1x2x3x4` | 100 | 110 | +10.00 % |\n");
}

static void
test_hostile_title (void)
{
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  moe_run_set_title (g_ptr_array_index (runs, 0), "a | b\nc <img> [x](y) `z` *");
  g_autoptr (GString) text = moe_tables_logbook ((MoeRun *const *)runs->pdata, runs->len, 0);
  assert_has (
      text,
      "| a \\| b c \\<img> \\[x\\](y) \\`z\\` \\* | independent | `32768x2048x1408x60` | 2 |");
}

static void
test_points (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  g_autoptr (GString) text = moe_tables_points (run);
  g_assert_cmpstr (
      text->str, ==,
      "Null mode    top-k    f  tokens/s  spread  GF/s  speed-up       ±  efficiency\n"
      "independent      4  0.0    39,639  ±3.2 %   514     1.00×       –       1.000\n"
      "independent      4  0.5    57,344  ±2.0 %   372     1.45×  ±5.6 %       0.723\n");

  /* Two samples fewer than f = 0 has: no pairs, and it is said. */
  MoeRecord record = *moe_run_get_record (run, 0);
  double samples_s[] = { 0.1, 0.1, 0.1, 0.1, 0.1 };
  record.samples_s = samples_s;
  record.n_samples = 5;
  moe_run_replace (run, 0, &record);
  g_autoptr (GString) unpaired = moe_tables_points (run);
  assert_has (unpaired,
              "1.40×  ±2.0 %*       0.700\n* Not of pairs from the same rounds as f = 0: ");

  g_autoptr (GPtrArray) runs = test_reference_runs ();
  g_autoptr (GString) published = moe_tables_points (g_ptr_array_index (runs, 0));
  assert_has (published,
              "shape                Null mode    top-k    f   tokens/s  spread     TF/s  "
              "speed-up  ±  efficiency\n"
              "32768x2048x1408x60   independent      2  0.1  1,572,435       –  146.826         "
              "–  –           –\n");
  assert_has (published,
              "65536x3072x3072x128  independent      8  0.9    771,626       –  104.977     "
              "2.17×  –       0.217\n");
}

/* A point that is made of processor time is marked, told why, and has no TF/s. */
static void
test_points_of_processors (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeRecord record = *moe_run_get_record (run, 1);
  MoeTaken taken[3];
  for (guint i = 0; i < 3; i++)
    taken[i] = (MoeTaken){ 0, i, 0.064, 0.25, NAN, -1, NAN };
  record.n_samples = 0;
  moe_run_replace (run, 1, &record);
  for (guint i = 0; i < 3; i++)
    moe_run_add_sample (run, 1, 0.3, NULL, &taken[i]);
  g_autoptr (GString) text = moe_tables_points (run);
  g_assert_cmpstr (
      text->str, ==,
      "Null mode    top-k    f  tokens/s       source  spread  GF/s  speed-up        ±  "
      "efficiency\n"
      "independent      4  0.0    39,639         wall  ±3.2 %   514     1.00×        –       "
      "1.000\n"
      "independent      4  0.5    64,000  ○ processor  ±0.0 %     –     1.61×  ±3.2 %*       "
      "0.807\n"
      "○ Made of processor time: other work took 75 % of the time of its samples.\n"
      "* Not of pairs from the same rounds as f = 0: the interval is that of two medians.\n");
  g_autoptr (GString) markdown = moe_tables_points_markdown (run);
  assert_has (markdown,
              "| – | 1.61× | ±3.2 %\\* | 0.807 |\n\n○ Made of processor time: other work");
}

static void
test_points_markdown (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  g_autoptr (GString) text = moe_tables_points_markdown (run);
  g_assert_cmpstr (
      text->str, ==,
      "| Null mode | top-k | f | tokens/s | spread | GF/s | speed-up | ± | efficiency |\n"
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
      "| independent | 4 | 0.0 | 39,639 | ±3.2 % | 514 | 1.00× | – | 1.000 |\n"
      "| independent | 4 | 0.5 | 57,344 | ±2.0 % | 372 | 1.45× | ±5.6 % | 0.723 |\n");
}

/* Columns stay where nothing is told, but in tables that are asked to drop them. */
static void
test_empty_columns (void)
{
  MoeGrid grid;
  for (int drop = 0; drop < 2; drop++)
    {
      moe_grid_init (&grid);
      grid.drop_empty = drop == 1;
      grid.n_left = 1;
      grid.left_end = TRUE;
      moe_grid_add (&grid, "a|b");
      moe_grid_add (&grid, "none");
      moe_grid_add_real (&grid, 1, 0, "");
      moe_grid_add (&grid, "last");
      moe_grid_begin_row (&grid);
      moe_grid_add (&grid, "x\ty");
      moe_grid_add (&grid, NULL);
      moe_grid_add_real (&grid, NAN, 3, " s");
      moe_grid_add (&grid, "\xff");
      moe_grid_begin_row (&grid);
      moe_grid_add (&grid, NULL);
      moe_grid_add_real (&grid, INFINITY, 3, " s");
      moe_grid_add_real (&grid, 1.5, 3, " s");
      moe_grid_add (&grid, "wide");
      g_autoptr (GString) markdown = moe_grid_to_markdown (&grid);
      g_autoptr (GString) text = moe_grid_to_text (&grid);
      moe_grid_clear (&grid);
      g_assert_cmpstr (markdown->str, ==,
                       drop
                           ? "| a\\|b | 1 | last |\n| --- | ---: | --- |\n| x y | – | \xef\xbf\xbd "
                             "|\n| – | 1.500 s | wide |\n"
                           : "| a\\|b | none | 1 | last |\n| --- | ---: | ---: | --- |\n"
                             "| x y | – | – | \xef\xbf\xbd |\n| – | – | 1.500 s | wide |\n");
      g_assert_cmpstr (
          text->str, ==,
          "a|b  none        1  last\nx y     –        –  \xef\xbf\xbd\n–       –  1.500 "
          "s  wide\n");
    }
}

static void
test_efficiency (void)
{
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  g_autoptr (GString) text = moe_tables_efficiency ((MoeRun *const *)runs->pdata, 1);
  g_assert_cmpstr (text->str, ==,
                   "| Shape | topk | 0.0 | 0.1 | 0.9 |\n| --- | ---: | ---: | ---: | ---: |\n"
                   "| 32768x2048x1408x60 | 8 | 1.000 | 0.965 | 0.214 |\n"
                   "| 32768x2048x2048x64 | 8 | 1.000 | 0.966 | 0.201 |\n"
                   "| 65536x3072x3072x128 | 8 | 1.000 | 0.973 | 0.217 |\n");

  /* No f = 0, no efficiency; f by the hundred, sixteen columns from the first to the last. */
  g_autoptr (MoeRun) baseless =
      test_read ("shape,topk,null_target,tokens_per_s\n1x2x3x4,1,0.1,5\n", "x.csv");
  g_assert_null (moe_tables_efficiency (&baseless, 1));
  g_autoptr (GString) csv = g_string_new ("shape,topk,null_target,tokens_per_s\n");
  for (int i = 0; i < 100; i++)
    g_string_append_printf (csv, "1x2x3x4,1,0.%02d,5\n", i);
  g_autoptr (MoeRun) many = test_read (csv->str, "x.csv");
  g_autoptr (GString) wide = moe_tables_efficiency (&many, 1);
  assert_has (wide,
              "| Shape | topk | 0.0 | 0.06 | 0.13 | 0.19 | 0.26 | 0.33 | 0.39 | 0.46 | 0.52 | "
              "0.59 | 0.66 | 0.72 | 0.79 | 0.85 | 0.92 | 0.99 |\n");
}

static void
test_stages (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeRecord record = *moe_run_get_record (run, 0);
  for (int i = 0; i < MOE_N_STAGES; i++)
    record.stage_s[i] = NAN;
  record.stage_s[MOE_STAGE_PACK] = 0.020;
  record.stage_s[MOE_STAGE_UP_WGRAD] = 0.0799;
  record.stage_s[MOE_STAGE_GATHER] = 0.0001;
  record.n_samples = 0;
  moe_run_replace (run, 0, &record);
  record.stage_s[MOE_STAGE_PACK] = record.stage_s[MOE_STAGE_UP_WGRAD] =
      record.stage_s[MOE_STAGE_GATHER] = NAN;
  moe_run_replace (run, 1, &record);
  g_autoptr (GString) text = moe_tables_stages (run);
  g_assert_cmpstr (text->str, ==,
                   "| Shape | topk | f | step, ms | pack | up wgrad | others |\n"
                   "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
                   "| 4096x512x352x60 | 4 | 0.0 | 100.000 | 20.0 | 79.9 | 0.1 |\n");
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  g_assert_null (moe_tables_stages (g_ptr_array_index (runs, 0)));
}

static void
test_routing (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  g_assert_null (moe_tables_routing (run));
  MoeRecord record = *moe_run_get_record (run, 0);
  record.load_min = 0;
  record.load_max = 700;
  record.real_assignments = 60 * 350 - 84;
  record.balance.tile_share[MOE_TILES_16] = 0.875;
  record.run_mean = 50.567;
  record.dropped_assignments = 84;
  record.comm_bytes = 123456789;
  moe_run_replace (run, 0, &record);
  g_autoptr (GString) text = moe_tables_routing (run);
  g_assert_cmpstr (
      text->str, ==,
      "| Shape | topk | f | load min | load max | fullest over mean | in tiles of 16, % | run mean "
      "| dropped | exchanged, MB |\n"
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
      "| 4096x512x352x60 | 4 | 0.0 | 0 | 700 | 2.00 | 87.5 | 50.57 | 84 | 123.457 |\n");

  /* By a k rule, how many experts tokens keep. */
  record = *moe_run_get_record (run, 0);
  record.choice[MOE_CHOICE_K_RULE] = moe_text_intern ("top_p");
  record.n_kept = 3;
  record.kept[1] = 4000;
  record.kept[2] = 96;
  moe_run_replace (run, 0, &record);
  g_autoptr (GString) by_rule = moe_tables_routing (run);
  assert_has (by_rule, " | tokens that keep 0, 1, 2 … experts |\n");
  assert_has (by_rule, " | 0, 4000, 96 |\n");
}

/* Padding is no work; its share of the rows is told beside it, and only where there is some. */
static void
test_padding (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  g_autoptr (GString) without = moe_tables_points (run);
  g_assert_null (strstr (without->str, "padding"));
  MoeRecord record = *moe_run_get_record (run, 0);
  record.choice[MOE_CHOICE_CAPACITY_POLICY] = moe_text_intern ("pad");
  record.capacity = 400;
  moe_run_replace (run, 0, &record);
  g_autoptr (GString) points = moe_tables_points (run);
  g_autoptr (GString) routing = moe_tables_routing (run);
  assert_has (points, "padding");
  assert_has (points, " 31.7 %");
  assert_has (routing, "| capacity | padding, % |");
  assert_has (routing, "| 400 | 31.7 |");
}

static void
test_rates (void)
{
  static const struct
  {
    double rate;
    const char *text;
    const char *full;
  } cases[] = {
    { 731.46, "731.5", "731" },
    { 999.96, "1.0 k", "1,000" },
    { 858766, "858.8 k", "858,766" },
    { 999960, "1.00 M", "999,960" },
    { 1833742, "1.83 M", "1,833,742" },
    { 1.25, "1.2", "1.250" },
    { NAN, "–", "–" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = moe_cell_short_rate (cases[i].rate);
      g_autofree char *full = moe_cell_rate (cases[i].rate);
      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpstr (full, ==, cases[i].full);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tables/published-gains-alone", test_published_gains_alone);
  g_test_add_func ("/tables/published-gains-together", test_published_gains_together);
  g_test_add_func ("/tables/published-deltas", test_published_deltas);
  g_test_add_func ("/tables/published-trend", test_published_trend);
  g_test_add_func ("/tables/published-comparison", test_published_comparison);
  g_test_add_func ("/tables/comparison-of-two-runs", test_comparison_of_two_runs);
  g_test_add_func ("/tables/comparison-tells-its-weight", test_comparison_tells_its_weight);
  g_test_add_func ("/tables/accuracy", test_accuracy);
  g_test_add_func ("/tables/falling-trend", test_falling_trend);
  g_test_add_func ("/tables/later-axes-get-columns", test_later_axes_get_columns);
  g_test_add_func ("/tables/missing-rows-are-sentences", test_missing_rows_are_sentences);
  g_test_add_func ("/tables/gain-topk-is-chosen", test_gain_topk_is_chosen);
  g_test_add_func ("/tables/baseline-of-another-mode", test_baseline_of_another_mode);
  g_test_add_func ("/tables/hostile-title", test_hostile_title);
  g_test_add_func ("/tables/points", test_points);
  g_test_add_func ("/tables/points-of-processors", test_points_of_processors);
  g_test_add_func ("/tables/points-markdown", test_points_markdown);
  g_test_add_func ("/tables/empty-columns", test_empty_columns);
  g_test_add_func ("/tables/efficiency", test_efficiency);
  g_test_add_func ("/tables/stages", test_stages);
  g_test_add_func ("/tables/routing", test_routing);
  g_test_add_func ("/tables/padding", test_padding);
  g_test_add_func ("/tables/rates", test_rates);
  return g_test_run ();
}
