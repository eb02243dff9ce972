/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/host/environment.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "engine/formats/harness/harness.h"
#include "engine/host/system-text.h"
#include "engine/threads/topology.h"

/* That built this, "GCC 12.2.0". */
static const char *
compiler (void)
{
#if defined(__clang__)
  return "Clang " __clang_version__;
#elif defined(__GNUC__)
  return "GCC " __VERSION__;
#else
  return NULL;
#endif
}

/* NULL when it cannot be read; no fact is worth a failure. */
static char *
read_text (const char *path)
{
  char *text = NULL;
  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

const char *
moe_environment_cpu (void)
{
  static char *cpu = NULL;
  static gsize ready = 0;
  if (g_once_init_enter (&ready))
    {
      struct utsname system;
      g_autofree char *cpuinfo = read_text ("/proc/cpuinfo");
      cpu = moe_system_text_cpu (cpuinfo, uname (&system) == 0 ? system.machine : "");
      g_once_init_leave (&ready, 1);
    }
  return cpu;
}

static void
set_from (MoeRun *run, const char *fact, const char *path, const char *key)
{
  g_autofree char *text = read_text (path);
  g_autofree char *value = key != NULL    ? moe_system_text_find (text, key, '=')
                           : text != NULL ? g_strdup (g_strstrip (text))
                                          : NULL;
  if (value != NULL && value[0] != '\0')
    moe_run_set_fact (run, fact, value);
}

static void
set_number (MoeRun *run, const char *fact, guint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);
  moe_run_set_fact (run, fact, text);
}

static void
describe_system (MoeRun *run)
{
  struct utsname system;
  moe_run_set_fact (run, "host", g_get_host_name ());
  set_from (run, "os", "/etc/os-release", "PRETTY_NAME");
  if (uname (&system) == 0)
    {
      g_autofree char *kernel =
          g_strjoin (" ", system.sysname, system.release, system.machine, NULL);
      moe_run_set_fact (run, "kernel", kernel);
    }
}

static void
describe_cores (MoeRun *run, const MoeTopology *topology)
{
  set_number (run, "cores", topology->processors);
  if (topology->cores_known)
    set_number (run, "physical cores", topology->cores);
  if (topology->nodes > 0)
    set_number (run, "numa nodes", topology->nodes);
}

/* Of the largest cache that there is of its kind; where there are several, cores far from one of
 * them have no use for it. */
static void
describe_cache (MoeRun *run)
{
  long bytes = -1;
#ifdef _SC_LEVEL3_CACHE_SIZE
  bytes = sysconf (_SC_LEVEL3_CACHE_SIZE);
#endif
  if (bytes > 0)
    set_number (run, "cache bytes", (guint64)bytes);
}

static void
describe_hardware (MoeRun *run)
{
  g_autofree char *meminfo = read_text ("/proc/meminfo");
  g_autofree char *memory = moe_system_text_memory (meminfo);
  moe_run_set_fact (run, "cpu", moe_environment_cpu ());
  describe_cores (run, moe_topology ());
  moe_run_set_fact (run, "memory", memory);
  describe_cache (run);
  set_from (run, "governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", NULL);
}

static void
describe_device (MoeRun *run, const MoeBackend *backend, gsize index)
{
  MoeDevice device;
  if (backend->device == NULL || backend->device (index, &device, NULL) != MOE_OK)
    return;
  g_autofree char *memory = moe_number_fixed ((double)device.total_bytes / (1 << 30), 1, " GiB");
  g_autofree char *capability =
      g_strdup_printf ("%u.%u", device.capability_major, device.capability_minor);
  set_number (run, "device index", index);
  moe_run_set_fact (run, "device memory", memory);
  moe_run_set_fact (run, "compute capability", capability);
}

static void
describe_backend (MoeRun *run, const MoeBackend *backend, gsize device)
{
  MoeBackendFacts facts = { 0 };
  backend->facts (device, &facts);
  moe_run_set_fact (run, "accelerator", backend->name);
  moe_run_set_fact (run, "device", facts.device[0] != '\0' ? facts.device : NULL);
  moe_run_set_fact (run, "driver", facts.driver[0] != '\0' ? facts.driver : NULL);
  moe_run_set_fact (run, "runtime", facts.runtime[0] != '\0' ? facts.runtime : NULL);
  if (backend->n_devices != NULL)
    describe_device (run, backend, device);
  moe_run_set_fact (run, "blas", facts.library[0] != '\0' ? facts.library : NULL);
  moe_run_set_fact (run, "blas kernels", facts.kernels[0] != '\0' ? facts.kernels : NULL);
  moe_run_set_fact (run, "OPENBLAS_CORETYPE", g_getenv ("OPENBLAS_CORETYPE"));
}

static void
describe_plan (MoeRun *run, const MoePlan *plan)
{
  g_autoptr (GString) options = moe_formats_shape_line (&plan->options);
  g_string_truncate (options, options->len - 1);
  set_number (run, "threads", plan->threads);
  if (plan->options.ranks > 0)
    set_number (run, "ranks", plan->options.ranks);
  if (plan->shards > 1)
    set_number (run, "shards", plan->shards);
  moe_run_set_fact (run, "dtype",
                    moe_choice_name (MOE_CHOICE_DTYPE, plan->options.choice[MOE_CHOICE_DTYPE]));
  set_number (run, "seed", plan->options.seed);
  moe_run_set_fact (run, "options", options->str + strlen ("shape "));
}

void
moe_environment_describe (MoeRun *run,
                          const MoePlan *plan,
                          const MoeBackend *backend,
                          const char *command_line)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format_iso8601 (now);
  moe_run_set_fact (run, "tool", "nullcurve");
  moe_run_set_fact (run, "version", NULLCURVE_VERSION);
  moe_run_set_fact (run, "date", date);
  describe_system (run);
  describe_hardware (run);
  moe_run_set_fact (run, "compiler", compiler ());
  describe_backend (run, backend, plan->device);
  describe_plan (run, plan);
  /* Then nobody can tell which samples others disturbed. */
  if (backend->usage == NULL)
    moe_run_set_fact (run, "samples", "wall time only");
  moe_run_set_fact (run, "command", command_line);
}
