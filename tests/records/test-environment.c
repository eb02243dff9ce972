/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/host/environment.h"
#include "engine/host/system-text.h"
#include "engine/threads/topology.h"
#include "tests/records/support.h"

static void
test_cpu (void)
{
  g_autofree char *x86 = moe_system_text_cpu (
      "processor\t: 0\nmodel\t\t: 17\nmodel name\t: A CPU @ 3 GHz: fast \nmodel name\t: B\n", "x");
  g_assert_cmpstr (x86, ==, "A CPU @ 3 GHz: fast");
  g_autofree char *arm = moe_system_text_cpu ("BogoMIPS : 1\nModel : A Board", "aarch64");
  g_assert_cmpstr (arm, ==, "A Board");
  g_autofree char *none = moe_system_text_cpu (NULL, "aarch64");
  g_assert_cmpstr (none, ==, "unknown aarch64 processor");
  g_autofree char *empty = moe_system_text_cpu ("model name :\n", "sparc");
  g_assert_cmpstr (empty, ==, "unknown sparc processor");
  g_assert_nonnull (moe_environment_cpu ());
  g_assert_true (moe_environment_cpu () == moe_environment_cpu ());
}

static void
test_memory (void)
{
  g_autofree char *memory = moe_system_text_memory ("MemTotal:       24576000 kB\nMemFree: 1 kB\n");
  g_assert_cmpstr (memory, ==, "23.4 GiB");
  g_assert_null (moe_system_text_memory (NULL));
  g_assert_null (moe_system_text_memory ("MemFree: 1 kB\n"));
  g_assert_null (moe_system_text_memory ("MemTotal: many\n"));
}

static void
test_values (void)
{
  g_autofree char *quoted =
      moe_system_text_find ("A=1\nPRETTY_NAME=\"Some OS 12\"\n", "PRETTY_NAME", '=');
  g_assert_cmpstr (quoted, ==, "Some OS 12");
  g_autofree char *plain = moe_system_text_find ("PRETTY_NAME=Arch", "PRETTY_NAME", '=');
  g_assert_cmpstr (plain, ==, "Arch");
  g_autofree char *mark = moe_system_text_find ("K=\"", "K", '=');
  g_assert_cmpstr (mark, ==, "\"");
  g_assert_null (moe_system_text_find ("PRETTY_NAMES=x\n", "PRETTY_NAME", '='));
  g_assert_null (moe_system_text_find ("", "K", '='));
}

static void
fake_facts (size_t device, MoeBackendFacts *facts)
{
  g_strlcpy (facts->library, "TestBLAS 1.2", sizeof facts->library);
  g_strlcpy (facts->device, "CPU", sizeof facts->device);
}

static void
test_describe (void)
{
  static const char *const always[] = {
    "tool",  "version",  "date",    "host",  "kernel", "cpu",
    "cores", "compiler", "threads", "dtype", "seed",   "options"
  };
  static const MoeBackend backend = { .abi_version = MOE_BACKEND_ABI,
                                      .name = "testblas",
                                      .facts = fake_facts };
  MoePlan plan = { .threads = 3 };
  moe_options_init_single (&plan.options);
  plan.options.seed = 11;
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "T");
  moe_environment_describe (run, &plan, &backend, "nullcurve-bench --seed 11");
  for (gsize i = 0; i < G_N_ELEMENTS (always); i++)
    {
      const char *value = moe_run_get_fact (run, always[i]);
      g_test_message ("%s: %s", always[i], value);
      g_assert_nonnull (value);
      g_assert_cmpstr (value, !=, "");
    }
  g_assert_cmpstr (moe_run_get_fact (run, "tool"), ==, "nullcurve");
  g_assert_cmpstr (moe_run_get_fact (run, "version"), ==, NULLCURVE_VERSION);
  g_assert_cmpstr (moe_run_get_fact (run, "accelerator"), ==, "testblas");
  g_assert_cmpstr (moe_run_get_fact (run, "blas"), ==, "TestBLAS 1.2");
  g_assert_null (moe_run_get_fact (run, "blas kernels")); /* unknown is missing */
  g_assert_cmpstr (moe_run_get_fact (run, "threads"), ==, "3");
  g_assert_null (moe_run_get_fact (run, "shards")); /* one is none */
  g_assert_cmpstr (moe_run_get_fact (run, "dtype"), ==, "float32");
  g_assert_cmpstr (moe_run_get_fact (run, "seed"), ==, "11");
  g_assert_cmpstr (moe_run_get_fact (run, "command"), ==, "nullcurve-bench --seed 11");
  g_assert_nonnull (strstr (moe_run_get_fact (run, "options"), "tokens="));

  const MoeTopology *topology = moe_topology ();
  g_autofree char *processors = g_strdup_printf ("%zu", topology->processors);
  g_assert_cmpstr (moe_run_get_fact (run, "cores"), ==, processors);
  g_assert_true ((moe_run_get_fact (run, "physical cores") != NULL) == topology->cores_known);
  g_assert_true ((moe_run_get_fact (run, "numa nodes") != NULL) == (topology->nodes > 0));

  g_autoptr (GDateTime) date = g_date_time_new_from_iso8601 (moe_run_get_fact (run, "date"), NULL);
  g_assert_nonnull (date);
}

static void
test_describe_without_command (void)
{
  static const MoeBackend backend = { .name = "testblas", .facts = fake_facts };
  MoePlan plan = { .threads = 1, .shards = 4 };
  moe_options_init_single (&plan.options);
  g_setenv ("OPENBLAS_CORETYPE", "Haswell", TRUE);
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "T");
  moe_environment_describe (run, &plan, &backend, NULL);
  g_assert_null (moe_run_get_fact (run, "command"));
  g_assert_cmpstr (moe_run_get_fact (run, "shards"), ==, "4");
  g_assert_cmpstr (moe_run_get_fact (run, "OPENBLAS_CORETYPE"), ==, "Haswell");
  g_unsetenv ("OPENBLAS_CORETYPE");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/environment/cpu", test_cpu);
  g_test_add_func ("/environment/memory", test_memory);
  g_test_add_func ("/environment/values", test_values);
  g_test_add_func ("/environment/describe", test_describe);
  g_test_add_func ("/environment/describe-without-command", test_describe_without_command);
  return g_test_run ();
}
