/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/place.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Meson writes it (meson.build beside this file): the build folder in its first line, the sources'
 * in its second.  Nothing of that is in the program itself, which is the same wherever it was
 * built. */
static const char record[] = "engine/base/build-folder";

bool
moe_place_program (char folder[MOE_PLACE_SIZE])
{
  ssize_t n = readlink ("/proc/self/exe", folder, MOE_PLACE_SIZE - 1);
  if (n <= 0 || n == MOE_PLACE_SIZE - 1)
    return false;
  folder[n] = '\0';
  char *slash = strrchr (folder, '/');
  if (slash == NULL)
    return false;
  slash[slash == folder] = '\0';
  return true;
}

static bool
read_line (FILE *file, char line[MOE_PLACE_SIZE])
{
  if (fgets (line, MOE_PLACE_SIZE, file) == NULL)
    return false;
  size_t length = strcspn (line, "\n");
  bool whole = line[length] == '\n' && line[0] == '/';
  line[length] = '\0';
  return whole;
}

static bool
same_folder (const char *a, const char *b)
{
  struct stat one, other;
  return stat (a, &one) == 0 && stat (b, &other) == 0 && one.st_dev == other.st_dev
         && one.st_ino == other.st_ino;
}

/* Does the record below `folder` say that this folder is the one that was built in? */
static bool
read_record (const char *folder, char build[MOE_PLACE_SIZE], char sources[MOE_PLACE_SIZE])
{
  char path[MOE_PLACE_SIZE];
  int length = snprintf (path, sizeof path, "%s/%s", folder, record);
  FILE *file = length < MOE_PLACE_SIZE ? fopen (path, "re") : NULL;
  if (file == NULL)
    return false;
  bool whole = read_line (file, build) && read_line (file, sources);
  fclose (file);
  return whole && same_folder (folder, build);
}

bool
moe_place_built (char build[MOE_PLACE_SIZE], char sources[MOE_PLACE_SIZE])
{
  char folder[MOE_PLACE_SIZE], named[MOE_PLACE_SIZE], tree[MOE_PLACE_SIZE];
  char *slash;
  if (!moe_place_program (folder))
    return false;
  while ((slash = strrchr (folder, '/')) != NULL && slash > folder)
    {
      *slash = '\0';
      if (!read_record (folder, named, tree))
        continue;
      strcpy (build, folder);
      strcpy (sources, tree);
      return true;
    }
  return false;
}
