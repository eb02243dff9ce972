/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/cgroup.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/size.h"

enum
{
  PATH_SIZE = 4096, /* of the kernel, too */
  LINE_SIZE = 2 * PATH_SIZE,
  TEXT_SIZE = 128
};

typedef enum Version
{
  VERSION_1,
  VERSION_2
} Version;

/* A mounted hierarchy: where, and which of its groups is seen there. */
typedef struct Mount
{
  Version version;
  char point[PATH_SIZE];
  char top[PATH_SIZE];
} Mount;

typedef void (*Visit) (const char *folder, Version version, void *data);

/* --- small files --- */

/* The first line of folder/name; false when there is none. */
static bool
read_text (const char *folder, const char *name, char text[TEXT_SIZE])
{
  char path[PATH_SIZE];
  if ((size_t)snprintf (path, sizeof path, "%s/%s", folder, name) >= sizeof path)
    return false;
  FILE *file = fopen (path, "re");
  if (file == NULL)
    return false;
  bool good = fgets (text, TEXT_SIZE, file) != NULL;
  fclose (file);
  return good;
}

/* "max", -1 and no such file are no limit. */
static size_t
read_limit (const char *folder, const char *name)
{
  char text[TEXT_SIZE], *end;
  if (!read_text (folder, name, text) || text[0] == '-')
    return SIZE_MAX;
  unsigned long long value = strtoull (text, &end, 10);
  return end != text ? (size_t)value : SIZE_MAX;
}

/* The value behind `key` in a file of "key value" lines; 0 when it has none. */
static size_t
read_entry (const char *folder, const char *name, const char *key)
{
  char path[PATH_SIZE], line[TEXT_SIZE];
  size_t length = strlen (key);
  unsigned long long value = 0;
  if ((size_t)snprintf (path, sizeof path, "%s/%s", folder, name) >= sizeof path)
    return 0;
  FILE *file = fopen (path, "re");
  if (file == NULL)
    return 0;
  while (fgets (line, sizeof line, file) != NULL)
    if (strncmp (line, key, length) == 0 && line[length] == ' ')
      {
        value = strtoull (line + length + 1, NULL, 10);
        break;
      }
  fclose (file);
  return (size_t)value;
}

/* --- groups --- */

/* Is `word` one of the words of a list with commas? */
static bool
has_word (const char *list, const char *word)
{
  size_t length = strlen (word);
  for (const char *at = list; at != NULL; at = strchr (at, ','))
    {
      at += *at == ',';
      if (strncmp (at, word, length) == 0 && strchr (", \n", at[length]) != NULL)
        return true;
    }
  return false;
}

/* "36 35 98:0 /top /point options - cgroup cgroup rw,memory" */
static bool
parse_mount (const char *line, const char *controller, Mount *mount)
{
  char kind[TEXT_SIZE], options[TEXT_SIZE];
  const char *rest = strstr (line, " - ");
  if (rest == NULL || sscanf (rest, " - %127s %*s %127s", kind, options) != 2
      || sscanf (line, "%*s %*s %*s %4095s %4095s", mount->top, mount->point) != 2)
    return false;
  mount->version = strcmp (kind, "cgroup2") == 0 ? VERSION_2 : VERSION_1;
  return mount->version == VERSION_2
         || (strcmp (kind, "cgroup") == 0 && has_word (options, controller));
}

/* The group of this process in a hierarchy, "/a/b": of "4:cpu,cpuacct:/a/b", or "0::/a/b". */
static bool
find_group (const char *root, Version version, const char *controller, char group[PATH_SIZE])
{
  char line[LINE_SIZE];
  bool found = false;
  if ((size_t)snprintf (line, sizeof line, "%s/proc/self/cgroup", root) >= sizeof line)
    return false;
  FILE *file = fopen (line, "re");
  if (file == NULL)
    return false;
  while (!found && fgets (line, sizeof line, file) != NULL)
    {
      char *list = strchr (line, ':'), *path = list != NULL ? strchr (list + 1, ':') : NULL;
      if (path == NULL)
        continue;
      *path++ = '\0';
      path[strcspn (path, "\n")] = '\0';
      found = (version == VERSION_2 ? strcmp (line, "0:") == 0 : has_word (list + 1, controller))
              && (size_t)snprintf (group, PATH_SIZE, "%s", path) < PATH_SIZE;
    }
  fclose (file);
  return found;
}

/* A group outside of what is mounted is seen as the top of it. */
static const char *
below_top (const char *group, const char *top)
{
  size_t length = strcmp (top, "/") == 0 ? 0 : strlen (top);
  if (strncmp (group, top, length) != 0 || (group[length] != '/' && group[length] != '\0'))
    return "";
  return strcmp (group + length, "/") == 0 ? "" : group + length;
}

/* The group of this process and all above it. */
static void
visit_mount (const char *root, const char *controller, const Mount *mount, Visit visit, void *data)
{
  char group[PATH_SIZE], folder[3 * PATH_SIZE];
  if (!find_group (root, mount->version, controller, group))
    return;
  snprintf (folder, sizeof folder, "%s%s%s", root, mount->point, below_top (group, mount->top));
  size_t top = strlen (root) + strlen (mount->point);
  for (size_t length = strlen (folder); length >= top && length > 0;)
    {
      folder[length] = '\0';
      visit (folder, mount->version, data);
      while (length > top && folder[length - 1] != '/')
        length--;
      if (length-- <= top)
        return;
    }
}

static void
visit_groups (const char *root, const char *controller, Visit visit, void *data)
{
  char line[LINE_SIZE];
  Mount mount;
  if ((size_t)snprintf (line, sizeof line, "%s/proc/self/mountinfo", root) >= sizeof line)
    return;
  FILE *file = fopen (line, "re");
  if (file == NULL)
    return;
  while (fgets (line, sizeof line, file) != NULL)
    if (parse_mount (line, controller, &mount))
      visit_mount (root, controller, &mount, visit, data);
  fclose (file);
}

/* --- what they allow --- */

static void
visit_memory (const char *folder, Version version, void *data)
{
  size_t *headroom = data;
  bool second = version == VERSION_2;
  size_t limit = read_limit (folder, second ? "memory.max" : "memory.limit_in_bytes");
  if (second) /* above it the kernel slows the group down until it is below again */
    limit = moe_size_min (limit, read_limit (folder, "memory.high"));
  size_t used = read_limit (folder, second ? "memory.current" : "memory.usage_in_bytes");
  if (limit == SIZE_MAX || used == SIZE_MAX)
    return;
  size_t idle =
      read_entry (folder, "memory.stat", second ? "inactive_file" : "total_inactive_file");
  used -= moe_size_min (used, idle);
  *headroom = moe_size_min (*headroom, limit > used ? limit - used : 0);
}

size_t
moe_cgroup_memory (const char *root)
{
  size_t headroom = SIZE_MAX;
  visit_groups (root, "memory", visit_memory, &headroom);
  return headroom;
}

static void
visit_cpu (const char *folder, Version version, void *data)
{
  double *processors = data, quota = 0, period = 0;
  char text[TEXT_SIZE];
  if (version == VERSION_2)
    {
      if (!read_text (folder, "cpu.max", text) || sscanf (text, "%lf %lf", &quota, &period) != 2)
        return; /* "max 100000" */
    }
  else if (!read_text (folder, "cpu.cfs_quota_us", text) || sscanf (text, "%lf", &quota) != 1
           || !read_text (folder, "cpu.cfs_period_us", text) || sscanf (text, "%lf", &period) != 1)
    return;
  if (quota > 0 && period > 0)
    *processors = fmin (*processors, quota / period);
}

double
moe_cgroup_processors (const char *root)
{
  double processors = INFINITY;
  visit_groups (root, "cpu", visit_cpu, &processors);
  return processors;
}
