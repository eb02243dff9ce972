/* SPDX-License-Identifier: Apache-2.0 */
/* How much memory can be taken now (Linux). */
#include "engine/base/size.h"
#include "engine/machine/forecast.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum
{
  FOLDER_SIZE = 1024
};

/* The number in a file of one number; SIZE_MAX when there is none ("max", no such file). */
static size_t
read_number (const char *path)
{
  char text[32] = "";
  FILE *file = fopen (path, "re");
  if (file == NULL)
    return SIZE_MAX;
  char *got = fgets (text, sizeof text, file);
  fclose (file);
  char *end = text;
  unsigned long long value = got != NULL ? strtoull (text, &end, 10) : 0;
  return end != text ? (size_t)value : SIZE_MAX;
}

static size_t
meminfo_available (void)
{
  char line[128];
  unsigned long long kib = 0;
  FILE *file = fopen ("/proc/meminfo", "re");
  if (file == NULL)
    {
      long pages = sysconf (_SC_AVPHYS_PAGES), bytes = sysconf (_SC_PAGESIZE);
      return pages > 0 && bytes > 0 ? (size_t)pages * (size_t)bytes : 0;
    }
  while (fgets (line, sizeof line, file) != NULL)
    if (sscanf (line, "MemAvailable: %llu kB", &kib) == 1)
      break;
  fclose (file);
  return (size_t)kib * 1024;
}

static size_t
cgroup_headroom (const char *folder)
{
  char path[FOLDER_SIZE + 48];
  snprintf (path, sizeof path, "%s/memory.max", folder);
  size_t limit = read_number (path);
  snprintf (path, sizeof path, "%s/memory.current", folder);
  size_t used = read_number (path);
  if (limit == SIZE_MAX || used == SIZE_MAX)
    return SIZE_MAX;
  return limit > used ? limit - used : 0;
}

/* What the control groups (version 2) of this process still allow. */
static size_t
cgroups_headroom (void)
{
  char line[FOLDER_SIZE], folder[FOLDER_SIZE + 16];
  size_t headroom = cgroup_headroom ("/sys/fs/cgroup");
  FILE *file = fopen ("/proc/self/cgroup", "re");
  if (file == NULL)
    return headroom;
  while (fgets (line, sizeof line, file) != NULL)
    if (strncmp (line, "0::/", 4) == 0)
      {
        line[strcspn (line, "\n")] = '\0';
        snprintf (folder, sizeof folder, "/sys/fs/cgroup%s", line + 3);
        headroom = moe_size_min (headroom, cgroup_headroom (folder));
      }
  fclose (file);
  return headroom;
}

size_t
moe_available_memory (void)
{
  return moe_size_min (meminfo_available (), cgroups_headroom ());
}
