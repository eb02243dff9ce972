/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/trust.h"

#include "engine/base/words.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In a sandbox that knows this user only, files of root belong to the overflow user, 65534. */
static bool
root_is_known (void)
{
  unsigned inside = 1, outside, count;
  bool known = false;
  FILE *map = fopen ("/proc/self/uid_map", "re");
  if (map == NULL)
    return true;
  while (!known && fscanf (map, "%u %u %u", &inside, &outside, &count) == 3)
    known = inside == 0;
  fclose (map);
  return known;
}

static bool
is_ours (uid_t owner)
{
  return owner == 0 || owner == geteuid () || (owner == 65534 && !root_is_known ());
}

/* A group's members count as others, but for root's group and this user's own. */
static bool
is_open_to_others (const struct stat *facts)
{
  bool group = facts->st_gid != 0 && facts->st_gid != getegid ();
  return (facts->st_mode & S_IWOTH) != 0 || (group && (facts->st_mode & S_IWGRP) != 0);
}

static bool
refuse (char *reason, size_t size, const char *format, const char *path)
{
  snprintf (reason, size, moe_words (format), path);
  return false;
}

static bool
check_one (const char *path, bool folder, char *reason, size_t size)
{
  struct stat facts;
  if (lstat (path, &facts) != 0)
    {
      snprintf (reason, size, "%s: %s", path, strerror (errno));
      return false;
    }
  if (!folder && !S_ISREG (facts.st_mode))
    return refuse (reason, size, MOE_WORDS ("%s is no regular file"), path);
  if (!is_ours (facts.st_uid))
    return refuse (reason, size, MOE_WORDS ("%s belongs to another user"), path);
  if (is_open_to_others (&facts) && !(folder && (facts.st_mode & S_ISVTX) != 0))
    return refuse (reason, size, MOE_WORDS ("%s can be written by others"), path);
  return true;
}

bool
moe_trust_file (const char *path, char *reason, size_t reason_size)
{
  char place[PATH_MAX];
  if (realpath (path, place) == NULL)
    {
      snprintf (reason, reason_size, "%s: %s", path, strerror (errno));
      return false;
    }
  for (bool folder = false;; folder = true)
    {
      if (!check_one (place, folder, reason, reason_size))
        return false;
      char *slash = strrchr (place, '/');
      if (slash[1] == '\0')
        return true; /* the root folder itself */
      slash[slash == place] = '\0';
    }
}
