/* SPDX-License-Identifier: Apache-2.0 */
/* Two sets of rows: who meets whom, what is said of it, and with how much right. */
#include "engine/judge/compare.h"

#include "tests/records/support.h"

/* --- the test behind a verdict --- */

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

static void
assert_guard (const MoeComparison *comparison,
              gsize index,
              MoeGuardKind kind,
              MoeAxis axis,
              const char *a,
              const char *b)
{
  const MoeGuard *guard = &g_array_index (comparison->guards, MoeGuard, index);
  g_assert_cmpint (guard->kind, ==, kind);
  g_assert_cmpint (guard->axis, ==, axis);
  g_assert_cmpstr (guard->a[0], ==, a);
  g_assert_cmpstr (guard->b[0], ==, b);
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
  g_assert_cmpuint (comparison->pairs->len, ==, 2);
  assert_pair (comparison, 0, 120, 90);
  assert_pair (comparison, 1, 100, 100);
  g_assert_cmpuint (comparison->unmatched_a->len, ==, 3);
  g_assert_cmpuint (comparison->unmatched_b->len, ==, 1);
  g_assert_cmpuint (comparison->n_repeats, ==, 1);
  g_assert_cmpuint (moe_comparison_count (comparison, MOE_VERDICT_SLOWER), ==, 1);
  g_assert_cmpuint (moe_comparison_count (comparison, MOE_VERDICT_SAME), ==, 1);
}

/* Several modes on a side: modes must agree, but f = 0 may do without. */
static void
test_matching_of_modes (void)
{
  g_autoptr (MoeComparison) comparison = compare_texts (
      PLAIN,
      "1x2x3x4,2,independent,0,100\n1x2x3x4,2,independent,0.5,150\n1x2x3x4,2,router,0.5,160\n",
      "1x2x3x4,2,router,0,101\n1x2x3x4,2,router,0.5,161\n1x2x3x4,2,take_until_null,0.5,170\n");
  g_assert_cmpuint (comparison->pairs->len, ==, 2);
  assert_pair (comparison, 0, 100, 101);
  assert_pair (comparison, 1, 160, 161);
  g_assert_cmpuint (comparison->unmatched_a->len, ==, 1);
  g_assert_cmpuint (comparison->unmatched_b->len, ==, 1);

  /* One mode each: then that is the question. */
  g_autoptr (MoeComparison) modes = compare_texts (PLAIN, "1x2x3x4,2,independent,0.5,150\n",
                                                   "1x2x3x4,2,take_until_null,0.5,160\n");
  g_assert_cmpuint (modes->pairs->len, ==, 1);
  assert_guard (modes, 0, MOE_GUARD_AXIS, MOE_CHOICE_NULL_MODE, "independent", "take_until_null");
}

#define AXES "shape,topk,null_mode,null_target,tokens_per_s,pass,impl,null_dispatch,parallel_mode"

static void
test_matching_of_axes (void)
{
  /* Passes never mix, though each side has one. */
  g_autoptr (MoeComparison) passes =
      compare_texts (AXES, "1x2x3x4,2,independent,0.5,150,forward,,,\n",
                     "1x2x3x4,2,independent,0.5,160,forward_backward,,,\n");
  g_assert_cmpuint (passes->pairs->len, ==, 0);
  g_assert_cmpint (passes->joint.method, ==, MOE_METHOD_NONE);

  /* Several implementations on one side: only the same one meets. */
  g_autoptr (MoeComparison) impls = compare_texts (AXES,
                                                   "1x2x3x4,2,independent,0.5,150,,fast,,\n"
                                                   "1x2x3x4,2,independent,0.5,151,,scatter,,\n",
                                                   "1x2x3x4,2,independent,0.5,160,,scatter,,\n");
  g_assert_cmpuint (impls->pairs->len, ==, 1);
  assert_pair (impls, 0, 151, 160);

  /* One each: compared, and said. */
  g_autoptr (MoeComparison) singles =
      compare_texts (AXES, "1x2x3x4,2,independent,0.5,150,,fast,compact,\n",
                     "1x2x3x4,2,independent,0.5,160,,scatter,carry,\n");
  g_assert_cmpuint (singles->pairs->len, ==, 1);
  assert_guard (singles, 0, MOE_GUARD_AXIS, MOE_CHOICE_NULL_DISPATCH, "compact", "carry");
  assert_guard (singles, 1, MOE_GUARD_AXIS, MOE_CHOICE_IMPL, "fast", "scatter");

  /* A side that does not tell meets them all. */
  g_autoptr (MoeComparison) silent = compare_texts (AXES,
                                                    "1x2x3x4,2,independent,0.5,150,,,compact,\n"
                                                    "1x2x3x4,2,independent,0.5,151,,,carry,\n",
                                                    "1x2x3x4,2,independent,0.5,160,,,,\n");
  g_assert_cmpuint (silent->pairs->len, ==, 2);

  /* Except where an older file can only mean one thing. */
  g_autoptr (MoeComparison) older = compare_texts (AXES,
                                                   "1x2x3x4,2,independent,0.5,150,,,,none\n"
                                                   "1x2x3x4,2,independent,0.5,151,,,,ep\n",
                                                   "1x2x3x4,2,independent,0.5,160,,,,\n");
  g_assert_cmpuint (older->pairs->len, ==, 1);
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
  g_assert_cmpuint (comparison->pairs->len, ==, 2);
  assert_pair (comparison, 0, 100, 110);
  assert_pair (comparison, 1, 200, 190);
  g_assert_true (moe_comparison_get_pair (comparison, 1)->run_a == two);
  g_assert_cmpuint (comparison->n_repeats, ==, 1);
  g_assert_cmpstr (comparison->name_a, ==, "One, Two");

  g_autoptr (MoeComparison) nothing = moe_compare (NULL, 0, NULL, 0);
  g_assert_cmpuint (nothing->pairs->len, ==, 0);
  g_assert_cmpint (nothing->joint.method, ==, MOE_METHOD_NONE);
}

/* --- guards --- */

static MoeComparison *
compare_facts (const char *fact, const char *a_value, const char *b_value)
{
  g_autoptr (MoeRun) a = run_of (PLAIN, "1x2x3x4,2,independent,0.1,100\n");
  g_autoptr (MoeRun) b = run_of (PLAIN, "1x2x3x4,2,independent,0.1,100\n");
  moe_run_set_fact (a, fact, a_value);
  moe_run_set_fact (b, fact, b_value);
  return moe_compare (&a, 1, &b, 1);
}

static void
test_guards (void)
{
  static const struct
  {
    const char *fact;
    MoeGuardKind kind;
  } cases[] = {
    { "host", MOE_GUARD_HOST },       { "cpu", MOE_GUARD_CPU },
    { "device", MOE_GUARD_DEVICE },   { "accelerator", MOE_GUARD_ACCELERATOR },
    { "blas", MOE_GUARD_LIBRARY },    { "blas kernels", MOE_GUARD_KERNELS },
    { "dtype", MOE_GUARD_DTYPE },     { "threads", MOE_GUARD_THREADS },
    { "version", MOE_GUARD_VERSION }, { "governor", MOE_GUARD_GOVERNOR },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MoeComparison) differ = compare_facts (cases[i].fact, "x", "y");
      g_autoptr (MoeComparison) same = compare_facts (cases[i].fact, "x", "x");
      g_autoptr (MoeComparison) silent = compare_facts (cases[i].fact, "x", NULL);
      g_assert_cmpuint (differ->guards->len, ==, 1);
      assert_guard (differ, 0, cases[i].kind, MOE_N_AXES, "x", "y");
      g_assert_cmpuint (same->guards->len, ==, 0);
      g_assert_cmpuint (silent->guards->len, ==, 0); /* not told is not another */
    }
  g_autoptr (MoeComparison) timed = compare_facts ("timed", "without packing", NULL);
  assert_guard (timed, 0, MOE_GUARD_TIMED, MOE_N_AXES, "without packing", NULL);
  g_autoptr (MoeComparison) dates = compare_facts ("date", "2026-01-01", "2026-01-02");
  g_assert_cmpuint (dates->guards->len, ==, 0);
}

/* --- judging --- */

static void
test_side_by_side (void)
{
  g_autoptr (MoeRun) a = test_run_sampled (3, 1), b = test_run_sampled (3, 1.03);
  g_autoptr (MoeComparison) apart = moe_compare (&a, 1, &b, 1);
  g_assert_cmpint (apart->joint.method, ==, MOE_METHOD_STARTS);
  moe_run_set_fact (a, "rounds", "7");
  moe_run_set_fact (b, "rounds", "7");
  g_autoptr (MoeComparison) together = moe_compare (&a, 1, &b, 1);
  const MoeJudged *joint = &together->joint;
  g_assert_cmpint (joint->method, ==, MOE_METHOD_ROUNDS);
  g_assert_cmpint (joint->verdict, ==, MOE_VERDICT_FASTER);
  g_assert_cmpfloat_with_epsilon (joint->ratio, 1.03, 1e-6);
  g_assert_cmpuint (moe_comparison_count (together, MOE_VERDICT_FASTER), ==, 2);
}

/* What a run tells of the starts of its machine decides what a single start is worth; of another
 * machine it says nothing. */
static void
test_known_starts (void)
{
  g_autoptr (MoeRun) a = test_run_sampled (1, 1), b = test_run_sampled (1, 1.04);
  g_autoptr (MoeComparison) unknown = moe_compare (&a, 1, &b, 1);
  g_assert_cmpint (unknown->joint.verdict, ==, MOE_VERDICT_OPEN);
  moe_run_set_fact (a, "starts differ by", "0.003 14");
  moe_run_set_fact (b, "starts differ by", "0.003 14");
  g_autoptr (MoeComparison) known = moe_compare (&a, 1, &b, 1);
  g_assert_cmpint (known->joint.verdict, ==, MOE_VERDICT_FASTER);
  moe_run_set_fact (b, "host", "bench-2");
  g_autoptr (MoeComparison) elsewhere = moe_compare (&a, 1, &b, 1);
  g_assert_cmpint (elsewhere->joint.verdict, ==, MOE_VERDICT_OPEN);
  moe_run_set_fact (b, "host", "bench-1");
  moe_run_set_fact (b, "starts differ by", "little");
  g_autoptr (MoeComparison) garbled = moe_compare (&a, 1, &b, 1);
  g_assert_cmpint (garbled->joint.verdict, ==, MOE_VERDICT_OPEN);
}

/* Others' load is told where the runs were not measured together. */
static void
test_load (void)
{
  g_autoptr (MoeRun) a = test_run_sampled (3, 1), b = test_run_sampled (3, 1);
  moe_run_set_fact (a, "others busy", "0.02");
  moe_run_set_fact (b, "others busy", "1.7");
  g_autoptr (MoeComparison) apart = moe_compare (&a, 1, &b, 1);
  const MoeGuard *guard = &g_array_index (apart->guards, MoeGuard, 0);
  g_assert_cmpint (guard->kind, ==, MOE_GUARD_LOAD);
  g_assert_cmpfloat (guard->busy_a, ==, 0.02);
  g_assert_cmpfloat (guard->busy_b, ==, 1.7);
  moe_run_set_fact (a, "rounds", "7");
  moe_run_set_fact (b, "rounds", "7");
  g_autoptr (MoeComparison) together = moe_compare (&a, 1, &b, 1);
  g_assert_cmpuint (together->guards->len, ==, 0);
}

/* SPEC 6: the published rows were measured twice; what moved by up to 1 % is a tie. */
static void
test_published_repeats (void)
{
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  g_autoptr (MoeComparison) comparison =
      moe_compare ((MoeRun **)runs->pdata, 1, (MoeRun **)runs->pdata + 1, 1);
  g_assert_cmpuint (comparison->pairs->len, ==, 6 + 3);
  g_assert_cmpuint (moe_comparison_count (comparison, MOE_VERDICT_SAME), ==, 6 + 3);
  g_assert_cmpuint (comparison->unmatched_a->len, ==, 15);
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
  g_assert_cmpuint (comparison->pairs->len, ==, 10000);
  g_assert_true (comparison->is_cut);
  /* Nobody has looked for partners of the rest. */
  g_assert_cmpuint (comparison->unmatched_a->len, ==, 0);
  g_assert_cmpuint (comparison->unmatched_b->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/compare/matching", test_matching);
  g_test_add_func ("/compare/matching-of-modes", test_matching_of_modes);
  g_test_add_func ("/compare/matching-of-axes", test_matching_of_axes);
  g_test_add_func ("/compare/sets", test_sets);
  g_test_add_func ("/compare/guards", test_guards);
  g_test_add_func ("/compare/side-by-side", test_side_by_side);
  g_test_add_func ("/compare/known-starts", test_known_starts);
  g_test_add_func ("/compare/load", test_load);
  g_test_add_func ("/compare/published-repeats", test_published_repeats);
  g_test_add_func ("/compare/many", test_many);
  return g_test_run ();
}
