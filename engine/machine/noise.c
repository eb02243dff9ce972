/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/machine/noise.h"

#include "engine/base/clock.h"
#include "engine/threads/topology.h"

#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum
{
  PATH_SIZE = 512,
  LINE_SIZE = 512,
  MAX_SUPPLIES = 64
};

/* The kernel counts in ticks of mostly 10 ms: shorter than this they tell nothing. */
static const double LEAST_WATCH_S = 0.3;

/* The first line of a small file, without its end; false when it cannot be read. */
static bool
read_line (const char *root, const char *path, char *line, size_t size)
{
  char full[PATH_SIZE];
  line[0] = '\0';
  if ((size_t)snprintf (full, sizeof full, "%s%s", root, path) >= sizeof full)
    return false;
  FILE *file = fopen (full, "re");
  if (file == NULL)
    return false;
  bool good = fgets (line, (int)size, file) != NULL;
  fclose (file);
  line[strcspn (line, "\r\n")] = '\0';
  return good;
}

/* One line "cpuN user nice system idle iowait irq softirq steal ..." of /proc/stat, in ticks; guest
 * time is part of user. */
static void
add_processor (const char *line, double tick_s, double *busy_s, double *stolen_s)
{
  size_t number;
  uint64_t t[8] = { 0 };
  int n = sscanf (line,
                  "cpu%zu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
                  " %" SCNu64 " %" SCNu64,
                  &number, &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7]);
  if (n < 5 || !moe_topology_allows (number))
    return;
  if (isnan (*busy_s))
    *busy_s = *stolen_s = 0;
  *busy_s += tick_s * (double)(t[0] + t[1] + t[2] + t[5] + t[6]);
  *stolen_s += tick_s * (double)t[7];
}

static void
read_processor_times (const char *root, double *busy_s, double *stolen_s)
{
  char path[PATH_SIZE], line[LINE_SIZE];
  long ticks = sysconf (_SC_CLK_TCK);
  *busy_s = *stolen_s = NAN;
  if ((size_t)snprintf (path, sizeof path, "%s/proc/stat", root) >= sizeof path)
    return;
  FILE *file = fopen (path, "re");
  if (file == NULL)
    return;
  while (fgets (line, sizeof line, file) != NULL && strncmp (line, "cpu", 3) == 0)
    if (line[3] != ' ') /* that one is the sum of all */
      add_processor (line, 1.0 / (double)(ticks > 0 ? ticks : 100), busy_s, stolen_s);
  fclose (file);
}

/* Sum over the cores of this process; -1 when the kernel does not count. */
static int64_t
read_throttlings (const char *root)
{
  const MoeTopology *topology = moe_topology ();
  int64_t sum = -1;
  for (size_t i = 0; topology->core != NULL && i < topology->cores; i++)
    {
      char path[PATH_SIZE], line[LINE_SIZE];
      int64_t count;
      snprintf (path, sizeof path,
                "/sys/devices/system/cpu/cpu%zu/thermal_throttle/core_throttle_count",
                topology->core[i].processor);
      if (read_line (root, path, line, sizeof line) && sscanf (line, "%" SCNd64, &count) == 1)
        sum = (sum < 0 ? 0 : sum) + count;
    }
  return sum;
}

static double
own_time_s (void)
{
  struct timespec now;
  if (clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now) != 0)
    return NAN;
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double
moe_noise_stolen_s (const char *root)
{
  double busy_s, stolen_s;
  read_processor_times (root, &busy_s, &stolen_s);
  return stolen_s / (double)moe_topology ()->processors;
}

double
moe_noise_others_s (const char *root)
{
  double busy_s, stolen_s;
  read_processor_times (root, &busy_s, &stolen_s);
  return busy_s - own_time_s ();
}

void
moe_noise_start (MoeNoiseWatch *watch, const char *root)
{
  *watch = (MoeNoiseWatch){ .throttlings = read_throttlings (root) };
  read_processor_times (root, &watch->busy_s, &watch->stolen_s);
  watch->own_s = own_time_s ();
  watch->start_ns = moe_now_ns ();
}

void
moe_noise_skip (MoeNoiseWatch *watch, const MoeNoiseWatch *since, const char *root)
{
  MoeNoiseWatch now;
  moe_noise_start (&now, root);
  watch->start_ns += now.start_ns - since->start_ns;
  watch->own_s += now.own_s - since->own_s;
  watch->busy_s += now.busy_s - since->busy_s;
  watch->stolen_s += now.stolen_s - since->stolen_s;
  if (watch->throttlings >= 0 && now.throttlings >= 0 && since->throttlings >= 0)
    watch->throttlings += now.throttlings - since->throttlings;
}

static double
load_of_others (const char *root, size_t threads)
{
  char line[LINE_SIZE];
  double load;
  if (!read_line (root, "/proc/loadavg", line, sizeof line) || sscanf (line, "%lf", &load) != 1)
    return NAN;
  return fmax (0, load - (double)threads);
}

static bool
supply_says (const char *root, const char *supply, const char *file, const char *value)
{
  char path[PATH_SIZE], line[LINE_SIZE];
  int n = snprintf (path, sizeof path, "/sys/class/power_supply/%.200s/%s", supply, file);
  return n > 0 && read_line (root, path, line, sizeof line) && strcmp (line, value) == 0;
}

/* Batteries of mice and the like say that their scope is a device. */
static MoePower
read_power (const char *root)
{
  char path[PATH_SIZE];
  MoePower power = MOE_POWER_UNKNOWN;
  if ((size_t)snprintf (path, sizeof path, "%s/sys/class/power_supply", root) >= sizeof path)
    return power;
  DIR *folder = opendir (path);
  if (folder == NULL)
    return power;
  const struct dirent *entry;
  for (int i = 0; i < MAX_SUPPLIES && (entry = readdir (folder)) != NULL; i++)
    {
      if (entry->d_name[0] == '.' || supply_says (root, entry->d_name, "scope", "Device"))
        continue;
      bool battery = supply_says (root, entry->d_name, "type", "Battery");
      if (battery && supply_says (root, entry->d_name, "status", "Discharging"))
        power = MOE_POWER_BATTERY;
      else if (power == MOE_POWER_UNKNOWN
               && (battery || supply_says (root, entry->d_name, "online", "1")))
        power = MOE_POWER_MAINS;
    }
  closedir (folder);
  return power;
}

static void
read_governor (const char *root, char text[MOE_NOISE_TEXT_SIZE])
{
  char path[PATH_SIZE];
  const MoeTopology *topology = moe_topology ();
  snprintf (path, sizeof path, "/sys/devices/system/cpu/cpu%zu/cpufreq/scaling_governor",
            topology->core != NULL ? topology->core[0].processor : 0);
  read_line (root, path, text, MOE_NOISE_TEXT_SIZE);
}

static void
read_state (const char *root, MoeNoise *noise)
{
  const char *coretype = getenv ("OPENBLAS_CORETYPE");
  noise->power = read_power (root);
  read_governor (root, noise->governor);
  read_line (root, "/sys/firmware/acpi/platform_profile", noise->profile, MOE_NOISE_TEXT_SIZE);
  snprintf (noise->coretype, sizeof noise->coretype, "%s", coretype != NULL ? coretype : "");
}

void
moe_noise_look (const char *root, MoeNoise *noise)
{
  *noise =
      (MoeNoise){ .others_busy = NAN, .others_waiting = NAN, .stolen = NAN, .throttlings = -1 };
  read_state (root, noise);
}

void
moe_noise_stop (const MoeNoiseWatch *watch, const char *root, size_t threads, MoeNoise *noise)
{
  double busy_s, stolen_s, wall_s = 1e-9 * (double)(moe_now_ns () - watch->start_ns);
  int64_t throttlings = read_throttlings (root);
  *noise = (MoeNoise){ .threads = threads,
                       .processors = moe_topology ()->processors,
                       .others_waiting = NAN };
  read_processor_times (root, &busy_s, &stolen_s);
  busy_s -= watch->busy_s;
  stolen_s -= watch->stolen_s;
  noise->others_busy =
      fmin (fmax (0, busy_s - (own_time_s () - watch->own_s)) / wall_s, (double)noise->processors);
  noise->stolen = stolen_s / wall_s;
  /* Where no times are kept they are missing or stand still. */
  if (!(busy_s > 0) || wall_s < LEAST_WATCH_S)
    {
      noise->others_busy = NAN;
      noise->others_waiting = load_of_others (root, threads);
      noise->stolen = NAN;
    }
  noise->throttlings =
      throttlings < 0 || watch->throttlings < 0 ? -1 : throttlings - watch->throttlings;
  read_state (root, noise);
}
