/* SPDX-License-Identifier: Apache-2.0 */
/* How much memory can be taken now (Linux). */
#include "engine/base/cgroup.h"
#include "engine/base/size.h"
#include "engine/machine/forecast.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum
{
  PATH_SIZE = 4096
};

/* Opens root/path; NULL where there is no such file. */
static FILE *
open_below (const char *root, const char *path)
{
  char full[PATH_SIZE];
  if ((size_t)snprintf (full, sizeof full, "%s%s", root, path) >= sizeof full)
    return NULL;
  return fopen (full, "re");
}

static size_t
meminfo_available (const char *root)
{
  char line[128];
  unsigned long long kib = 0;
  FILE *file = open_below (root, "/proc/meminfo");
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

/* What a limit of this process leaves of `pages` that it has already; SIZE_MAX without a limit. */
static size_t
limit_headroom (int resource, unsigned long long pages)
{
  struct rlimit limit;
  long page = sysconf (_SC_PAGESIZE);
  if (getrlimit (resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return SIZE_MAX;
  unsigned long long used = pages * (unsigned long long)(page > 0 ? page : 4096);
  return limit.rlim_cur > used ? (size_t)(limit.rlim_cur - used) : 0;
}

/* "size resident shared text lib data dt", in pages. */
static size_t
own_headroom (const char *root)
{
  unsigned long long size = 0, data = 0;
  FILE *file = open_below (root, "/proc/self/statm");
  bool good = file != NULL && fscanf (file, "%llu %*u %*u %*u %*u %llu", &size, &data) == 2;
  if (file != NULL)
    fclose (file);
  return good ? moe_size_min (limit_headroom (RLIMIT_AS, size), limit_headroom (RLIMIT_DATA, data))
              : SIZE_MAX;
}

size_t
moe_available_memory_below (const char *root)
{
  return moe_size_min (moe_size_min (meminfo_available (root), moe_cgroup_memory (root)),
                       own_headroom (root));
}

size_t
moe_available_memory (void)
{
  return moe_available_memory_below ("");
}
