/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/machine/vitals.h"

#include "engine/threads/topology.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
  PATH_SIZE = 512,
  LINE_SIZE = 256,
  MAX_CLOCKS = 32, /* processors that are asked: their mean is no better known by hundreds */
  MAX_NUMBER = 4096,
  MAX_SENSORS = 64,
  MAX_INPUTS = 16 /* of a sensor */
};

/* What no clock and no processor has. */
static const double LEAST_HZ = 1e7, MOST_HZ = 1e11, LEAST_C = -50, MOST_C = 200;

/* The first line of a file below `root`, without its end; false when it cannot be read. */
static bool
read_line (const char *root, const char *path, char line[LINE_SIZE])
{
  char full[PATH_SIZE];
  line[0] = '\0';
  if ((size_t)snprintf (full, sizeof full, "%s%s", root, path) >= sizeof full)
    return false;
  FILE *file = fopen (full, "re");
  if (file == NULL)
    return false;
  bool good = fgets (line, LINE_SIZE, file) != NULL;
  fclose (file);
  line[strcspn (line, "\r\n")] = '\0';
  return good;
}

/* NaN where it is none, or nothing that `least` and `most` allow. */
static double
read_number (const char *root, const char *path, double scale, double least, double most)
{
  char line[LINE_SIZE];
  char *end = line;
  double value = read_line (root, path, line) ? scale * (double)strtoll (line, &end, 10) : NAN;
  return end != line && value >= least && value <= most ? value : NAN;
}

/* As the driver of the clocks tells it. */
static double
read_clocks (const char *root)
{
  double sum = 0;
  size_t n = 0;
  for (size_t i = 0; i < MAX_NUMBER && n < MAX_CLOCKS; i++)
    {
      char path[PATH_SIZE];
      if (!moe_topology_allows (i))
        continue;
      snprintf (path, sizeof path, "/sys/devices/system/cpu/cpu%zu/cpufreq/scaling_cur_freq", i);
      double clock_hz = read_number (root, path, 1e3, LEAST_HZ, MOST_HZ);
      if (isnan (clock_hz))
        return NAN;
      sum += clock_hz;
      n++;
    }
  return n > 0 ? sum / (double)n : NAN;
}

static bool
begins_with_any (const char *text, const char *const *names)
{
  for (size_t i = 0; names[i] != NULL; i++)
    if (strncmp (text, names[i], strlen (names[i])) == 0)
      return true;
  return false;
}

/* fmax () passes over NaN. */
static double
hottest_zone (const char *root)
{
  static const char *const names[] = { "x86_pkg_temp", "cpu", "CPU", "soc", NULL };
  double hottest = NAN;
  for (int i = 0; i < MAX_SENSORS; i++)
    {
      char path[PATH_SIZE], type[LINE_SIZE];
      snprintf (path, sizeof path, "/sys/class/thermal/thermal_zone%d/type", i);
      if (!read_line (root, path, type))
        return hottest;
      snprintf (path, sizeof path, "/sys/class/thermal/thermal_zone%d/temp", i);
      if (begins_with_any (type, names))
        hottest = fmax (hottest, read_number (root, path, 1e-3, LEAST_C, MOST_C));
    }
  return hottest;
}

static double
hottest_monitor (const char *root)
{
  static const char *const names[] = { "coretemp", "k10temp", "zenpower", "cpu_thermal", NULL };
  double hottest = NAN;
  for (int i = 0; i < MAX_SENSORS; i++)
    {
      char path[PATH_SIZE], name[LINE_SIZE];
      snprintf (path, sizeof path, "/sys/class/hwmon/hwmon%d/name", i);
      if (!read_line (root, path, name))
        return hottest;
      for (int input = 1; input <= MAX_INPUTS && begins_with_any (name, names); input++)
        {
          snprintf (path, sizeof path, "/sys/class/hwmon/hwmon%d/temp%d_input", i, input);
          hottest = fmax (hottest, read_number (root, path, 1e-3, LEAST_C, MOST_C));
        }
    }
  return hottest;
}

void
moe_vitals_look (const char *root, MoeVitals *vitals)
{
  *vitals = (MoeVitals){ .clock_hz = read_clocks (root),
                         .temperature_c = fmax (hottest_monitor (root), hottest_zone (root)) };
}
