/* SPDX-License-Identifier: Apache-2.0 */
/* From the command line to the plan: every option of the table arrives, matrices and presets lie
 * under what was given. */
#include <string.h>

#include "app/command-line/args.h"
#include "app/command-line/error.h"
#include "engine/formats/harness/harness.h"
#include "engine/sweep/sweep.h"

typedef struct Parsed
{
  NullcurveBenchArgs args;
  MoeSweep *sweep;
} Parsed;

static void
parsed_clear (Parsed *parsed)
{
  nullcurve_bench_args_clear (&parsed->args);
  g_clear_pointer (&parsed->sweep, moe_sweep_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parsed, parsed_clear)

/* Up to four arguments, NULL-terminated; FALSE when they are refused. */
static gboolean
parse (Parsed *parsed, const char *const *arguments, GError **error)
{
  static char program[] = "nullcurve-bench";
  char *argv[8] = { program };
  MoeOptions sweeps[MOE_MATRIX_MAX_JOBS];
  gsize n;
  int argc = 1;
  for (; arguments[argc - 1] != NULL; argc++)
    argv[argc] = (char *)arguments[argc - 1];
  *parsed = (Parsed){ 0 };
  if (!nullcurve_bench_args_parse (argv, &parsed->args, error))
    return FALSE;
  if (!nullcurve_bench_args_sweeps (&parsed->args, sweeps, &n, error))
    return FALSE;
  parsed->sweep = moe_sweep_new ();
  for (gsize i = 0; i < n; i++)
    {
      MoeError engine_error;
      if (moe_sweep_add_leg (parsed->sweep, 0, &sweeps[i], &engine_error) != MOE_OK)
        return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_REFUSED,
                                                  &engine_error);
    }
  return TRUE;
}

#define PARSE(parsed, error, ...) parse (parsed, (const char *const[]){ __VA_ARGS__, NULL }, error)

static const MoeSweepLeg *
leg_at (const Parsed *parsed, guint index)
{
  g_assert_cmpuint (index, <, moe_sweep_n_legs (parsed->sweep));
  return moe_sweep_get_leg (parsed->sweep, 0, index);
}

/* A value other than the default for every option, and what the shape line says then. */
static const char *const values[][3] = {
  { "tokens", "64", "tokens=64" },
  { "tokens-list", "1,16", "tokens_list=1,16" },
  { "experts-list", "8,16", "experts_list=8,16" },
  { "hidden", "32", "hidden=32" },
  { "mlp-dim", "16", "mlp_dim=16" },
  { "experts", "16", "experts=16" },
  { "topk", "2", "topk=2" },
  { "topk-list", "1,3", "topk_list=1,3" },
  { "shared-expert-dim", "128", "shared_expert_dim=128" },
  { "shared-fused", NULL, "shared_fused=true" },
  { "dtype", "bfloat16", "dtype=bfloat16" },
  { "bench-pass", "forward_backward", "bench_pass=forward_backward" },
  { "backend", "ragged_dot", "backend=ragged_dot" },
  { "impl", "scatter", "impl=scatter" },
  { "queue-mode", "prequeue", "queue_mode=prequeue" },
  { "routing-pack-strategy", "tuple_sort", "routing_pack_strategy=tuple_sort" },
  { "dispatch-permute-mode", "repeat_sort", "dispatch_permute_mode=repeat_sort" },
  { "use-custom-sort-vjp", NULL, "use_custom_sort_vjp=true" },
  { "prepack", NULL, "prepack=true" },
  { "remat-mode", "combine", "remat_mode=combine" },
  { "capacity-policy", "drop", "capacity_policy=drop" },
  { "capacity-factor", "1.25", "capacity_factor=1.25" },
  { "distribution", "runs", "distribution=runs" },
  { "run-alpha", "0.5", "run_alpha=0.5" },
  { "run-noise-scale", "0.1", "run_noise_scale=0.1" },
  { "zipf-exponent", "0.5", "zipf_exponent=0.5" },
  { "hot-experts", "3", "hot_experts=3" },
  { "hot-share", "0.25", "hot_share=0.25" },
  { "k-rule", "top_p", "k_rule=top_p" },
  { "tile", "8", "tile=8" },
  { "routing-file", "a b.csv", "routing_file=a%20b.csv" },
  { "loads-row", "2", "loads_row=2" },
  { "trace-layer", "1", "trace_layer=1" },
  { "seed", "7", "seed=7" },
  { "null-route-frac", "0.3", "null_route_frac=0.3" },
  { "null-route-frac-list", "0.3,0.6", "null_route_frac_list=0.3,0.6" },
  { "null-route-sweep", NULL, "null_route_sweep=true" },
  { "baseline", NULL, "baseline=true" },
  { "null-routing-mode", "router", "null_routing_mode=router" },
  { "null-experts", "4", "null_experts=4" },
  { "null-route-seed", "9", "null_route_seed=9" },
  { "renormalize-real-after-null", NULL, "renormalize_real_after_null=true" },
  { "null-dispatch", "carry", "null_dispatch=carry" },
  { "null-kind", "constant", "null_kind=constant" },
  { "null-granularity", "token", "null_granularity=token" },
  { "null-tokens", "tail", "null_tokens=tail" },
  { "parallel-mode", "ep", "parallel_mode=ep" },
  { "ep-comm-path", "ring_ag_rs", "ep_comm_path=ring_ag_rs" },
  { "ep-size", "2", "ep_size=2" },
  { "accelerator", "openblas", "accelerator=openblas" },
  { "threads", "1", "threads=1" },
  { "iters", "7", "iters=7" },
  { "warmup", "4", "warmup=4" },
  { "starts", "2", "starts=2" },
  { "until-settled", NULL, "until_settled=true" },
  { "precision", "0.02", "precision=0.02" },
  { "budget", "30", "budget=30" },
  { "wait-quiet", "0", "wait_quiet=0" },
  { "min-sample-time", "0.5", "min_sample_time=0.5" },
  { "stage-timing", NULL, "stage_timing=true" },
};

static char *
shape_line (const MoeSweepLeg *job)
{
  return g_string_free (moe_formats_shape_line (&job->plan.options), FALSE);
}

static void
test_every_option (void)
{
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  g_auto (Parsed) usual = { 0 };
  g_assert_true (PARSE (&usual, NULL, "--table"));
  g_autofree char *usual_line = shape_line (leg_at (&usual, 0));
  for (gsize i = 0; i < n; i++)
    {
      gsize at = 0;
      while (at < G_N_ELEMENTS (values) && strcmp (values[at][0], specs[i].name) != 0)
        at++;
      if (at == G_N_ELEMENTS (values))
        g_error ("no test gives --%s", specs[i].name);
      g_autoptr (GError) error = NULL;
      g_auto (Parsed) parsed = { 0 };
      g_autofree char *option = g_strdup_printf ("--%s", specs[i].name);
      g_autofree char *said = g_strdup_printf (" %s", values[at][2]);
      /* A policy needs a factor, which changes nothing for the others. */
      gboolean good = PARSE (&parsed, &error, "--capacity-factor=2", option, values[at][1]);
      g_assert_no_error (error);
      g_assert_true (good);
      g_autofree char *line = shape_line (leg_at (&parsed, 0));
      g_auto (GStrv) words = g_strsplit (g_strchomp (line), " ", -1);
      g_auto (GStrv) before = g_strsplit (usual_line, " ", -1);
      g_assert_true (g_strv_contains ((const char *const *)words, said + 1));
      g_assert_false (g_strv_contains ((const char *const *)before, said + 1));
    }
}

/* The plan of --option VALUE has another number of points than the usual one's, as told. */
static void
test_sweeping_options (void)
{
  static const struct
  {
    const char *option, *value;
    gsize points;
  } cases[] = {
    { "--table", NULL, 12 }, /* six implementations x two distributions */
    { "--impl", "both", 12 },
    { "--impl", "fast", 2 },
    { "--distribution", "runs", 6 },
    { "--queue-mode", "both", 24 },
    { "--topk-list", "1,2,4", 36 },
    { "--tokens-list", "1,2,4", 36 },
    { "--experts-list", "8,16,32", 36 },
    { "--null-route-sweep", NULL, 108 },
    { "--null-route-frac-list", "0.1,0.2", 24 },
    { "--null-route-frac", "0.5", 12 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Parsed) parsed = { 0 };
      g_assert_true (PARSE (&parsed, NULL, cases[i].option, cases[i].value));
      g_assert_cmpuint (moe_sweep_n_legs (parsed.sweep), ==, 1);
      g_assert_cmpuint (leg_at (&parsed, 0)->plan.n_points, ==, cases[i].points);
    }
}

static void
test_matrix (void)
{
  g_auto (Parsed) logbook = { 0 };
  g_assert_true (PARSE (&logbook, NULL, "--matrix", "logbook", "--scale", "64"));
  g_assert_cmpuint (moe_sweep_n_legs (logbook.sweep), ==, 3);
  const MoePlan *plan = &leg_at (&logbook, 0)->plan;
  g_assert_cmpuint (plan->n_points, ==, 30);
  g_assert_cmpuint (plan->options.shape.tokens, ==, 512);
  g_assert_cmpuint (plan->options.shape.mlp_dim, ==, 1408);
  g_assert_cmpuint (leg_at (&logbook, 2)->plan.options.shape.tokens, ==, 1024);
  g_assert_cmpint (plan->options.choice[MOE_CHOICE_DTYPE], ==, MOE_DTYPE_BFLOAT16);
  g_assert_cmpint (plan->options.choice[MOE_CHOICE_PASS], ==, MOE_PASS_FORWARD_BACKWARD);
  g_assert_cmpuint (plan->options.iters, ==, 3);
  g_assert_cmpuint (plan->options.warmup, ==, 1);

  /* What is given lies on top. */
  g_auto (Parsed) modes = { 0 };
  g_assert_true (PARSE (&modes, NULL, "--matrix=modes", "--dtype", "float32", "--iters", "7"));
  g_assert_cmpuint (moe_sweep_n_legs (modes.sweep), ==, 3);
  plan = &leg_at (&modes, 0)->plan;
  g_assert_cmpuint (plan->n_points, ==, 3 * 19);
  g_assert_cmpint (plan->options.choice[MOE_CHOICE_DTYPE], ==, MOE_DTYPE_FLOAT32);
  g_assert_cmpuint (plan->options.iters, ==, 7);
  g_assert_cmpuint (plan->options.shape.tokens, ==, 32768);
  g_assert_cmpint (plan->options.choice[MOE_CHOICE_NULL_MODE], ==, MOE_NULL_MODE_TAKE_UNTIL_NULL);
}

static void
test_matrix_refusals (void)
{
  static const char *const cases[][4] = {
    { "logbook", "--tokens", "64", "--tokens does not go with --matrix logbook" },
    { "logbook", "--hidden", "64", "--hidden does not" },
    { "logbook", "--mlp-dim", "64", "--mlp-dim does not" },
    { "logbook", "--experts", "64", "--experts does not" },
    { "logbook", "--topk", "2", "--topk does not" },
    { "logbook", "--topk-list", "2,4", "--topk-list does not" },
    { "logbook", "--null-route-frac", "0.5", "--null-route-frac does not" },
    { "logbook", "--null-route-frac-list", "0.5", "--null-route-frac-list does not" },
    { "logbook", "--null-route-sweep", NULL, "--null-route-sweep does not" },
    { "logbook", "--baseline", NULL, "--baseline does not" },
    { "modes", "--null-routing-mode", "router", "--null-routing-mode does not" },
    { "logbook", "--preset", "Quick", "--preset does not" },
    { "logbook", "--dump-tensors", "x", "--dump-tensors" },
    { "logbook", "--scale", "0", "--scale \"0\"" },
    { "logbook", "--scale", "two", "--scale \"two\"" },
    { "logbook", "--scale", "32769", "allowed is 1 to 32768" },
    { "logbook", "--scale", "-1", "--scale \"-1\"" },
    { "logbook", "--scale-widths", "0", "--scale-widths \"0\"" },
    { "logbook", "--scale-widths", "1409", "allowed is 1 to 1408" },
    { "logbook", "--capacity-policy", "pad", "--capacity-policy" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (Parsed) parsed = { 0 };
      g_assert_false (PARSE (&parsed, &error, "--matrix", cases[i][0], cases[i][1], cases[i][2]));
      g_assert_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED);
      if (strstr (error->message, cases[i][3]) == NULL)
        g_error ("this does not say \"%s\": %s", cases[i][3], error->message);
    }
  /* Only the matrix of modes sets the mode. */
  g_auto (Parsed) router = { 0 };
  g_assert_true (PARSE (&router, NULL, "--matrix", "logbook", "--null-routing-mode", "router"));
  g_assert_cmpint (leg_at (&router, 0)->plan.options.choice[MOE_CHOICE_NULL_MODE], ==,
                   MOE_NULL_MODE_ROUTER);
}

static void
test_preset (void)
{
  g_auto (Parsed) quick = { 0 };
  g_assert_true (PARSE (&quick, NULL, "--preset", "Quick"));
  g_assert_cmpuint (leg_at (&quick, 0)->plan.n_points, ==, 1);
  g_assert_cmpint (leg_at (&quick, 0)->plan.points[0].block.choice[MOE_CHOICE_IMPL], ==,
                   MOE_IMPL_FUSED_W13);
  g_auto (Parsed) all = { 0 };
  g_assert_true (PARSE (&all, NULL, "--impl", "both", "--preset", "Quick"));
  g_assert_cmpuint (leg_at (&all, 0)->plan.n_points, ==, 6);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/bench/options/every", test_every_option);
  g_test_add_func ("/app/bench/options/sweeping", test_sweeping_options);
  g_test_add_func ("/app/bench/options/matrix", test_matrix);
  g_test_add_func ("/app/bench/options/matrix-refusals", test_matrix_refusals);
  g_test_add_func ("/app/bench/options/preset", test_preset);
  return g_test_run ();
}
