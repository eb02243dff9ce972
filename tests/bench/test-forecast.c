/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/fake-backend.h"

#include "engine/machine/forecast.h"
#include "engine/moe/capacity.h"

#include <math.h>
#include <string.h>

static void
make_plan_with (MoePlan *plan, const char *tokens, const char *settings)
{
  MoeOptions options;
  MoeError error = { 0 };
  moe_options_init_single (&options);
  g_autofree char *all = g_strconcat ("hidden=64 mlp-dim=32 experts=16 topk=4 iters=3 warmup=1 ",
                                      settings, " tokens=", tokens, NULL);
  g_auto (GStrv) words = g_strsplit (all, " ", -1);
  for (size_t i = 0; words[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);
      if (moe_options_set (&options, pair[0], pair[1], &error) != MOE_OK)
        g_error ("%s", error.message);
    }
  if (moe_plan_new (&options, plan, &error) != MOE_OK)
    g_error ("%s", error.message);
}

static void
make_plan (MoePlan *plan, const char *tokens)
{
  make_plan_with (plan, tokens, "null-route-frac-list=0.0,0.5");
}

static void
test_work (void)
{
  MoePlan plan;
  MoeForecast forecast;
  MoeCalibration calibration = { 1e9, 1e30, 1e6 };
  fake_machine_reset ();
  fake_machine.memory_bytes = 3000000;
  make_plan (&plan, "1000");
  g_assert_cmpint (moe_forecast (&plan, &fake_backend, NULL, SIZE_MAX, &forecast, NULL), ==,
                   MOE_OK);
  /* Four steps of each point; 6 H M R forward, R = T k and half of it. */
  double flops = 4 * 6 * 64.0 * 32.0 * (4000 + 2000);
  g_assert_cmpfloat_with_epsilon (forecast.flops_total, flops, 1);
  g_assert_true (isnan (forecast.time_total_s));
  g_assert_cmpint (moe_forecast (&plan, &fake_backend, &calibration, SIZE_MAX, &forecast, NULL), ==,
                   MOE_OK);
  g_assert_cmpfloat_with_epsilon (forecast.setup_s, 3, 1e-9);
  g_assert_cmpfloat_with_epsilon (forecast.time_total_s, 3 + flops / 1e9, 1e-6);
  g_assert_cmpuint (forecast.routing_bytes, ==, 2 * 1000 * 4 * 8);

  /* Steps of 49 and 25 ms in samples of 100 ms: 3 and 5 of them, after one warm-up step. */
  plan.options.min_sample_time_s = 0.1;
  flops = 6 * 64.0 * 32.0 * ((1 + 3 * 3) * 4000 + (1 + 3 * 5) * 2000);
  g_assert_cmpint (moe_forecast (&plan, &fake_backend, &calibration, SIZE_MAX, &forecast, NULL), ==,
                   MOE_OK);
  g_assert_cmpfloat_with_epsilon (forecast.flops_total, flops, 1);
  g_assert_cmpfloat_with_epsilon (forecast.time_total_s, 3 + flops / 1e9, 1e-6);
  moe_plan_clear (&plan);
}

/* Memory is taken in each start, and steps are warm then. */
static void
test_starts (void)
{
  MoePlan plan;
  MoeForecast forecast;
  MoeCalibration calibration = { 1e9, 1e30, 1e6 };
  fake_machine_reset ();
  fake_machine.memory_bytes = 3000000;
  make_plan_with (&plan, "1000", "null-route-frac-list=0.0,0.5 starts=3");
  double flops = (3 + 3) * 6 * 64.0 * 32.0 * (4000 + 2000);
  g_assert_cmpint (moe_forecast (&plan, &fake_backend, &calibration, SIZE_MAX, &forecast, NULL), ==,
                   MOE_OK);
  g_assert_cmpfloat_with_epsilon (forecast.setup_s, 9, 1e-9);
  g_assert_cmpfloat_with_epsilon (forecast.time_total_s, 9 + flops / 1e9, 1e-6);
  g_assert_cmpfloat (forecast.time_least_s, ==, forecast.time_total_s);
  g_assert_cmpfloat (forecast.time_most_s, ==, forecast.time_total_s);
  moe_plan_clear (&plan);
}

/* How long it takes to settle is not known: from three starts of four rounds to the budget of both
 * groups. */
static void
test_until_settled (void)
{
  MoePlan plan;
  MoeForecast forecast;
  MoeCalibration calibration = { 1e9, 1e30, 1e6 };
  fake_machine_reset ();
  fake_machine.memory_bytes = 3000000;
  make_plan_with (&plan, "1000",
                  "null-route-frac-list=0.0,0.5 topk-list=4,2 until-settled=true budget=20 "
                  "min-sample-time=0");
  double flops = (3 + 3 * 4) * 6 * 64.0 * 32.0 * (6000 + 3000);
  g_assert_cmpint (moe_forecast (&plan, &fake_backend, &calibration, SIZE_MAX, &forecast, NULL), ==,
                   MOE_OK);
  g_assert_cmpfloat_with_epsilon (forecast.time_least_s, 9 + flops / 1e9, 1e-6);
  g_assert_cmpfloat_with_epsilon (forecast.time_most_s, 9 + 40, 1e-6);
  g_assert_cmpfloat (forecast.time_total_s, >, forecast.time_least_s);
  g_assert_cmpfloat (forecast.time_total_s, <, forecast.time_most_s);

  /* No group takes longer than its budget, however long its steps are. */
  plan.options.budget_s = 0.1;
  g_assert_cmpint (moe_forecast (&plan, &fake_backend, &calibration, SIZE_MAX, &forecast, NULL), ==,
                   MOE_OK);
  g_assert_cmpfloat_with_epsilon (forecast.time_least_s, 9.2, 1e-6);
  g_assert_cmpfloat_with_epsilon (forecast.time_total_s, 9.2, 1e-6);
  moe_plan_clear (&plan);
}

/* A plan that does not fit is refused with what it needs, what there is, and what would fit. */
static void
test_refusal (void)
{
  MoePlan plan;
  MoeForecast forecast;
  MoeError error = { 0 };
  fake_machine_reset ();
  fake_machine.memory_bytes = (size_t)1 << 30;
  fake_machine.bytes_per_token = (size_t)1 << 20;
  make_plan (&plan, "4096");
  size_t available = (size_t)3 << 30;
  g_assert_cmpint (moe_forecast (&plan, &fake_backend, NULL, available, &forecast, NULL), ==,
                   MOE_OK);
  g_assert_false (forecast.fits);
  g_assert_cmpint (moe_forecast_require_fit (&plan, &fake_backend, &forecast, &error), ==,
                   MOE_ERROR_MEMORY);
  g_assert_cmpstr (error.option, ==, "tokens");
  g_assert_nonnull (strstr (error.message, "5.3 GiB"));
  g_assert_nonnull (strstr (error.message, "3.0 GiB are available"));
  g_assert_nonnull (strstr (error.message, "1791 tokens would fit"));

  /* 1791 tokens and their routings do fit. */
  MoePlan fitting;
  make_plan (&fitting, "1791");
  g_assert_cmpint (moe_forecast (&fitting, &fake_backend, NULL, available, &forecast, NULL), ==,
                   MOE_OK);
  g_assert_true (forecast.fits);
  g_assert_cmpint (moe_forecast_require_fit (&fitting, &fake_backend, &forecast, &error), ==,
                   MOE_OK);
  moe_plan_clear (&fitting);

  available = (size_t)1 << 30;
  g_assert_cmpint (moe_forecast (&plan, &fake_backend, NULL, available, &forecast, NULL), ==,
                   MOE_OK);
  g_assert_cmpint (moe_forecast_require_fit (&plan, &fake_backend, &forecast, &error), ==,
                   MOE_ERROR_MEMORY);
  g_assert_nonnull (strstr (error.message, "smaller --hidden or --mlp-dim"));

  /* 16 GiB of experts and 4 of tokens against 6: neither fits without the other shrinking too. */
  fake_machine.memory_bytes = 0;
  fake_machine.bytes_per_expert = (size_t)1 << 30;
  available = (size_t)6 << 30;
  g_assert_cmpint (moe_forecast (&plan, &fake_backend, NULL, available, &forecast, NULL), ==,
                   MOE_OK);
  g_assert_cmpint (moe_forecast_require_fit (&plan, &fake_backend, &forecast, &error), ==,
                   MOE_ERROR_MEMORY);
  g_assert_nonnull (strstr (error.message, "4 experts with 1791 tokens would fit"));
  moe_plan_clear (&plan);
}

/* Tensors on a device must fit its memory, whatever the host has; routings must fit the host's. */
static void
test_device_memory (void)
{
  MoePlan plan;
  MoeForecast forecast;
  MoeError error = { 0 };
  fake_machine_reset ();
  fake_machine.memory_bytes = (size_t)1 << 30;
  fake_machine.bytes_per_token = (size_t)1 << 20;
  fake_machine.device_bytes = (size_t)8 << 30;
  make_plan (&plan, "4096");
  g_assert_cmpint (
      moe_forecast (&plan, &fake_device_backend, NULL, (size_t)1 << 30, &forecast, NULL), ==,
      MOE_OK);
  g_assert_true (forecast.on_device);
  g_assert_true (forecast.fits);
  g_assert_cmpuint (forecast.available_bytes, ==, (size_t)8 << 30);
  g_assert_cmpuint (forecast.host_bytes, ==, (size_t)1 << 30);

  /* The second device has half of it. */
  plan.device = 1;
  g_assert_cmpint (moe_forecast (&plan, &fake_device_backend, NULL, SIZE_MAX, &forecast, NULL), ==,
                   MOE_OK);
  g_assert_cmpint (moe_forecast_require_fit (&plan, &fake_device_backend, &forecast, &error), ==,
                   MOE_ERROR_MEMORY);
  g_assert_nonnull (strstr (error.message, "5.5 GiB of device memory"));
  g_assert_nonnull (strstr (error.message, "4.0 GiB are available"));

  plan.device = 0;
  g_assert_cmpint (moe_forecast (&plan, &fake_device_backend, NULL, 1000, &forecast, NULL), ==,
                   MOE_OK);
  g_assert_cmpint (moe_forecast_require_fit (&plan, &fake_device_backend, &forecast, &error), ==,
                   MOE_ERROR_MEMORY);
  g_assert_nonnull (strstr (error.message, "host's memory"));
  moe_plan_clear (&plan);
}

/* Two setups at once need the memory of both, once the reserve, where they are on the same memory.
 */
static void
test_beside (void)
{
  MoePlan plan;
  MoeForecast host, device;
  gsize gib = (size_t)1 << 30;
  fake_machine_reset ();
  fake_machine.memory_bytes = 2 * gib;
  fake_machine.device_bytes = 8 * gib;
  make_plan (&plan, "64");
  g_assert_cmpint (moe_forecast (&plan, &fake_backend, NULL, 5 * gib, &host, NULL), ==, MOE_OK);
  g_assert_cmpint (moe_forecast (&plan, &fake_device_backend, NULL, 5 * gib, &device, NULL), ==,
                   MOE_OK);
  g_assert_true (host.fits && device.fits);
  g_assert_true (moe_forecast_fits_beside (&host, &host, false));
  g_assert_true (moe_forecast_fits_beside (&device, &device, true));
  g_assert_true (moe_forecast_fits_beside (&host, &device, false));
  host.host_bytes = 4 * gib + (gib / 8);
  device.available_bytes = 4 * gib + (gib / 4);
  g_assert_false (moe_forecast_fits_beside (&host, &host, false));
  g_assert_false (moe_forecast_fits_beside (&device, &device, true));
  g_assert_true (moe_forecast_fits_beside (&device, &device, false));
  g_assert_true (moe_forecast_fits_beside (&device, &host, false));
  moe_plan_clear (&plan);
}

/* All routings of a group are held at once; a capacity is applied to one at a time. */
static void
test_routing_bytes (void)
{
  MoePlan plan;
  MoeForecast forecast;
  size_t apply;
  fake_machine_reset ();
  make_plan_with (&plan, "1000", "topk-list=2,4 impl=both distribution=both");
  g_assert_cmpint (moe_forecast (&plan, &fake_backend, NULL, SIZE_MAX, &forecast, NULL), ==,
                   MOE_OK);
  g_assert_cmpuint (forecast.routing_bytes, ==, 1000 * 4 * 8);
  moe_plan_clear (&plan);

  make_plan_with (&plan, "1000", "topk-list=2,4 capacity-policy=drop capacity-factor=1");
  g_assert_cmpint (moe_forecast (&plan, &fake_backend, NULL, SIZE_MAX, &forecast, NULL), ==,
                   MOE_OK);
  g_assert_true (moe_capacity_bytes (1000, 4, &apply));
  g_assert_cmpuint (apply, >=, 1000 * 4 * 8);
  g_assert_cmpuint (forecast.routing_bytes, ==, 1000 * 4 * 8 + apply);
  g_assert_false (moe_capacity_bytes (SIZE_MAX / 8, 4, &apply));
  moe_plan_clear (&plan);
}

/* --iters, --warmup and --min-sample-time make steps, and steps make work. */
static void
test_steps (void)
{
  static const struct
  {
    const char *settings;
    double steps;
  } cases[] = {
    { "iters=7 warmup=0 min-sample-time=0", 7 },
    { "iters=7 warmup=0", 8 },
    { "iters=1 warmup=5", 6 },
    { "iters=2 warmup=5 topk-list=2,4", 7 * 1.5 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoePlan plan;
      MoeForecast forecast;
      fake_machine_reset ();
      make_plan_with (&plan, "1000", cases[i].settings);
      g_assert_cmpint (moe_forecast (&plan, &fake_backend, NULL, SIZE_MAX, &forecast, NULL), ==,
                       MOE_OK);
      g_assert_cmpfloat_with_epsilon (forecast.flops_total, cases[i].steps * 6 * 64.0 * 32.0 * 4000,
                                      1);
      moe_plan_clear (&plan);
    }
}

/* What would fit can be shared out among the shards. */
static void
test_refusal_with_shards (void)
{
  static const struct
  {
    const char *settings;
    const char *hint;
    bool experts;
  } cases[] = {
    { "parallel-mode=ep ep-size=8 threads=8", "1791 tokens would fit", false },
    { "parallel-mode=ep ep-size=8 threads=8 ep-comm-path=ring_ag_rs", "1784 tokens would fit",
      false },
    { "parallel-mode=ep ep-size=8 experts=64", "but 40 experts would", true },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoePlan plan;
      MoeForecast forecast;
      MoeError error = { 0 };
      fake_machine_reset ();
      fake_machine.memory_bytes = cases[i].experts ? 0 : (size_t)1 << 30;
      fake_machine.bytes_per_token = cases[i].experts ? 0 : (size_t)1 << 20;
      fake_machine.bytes_per_expert = cases[i].experts ? (size_t)1 << 26 : 0; /* 43 would fit */
      make_plan_with (&plan, "4096", cases[i].settings);
      g_assert_cmpint (moe_forecast (&plan, &fake_backend, NULL, (size_t)3 << 30, &forecast, NULL),
                       ==, MOE_OK);
      g_assert_cmpint (moe_forecast_require_fit (&plan, &fake_backend, &forecast, &error), ==,
                       MOE_ERROR_MEMORY);
      if (strstr (error.message, cases[i].hint) == NULL)
        g_error ("\"%s\" does not say \"%s\"", error.message, cases[i].hint);
      moe_plan_clear (&plan);
    }
}

/* More nulls never take longer, and carry never takes less than compact.  Remapped ones take what
 * real ones do, but for the weights of experts that have none. */
static void
test_monotonic (void)
{
  MoeCalibration calibration = { 1e11, 1e10, 1e9 };
  for (int dispatch = 0; dispatch < 2; dispatch++)
    {
      double last = INFINITY;
      for (double f = 0; f < 1; f += 0.1)
        {
          MoePoint point = {
            .block = { .shape = { 4096, 512, 352, 60, 0 },
                       .topk = 4,
                       .choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD,
                       .choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_COMPACT },
            .routing = { .tokens = 4096, .experts = 60, .topk = 4, .null_target = f }
          };
          double compact = moe_forecast_step_s (&point, &calibration);
          point.block.choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_CARRY;
          double carry = moe_forecast_step_s (&point, &calibration);
          g_assert_cmpfloat (carry, >=, compact);
          point.block.choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_REMAP;
          g_assert_cmpfloat (moe_forecast_step_s (&point, &calibration), >=, carry);
          g_assert_cmpfloat (moe_point_expected_rows (&point), ==, 4096 * 4);
          double now = dispatch ? carry : compact;
          g_assert_cmpfloat (now, <, last);
          last = now;
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/forecast/work", test_work);
  g_test_add_func ("/forecast/starts", test_starts);
  g_test_add_func ("/forecast/until-settled", test_until_settled);
  g_test_add_func ("/forecast/refusal", test_refusal);
  g_test_add_func ("/forecast/refusal/shards", test_refusal_with_shards);
  g_test_add_func ("/forecast/device-memory", test_device_memory);
  g_test_add_func ("/forecast/beside", test_beside);
  g_test_add_func ("/forecast/routing-bytes", test_routing_bytes);
  g_test_add_func ("/forecast/steps", test_steps);
  g_test_add_func ("/forecast/monotonic", test_monotonic);
  return g_test_run ();
}
