/* SPDX-License-Identifier: Apache-2.0 */
/* Two sets of rows: who meets whom, what is said of it, and with how much right. */
#include "engine/records/compare.h"

#include "engine/records/ranksum.h"
#include "tests/records/support.h"

/* --- the test behind a verdict --- */

static void
test_rank_sum (void)
{
  /* Hollander and Wolfe's permeability data, as in the manual of R's wilcox.test (): p = 0.2544. */
  static const double at_term[] = { 0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46 };
  static const double earlier[] = { 1.15, 0.88, 0.90, 0.74, 1.21 };
  MoeRankSum sum;
  moe_rank_sum (at_term, 10, earlier, 5, &sum);
  g_assert_cmpfloat_with_epsilon (sum.p, 0.2544122544122544, 1e-12);
  g_assert_cmpfloat_with_epsilon (sum.quotient, 1.3124685591088752, 1e-12);
  g_assert_cmpfloat_with_epsilon (sum.lower, 0.859504132231405, 1e-12);
  g_assert_cmpfloat_with_epsilon (sum.upper, 1.9594594594594594, 1e-12);
  g_assert_cmpfloat_with_epsilon (sum.coverage, 0.96003996003996, 1e-12);

  /* The other way round it is the same p and the inverse. */
  MoeRankSum turned;
  moe_rank_sum (earlier, 5, at_term, 10, &turned);
  g_assert_cmpfloat_with_epsilon (turned.p, sum.p, 1e-12);
  g_assert_cmpfloat_with_epsilon (turned.lower, 1 / sum.upper, 1e-12);
}

static void
test_rank_sum_of_ties (void)
{
  static const double a[] = { 1, 1, 2, 2, 3 }, b[] = { 2, 3, 3, 4, 4, 4 }, c[] = { 7, 7, 7, 7 };
  MoeRankSum sum;
  moe_rank_sum (a, 5, b, 6, &sum);
  g_assert_cmpfloat_with_epsilon (sum.p, 0.02813852813852814, 1e-12);
  moe_rank_sum (c, 4, c, 4, &sum);
  g_assert_cmpfloat (sum.p, ==, 1);
  g_assert_cmpfloat (sum.lower, ==, 1);
  g_assert_cmpfloat (sum.upper, ==, 1);
}

static void
test_rank_sum_of_few (void)
{
  static const double slow[] = { 9, 9.1, 9.2, 9.3 }, fast[] = { 1, 1.1, 1.2, 1.3 };
  MoeRankSum sum;
  moe_rank_sum (slow, 3, fast, 3, &sum);
  g_assert_cmpfloat_with_epsilon (sum.p, 0.1, 1e-12);
  g_assert_cmpfloat_with_epsilon (sum.least_p, 0.1, 1e-12);
  g_assert_cmpfloat_with_epsilon (sum.coverage, 0.9, 1e-12);
  g_assert_cmpfloat_with_epsilon (sum.lower, 9 / 1.2, 1e-12);
  moe_rank_sum (slow, 4, fast, 4, &sum);
  g_assert_cmpfloat_with_epsilon (sum.p, 2.0 / 70, 1e-12);
  moe_rank_sum (slow, 1, fast, 1, &sum);
  g_assert_cmpfloat (sum.p, ==, 1);
}

static void
test_rank_sum_of_many (void)
{
  double a[25], b[25];
  MoeRankSum sum;
  for (int i = 0; i < 25; i++)
    {
      a[i] = 1 + 0.01 * i;
      b[i] = 1.1 + 0.01 * i;
    }
  moe_rank_sum (a, 25, b, 25, &sum);
  g_assert_cmpfloat_with_epsilon (sum.p, 7.236918080865457e-05, 1e-12);
  g_assert_cmpfloat_with_epsilon (sum.lower, 0.8833333333333332, 1e-9);
  g_assert_cmpfloat_with_epsilon (sum.upper, 0.9538461538461538, 1e-9);

  /* More quotients than are kept. */
  gsize n = 2000;
  g_autofree double *many = g_new (double, n);
  for (gsize i = 0; i < n; i++)
    many[i] = 1 + (double)(i * 7919 % n) / (double)n;
  moe_rank_sum (many, n, many, n, &sum);
  g_assert_cmpfloat (sum.p, ==, 1);
  g_assert_cmpfloat (sum.lower, <, 1);
  g_assert_cmpfloat (sum.upper, >, 1);
}

/* --- one pair --- */

static MoeRecord
sampled (const MoeRecord *from, double *samples_s, gsize n)
{
  MoeRecord record = *from;
  record.samples_s = samples_s;
  record.n_samples = n;
  record.tokens_per_s = (double)record.shape.tokens / moe_median (samples_s, n);
  return record;
}

static void
test_verdicts (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  double slow[] = { 0.100, 0.101, 0.102, 0.103, 0.104 };
  double fast[] = { 0.090, 0.091, 0.092, 0.093, 0.094 };
  double wide[] = { 0.080, 0.099, 0.1025, 0.110, 0.120 };
  MoeRecord a = sampled (moe_run_get_record (run, 0), slow, 5), b = a;
  MoePair pair;
  b = sampled (&a, fast, 5);
  g_assert_true (moe_compare_records (&a, &b, &pair));
  g_assert_cmpint (pair.verdict, ==, MOE_VERDICT_FASTER);
  g_assert_cmpstr (moe_pair_verdict (&pair), ==, "faster");
  g_assert_cmpfloat_with_epsilon (pair.ratio, 0.102 / 0.092, 1e-12);
  g_assert_cmpfloat (pair.lower, >, 1.06);
  g_assert_cmpfloat (pair.lower, <, pair.ratio);
  g_assert_cmpfloat (pair.upper, >, pair.ratio);
  g_assert_cmpfloat_with_epsilon (pair.p, 2.0 / 252, 1e-12);
  g_assert_cmpfloat (pair.coverage, >, 0.95);
  g_assert_cmpuint (pair.n_a, ==, 5);

  g_assert_true (moe_compare_records (&b, &a, &pair));
  g_assert_cmpint (pair.verdict, ==, MOE_VERDICT_SLOWER);

  b = sampled (&a, wide, 5);
  g_assert_true (moe_compare_records (&a, &b, &pair));
  g_assert_cmpint (pair.verdict, ==, MOE_VERDICT_UNCLEAR);
  g_assert_cmpstr (moe_pair_verdict (&pair), ==, "no clear difference");
  g_assert_cmpfloat (pair.lower, <, 1);
  g_assert_cmpfloat (pair.upper, >, 1);

  /* Three against three, and be it twice as fast. */
  a = sampled (&a, slow, 3);
  b = sampled (&a, fast, 3);
  g_assert_true (moe_compare_records (&a, &b, &pair));
  g_assert_cmpint (pair.verdict, ==, MOE_VERDICT_UNCLEAR);
  g_assert_true (pair.too_few);
  g_assert_cmpstr (moe_pair_verdict (&pair), ==, "no clear difference (too few samples)");
}

static void
test_verdicts_without_samples (void)
{
  static const struct
  {
    double rate;
    MoeVerdict verdict;
    const char *words;
  } cases[] = {
    { 101.9, MOE_VERDICT_UNCLEAR, "no clear difference" },
    { 98.1, MOE_VERDICT_UNCLEAR, "no clear difference" },
    { 102.1, MOE_VERDICT_FASTER, "faster (no interval)" },
    { 97.9, MOE_VERDICT_SLOWER, "slower (no interval)" },
  };
  g_autoptr (MoeRun) run = test_run_new ();
  MoeRecord a = *moe_run_get_record (run, 0), b = a;
  MoePair pair;
  a.n_samples = 0;
  a.tokens_per_s = 100;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      b.tokens_per_s = cases[i].rate; /* with samples or not: one side is enough */
      b.n_samples = i % 2 == 0 ? b.n_samples : 0;
      g_assert_true (moe_compare_records (&a, &b, &pair));
      g_assert_cmpint (pair.verdict, ==, cases[i].verdict);
      g_assert_cmpstr (moe_pair_verdict (&pair), ==, cases[i].words);
      g_assert_true (isnan (pair.p) && isnan (pair.lower) && isnan (pair.upper));
    }
  b.tokens_per_s = NAN;
  g_assert_false (moe_compare_records (&a, &b, &pair));
  g_assert_cmpint (pair.verdict, ==, MOE_VERDICT_UNCLEAR);
}

/* --- matching --- */

static MoeRun *
run_of (const char *columns, const char *rows)
{
  g_autofree char *text =
      g_strconcat ("# nullcurve-csv: 1\n# title: ", columns, "\n", columns, "\n", rows, NULL);
  return test_read (text, "x.csv");
}

static MoeComparison *
compare_texts (const char *columns, const char *a_rows, const char *b_rows)
{
  g_autoptr (MoeRun) a = run_of (columns, a_rows);
  g_autoptr (MoeRun) b = run_of (columns, b_rows);
  return moe_compare (&a, 1, &b, 1);
}

static void
assert_pair (const MoeComparison *comparison, gsize index, double a, double b)
{
  const MoePair *pair = moe_comparison_get_pair (comparison, index);
  g_assert_cmpfloat (pair->a->tokens_per_s, ==, a);
  g_assert_cmpfloat (pair->b->tokens_per_s, ==, b);
}

#define PLAIN "shape,topk,null_mode,null_target,tokens_per_s"

static void
test_matching (void)
{
  g_autoptr (MoeComparison) comparison =
      compare_texts (PLAIN,
                     "1x2x3x4,2,independent,0,100\n"
                     "1x2x3x4,2,independent,0.1,110\n"
                     "1x2x3x5,2,independent,0.1,111\n" /* another shape */
                     "1x2x3x4,3,independent,0.1,112\n" /* another top-k */
                     "1x2x3x4,2,independent,0.2,120\n"
                     "1x2x3x4,2,independent,0.2,1\n" /* a repeat */
                     "1x2x3x4,2,independent,0.3,\n" /* nothing to compare */,
                     "1x2x3x4,2,independent,0.2004,90\n"
                     "1x2x3x4,2,independent,0,100\n"
                     "1x2x3x4,2,independent,0.7,5\n");
  g_assert_cmpuint (moe_comparison_get_n_pairs (comparison), ==, 2);
  assert_pair (comparison, 0, 120, 90);
  assert_pair (comparison, 1, 100, 100);
  g_assert_cmpuint (moe_comparison_get_n_unmatched_a (comparison), ==, 3);
  g_assert_cmpuint (moe_comparison_get_n_unmatched_b (comparison), ==, 1);
  g_assert_cmpuint (moe_comparison_get_n_repeats (comparison), ==, 1);
  g_assert_cmpuint (moe_comparison_count (comparison, MOE_VERDICT_SLOWER), ==, 1);
  g_assert_cmpuint (moe_comparison_count (comparison, MOE_VERDICT_UNCLEAR), ==, 1);
}

/* Several modes on a side: modes must agree, but f = 0 may do without. */
static void
test_matching_of_modes (void)
{
  g_autoptr (MoeComparison) comparison = compare_texts (
      PLAIN,
      "1x2x3x4,2,independent,0,100\n1x2x3x4,2,independent,0.5,150\n1x2x3x4,2,router,0.5,160\n",
      "1x2x3x4,2,router,0,101\n1x2x3x4,2,router,0.5,161\n1x2x3x4,2,take_until_null,0.5,170\n");
  g_assert_cmpuint (moe_comparison_get_n_pairs (comparison), ==, 2);
  assert_pair (comparison, 0, 100, 101);
  assert_pair (comparison, 1, 160, 161);
  g_assert_cmpuint (moe_comparison_get_n_unmatched_a (comparison), ==, 1);
  g_assert_cmpuint (moe_comparison_get_n_unmatched_b (comparison), ==, 1);

  /* One mode each: then that is the question. */
  g_autoptr (MoeComparison) modes = compare_texts (PLAIN, "1x2x3x4,2,independent,0.5,150\n",
                                                   "1x2x3x4,2,take_until_null,0.5,160\n");
  g_assert_cmpuint (moe_comparison_get_n_pairs (modes), ==, 1);
  g_assert_cmpstr (moe_comparison_get_warnings (modes)[0], ==,
                   "Null mode differs: independent in A, take_until_null in B.");
}

#define AXES "shape,topk,null_mode,null_target,tokens_per_s,pass,impl,null_dispatch,parallel_mode"

static void
test_matching_of_axes (void)
{
  /* Passes never mix, though each side has one. */
  g_autoptr (MoeComparison) passes =
      compare_texts (AXES, "1x2x3x4,2,independent,0.5,150,forward,,,\n",
                     "1x2x3x4,2,independent,0.5,160,forward_backward,,,\n");
  g_assert_cmpuint (moe_comparison_get_n_pairs (passes), ==, 0);
  g_assert_cmpstr (moe_comparison_get_headline (passes), ==,
                   "No point of B has a partner in A: nothing can be compared.");

  /* Several implementations on one side: only the same one meets. */
  g_autoptr (MoeComparison) impls = compare_texts (AXES,
                                                   "1x2x3x4,2,independent,0.5,150,,fast,,\n"
                                                   "1x2x3x4,2,independent,0.5,151,,scatter,,\n",
                                                   "1x2x3x4,2,independent,0.5,160,,scatter,,\n");
  g_assert_cmpuint (moe_comparison_get_n_pairs (impls), ==, 1);
  assert_pair (impls, 0, 151, 160);

  /* One each: compared, and said. */
  g_autoptr (MoeComparison) singles =
      compare_texts (AXES, "1x2x3x4,2,independent,0.5,150,,fast,compact,\n",
                     "1x2x3x4,2,independent,0.5,160,,scatter,carry,\n");
  g_assert_cmpuint (moe_comparison_get_n_pairs (singles), ==, 1);
  g_assert_cmpstr (moe_comparison_get_warnings (singles)[0], ==,
                   "Null dispatch differs: compact in A, carry in B.");
  g_assert_cmpstr (moe_comparison_get_warnings (singles)[1], ==,
                   "Impl differs: fast in A, scatter in B.");

  /* A side that does not tell meets them all. */
  g_autoptr (MoeComparison) silent = compare_texts (AXES,
                                                    "1x2x3x4,2,independent,0.5,150,,,compact,\n"
                                                    "1x2x3x4,2,independent,0.5,151,,,carry,\n",
                                                    "1x2x3x4,2,independent,0.5,160,,,,\n");
  g_assert_cmpuint (moe_comparison_get_n_pairs (silent), ==, 2);

  /* Except where an older file can only mean one thing. */
  g_autoptr (MoeComparison) older = compare_texts (AXES,
                                                   "1x2x3x4,2,independent,0.5,150,,,,none\n"
                                                   "1x2x3x4,2,independent,0.5,151,,,,ep\n",
                                                   "1x2x3x4,2,independent,0.5,160,,,,\n");
  g_assert_cmpuint (moe_comparison_get_n_pairs (older), ==, 1);
  assert_pair (older, 0, 150, 160);
}

static void
test_sets (void)
{
  g_autoptr (MoeRun) one = run_of (PLAIN, "1x2x3x4,2,independent,0.1,100\n");
  g_autoptr (MoeRun) two = run_of (PLAIN, "1x2x3x4,2,independent,0.2,200\n"
                                          "1x2x3x4,2,independent,0.1,1\n");
  g_autoptr (MoeRun) other = run_of (PLAIN, "1x2x3x4,2,independent,0.1,110\n"
                                            "1x2x3x4,2,independent,0.2,190\n");
  MoeRun *const set[] = { one, two };
  moe_run_set_title (one, "One");
  moe_run_set_title (two, "Two");
  g_autoptr (MoeComparison) comparison = moe_compare (set, 2, &other, 1);
  g_assert_cmpuint (moe_comparison_get_n_pairs (comparison), ==, 2);
  assert_pair (comparison, 0, 100, 110);
  assert_pair (comparison, 1, 200, 190);
  g_assert_true (moe_comparison_get_pair (comparison, 1)->run_a == two);
  g_assert_cmpuint (moe_comparison_get_n_repeats (comparison), ==, 1);
  g_assert_cmpstr (moe_comparison_get_name_a (comparison), ==, "One, Two");

  g_autoptr (MoeComparison) nothing = moe_compare (NULL, 0, NULL, 0);
  g_assert_cmpuint (moe_comparison_get_n_pairs (nothing), ==, 0);
  g_autoptr (GString) text = moe_compare_to_text (nothing);
  g_assert_true (g_str_has_prefix (text->str, "No point of B has a partner in A"));
}

/* --- guards --- */

static void
assert_warns (const char *fact, const char *a_value, const char *b_value, const char *warning)
{
  g_autoptr (MoeRun) a = run_of (PLAIN, "1x2x3x4,2,independent,0.1,100\n");
  g_autoptr (MoeRun) b = run_of (PLAIN, "1x2x3x4,2,independent,0.1,100\n");
  moe_run_set_fact (a, fact, a_value);
  moe_run_set_fact (b, fact, b_value);
  g_autoptr (MoeComparison) comparison = moe_compare (&a, 1, &b, 1);
  g_assert_cmpstr (moe_comparison_get_warnings (comparison)[0], ==, warning);
  g_assert_true (warning == NULL || moe_comparison_get_warnings (comparison)[1] == NULL);
}

static void
test_guards (void)
{
  assert_warns ("host", "h1", "h2", "The machines differ: h1 in A, h2 in B.");
  assert_warns ("cpu", "x", "y", "The processors differ: x in A, y in B.");
  assert_warns ("accelerator", "native", "openblas",
                "The accelerators differ: native in A, openblas in B.");
  assert_warns ("blas", "OpenBLAS 0.3.21", "oneDNN 2.7",
                "The matmul libraries differ: OpenBLAS 0.3.21 in A, oneDNN 2.7 in B.");
  assert_warns ("dtype", "float32", "bfloat16", "dtype differs: float32 in A, bfloat16 in B.");
  assert_warns ("threads", "2", "16", "The numbers of threads differ: 2 in A, 16 in B.");
  assert_warns ("version", "0.1.0", "0.2.0",
                "The versions of the program differ: 0.1.0 in A, 0.2.0 in B.");
  assert_warns ("timed", "without packing", NULL,
                "A was timed without packing; B does not say so.");
  assert_warns ("host", "h1", "h1", NULL);
  assert_warns ("host", "h1", NULL, NULL); /* not told is not another */
  assert_warns ("date", "2026-01-01", "2026-01-02", NULL);
}

/* --- texts --- */

static void
test_headlines (void)
{
  static const struct
  {
    const char *b;
    const char *headline;
  } cases[] = {
    { "1x2x3x4,2,independent,0.1,110\n1x2x3x4,2,independent,0.2,120\n1x2x3x4,2,independent,0.3,90\n"
      "1x2x3x4,2,independent,0.4,101\n",
      "B is faster at 2 of 4 points (median +15.0 %), slower at 1 (-10.0 %), no clear difference "
      "at 1." },
    { "1x2x3x4,2,independent,0.1,110\n1x2x3x4,2,independent,0.2,130\n",
      "B is faster at all 2 points (median +20.0 %)." },
    { "1x2x3x4,2,independent,0.1,95\n", "B is slower at the one point (-5.0 %)." },
    { "1x2x3x4,2,independent,0.1,100\n1x2x3x4,2,independent,0.2,101\n",
      "There is no clear difference at any of the 2 points." },
  };
  static const char a[] = "1x2x3x4,2,independent,0.1,100\n1x2x3x4,2,independent,0.2,100\n"
                          "1x2x3x4,2,independent,0.3,100\n1x2x3x4,2,independent,0.4,100\n";
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MoeComparison) comparison = compare_texts (PLAIN, a, cases[i].b);
      g_autofree char *whole = g_strconcat (
          cases[i].headline, " The figures have no samples, so there are no intervals.", NULL);
      g_assert_cmpstr (moe_comparison_get_headline (comparison), ==, whole);
    }
}

static MoeRun *
faster_run (double factor)
{
  g_autoptr (MoeRun) from = test_run_new ();
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Faster");
  for (gsize i = 0; i < moe_run_get_n_records (from); i++)
    {
      MoeRecord record = *moe_run_get_record (from, i);
      double samples_s[5];
      for (gsize j = 0; j < 5; j++)
        samples_s[j] = record.samples_s[0] * (1 + 0.01 * (double)j) / factor;
      record = sampled (&record, samples_s, 5);
      moe_run_append (run, &record);
    }
  moe_run_set_fact (run, "host", "bench-1");
  return run;
}

static void
test_texts (void)
{
  g_autoptr (MoeRun) a = faster_run (1);
  g_autoptr (MoeRun) b = faster_run (1.25);
  MoeRecord lonely = *moe_run_get_record (b, 0);
  lonely.null_target = 0.75;
  moe_run_append (b, &lonely);
  moe_run_set_title (a, "Slow | <b>");
  moe_run_set_fact (b, "host", "bench\n2");
  g_autoptr (MoeComparison) comparison = moe_compare (&a, 1, &b, 1);
  g_autoptr (GString) text = moe_compare_to_text (comparison);
  g_autoptr (GString) markdown = moe_compare_to_markdown (comparison);
  g_assert_cmpstr (
      text->str, ==,
      "B is faster at all 2 points (median +25.0 %).\n"
      "A: Slow | <b>\n"
      "B: Faster\n"
      "Warning: The machines differ: bench-1 in A, bench 2 in B.\n"
      "\n"
      "shape            top-k    f  A tokens/s  B tokens/s    delta            interval      p     "
      " "
      "n  verdict\n"
      "4096x512x352x60      4  0.0      40,157      50,196  +25.0 %  +21.4 % to +28.7 %  0.008  5 "
      "/ 5  faster\n"
      "4096x512x352x60      4  0.5      57,367      71,709  +25.0 %  +21.4 % to +28.7 %  0.008  5 "
      "/ 5  faster\n"
      "\n"
      "p: two-sided rank sum test (Mann and Whitney) of the samples; n tells how many A and B "
      "have. "
      "Below 0.05 a difference is clear; of 20 equal points one is expected there by chance.\n"
      "1 row of B without a partner: 4096x512x352x60 top-4 f = 0.75 independent forward_backward "
      "fused_w13.\n");
  g_assert_true (g_str_has_prefix (
      markdown->str, "**B is faster at all 2 points (median +25.0 %).**\n"
                     "\n"
                     "- A: Slow \\| \\<b>\n"
                     "- B: Faster\n"
                     "\n"
                     "What differs between the sides:\n"
                     "\n"
                     "- The machines differ: bench-1 in A, bench 2 in B.\n"
                     "\n"
                     "| shape | top-k | f | A tokens/s | B tokens/s | delta | interval | p | n | "
                     "verdict |\n"
                     "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n"
                     "| 4096x512x352x60 | 4 | 0.0 | 40,157 | 50,196 | +25.0 % | +21.4 % to +28.7 % "
                     "| 0.008 | 5 / 5 | faster |\n"));
  g_assert_true (g_str_has_suffix (markdown->str, "fused_w13.\n"));
}

/* Three samples each, and a published row: both say what they cannot tell. */
static void
test_texts_of_little (void)
{
  g_autoptr (MoeRun) a = test_run_new ();
  g_autoptr (MoeRun) b = test_run_new ();
  MoeRecord record = *moe_run_get_record (b, 1);
  record.n_samples = 0;
  record.tokens_per_s *= 1.5;
  moe_run_replace (b, 1, &record);
  g_autoptr (MoeComparison) comparison = moe_compare (&a, 1, &b, 1);
  g_autoptr (GString) text = moe_compare_to_text (comparison);
  g_assert_cmpstr (moe_comparison_get_headline (comparison), ==,
                   "B is faster at 1 of 2 points (+50.0 %), no clear difference at 1. 1 of the "
                   "points has no interval.");
  g_assert_nonnull (strstr (text->str, "3 / 3  no clear difference (too few samples)\n"));
  g_assert_nonnull (strstr (text->str, "3 / 0  faster (no interval)\n"));
  g_assert_nonnull (strstr (text->str, "Fewer than 4 samples against 4"));
  g_assert_nonnull (strstr (text->str, "*: the samples are too few for an interval of 95 %"));
  g_assert_nonnull (strstr (text->str, "Without samples on both sides there is no interval"));
}

/* SPEC 6: the published rows were measured twice; what moved by up to 1 % is a tie. */
static void
test_published_repeats (void)
{
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  g_autoptr (MoeComparison) comparison =
      moe_compare ((MoeRun **)runs->pdata, 1, (MoeRun **)runs->pdata + 1, 1);
  g_assert_cmpuint (moe_comparison_get_n_pairs (comparison), ==, 6 + 3);
  g_assert_cmpuint (moe_comparison_count (comparison, MOE_VERDICT_UNCLEAR), ==, 6 + 3);
  g_assert_cmpuint (moe_comparison_get_n_unmatched_a (comparison), ==, 15);
}

/* Rows by the thousand that all meet each other end somewhere. */
static void
test_many (void)
{
  g_autoptr (GString) a_rows = g_string_new (NULL), b_rows = g_string_new (NULL);
  for (int i = 0; i < 120; i++)
    {
      g_string_append_printf (a_rows, "1x2x3x4,2,,0.5,150,,i%d,,\n", i);
      g_string_append_printf (b_rows, "1x2x3x4,2,,0.5,150,,,d%d,\n", i);
    }
  g_autoptr (MoeComparison) comparison = compare_texts (AXES, a_rows->str, b_rows->str);
  g_assert_cmpuint (moe_comparison_get_n_pairs (comparison), ==, 10000);
  g_autoptr (GString) text = moe_compare_to_text (comparison);
  g_assert_nonnull (strstr (text->str, "Only the first 10000 pairs are shown.\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/compare/rank-sum", test_rank_sum);
  g_test_add_func ("/compare/rank-sum-of-ties", test_rank_sum_of_ties);
  g_test_add_func ("/compare/rank-sum-of-few", test_rank_sum_of_few);
  g_test_add_func ("/compare/rank-sum-of-many", test_rank_sum_of_many);
  g_test_add_func ("/compare/verdicts", test_verdicts);
  g_test_add_func ("/compare/verdicts-without-samples", test_verdicts_without_samples);
  g_test_add_func ("/compare/matching", test_matching);
  g_test_add_func ("/compare/matching-of-modes", test_matching_of_modes);
  g_test_add_func ("/compare/matching-of-axes", test_matching_of_axes);
  g_test_add_func ("/compare/sets", test_sets);
  g_test_add_func ("/compare/guards", test_guards);
  g_test_add_func ("/compare/headlines", test_headlines);
  g_test_add_func ("/compare/texts", test_texts);
  g_test_add_func ("/compare/texts-of-little", test_texts_of_little);
  g_test_add_func ("/compare/published-repeats", test_published_repeats);
  g_test_add_func ("/compare/many", test_many);
  return g_test_run ();
}
