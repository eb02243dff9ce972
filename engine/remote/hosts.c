/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/remote/hosts.h"

#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/remote/place.h"

enum
{
  MOST_PATTERN_LEVELS = 2, /* folders of a pattern that have wildcards: each is read in full */
  MOST_PATTERN_BYTES = 1000
};

/* What one configuration may still take. */
typedef struct Reading
{
  const char *home; /* NULL: nothing is included */
  GPtrArray *hosts;
  gsize bytes_left;
  guint patterns_left;
  GHashTable *files; /* paths that were read: a second time they have no other hosts */
} Reading;

static void read_text (Reading *reading, const char *text, guint depth);

static gboolean
is_host (const char *name)
{
  const MoePlace place = { .host = name };
  const char *const none[] = { NULL };
  g_auto (GStrv) argv = moe_place_command (&place, none, NULL);
  return argv != NULL;
}

static void
take_names (const char *names, GPtrArray *hosts)
{
  g_auto (GStrv) words = g_strsplit_set (names, " \t\"", -1);
  for (gsize i = 0; words[i] != NULL && hosts->len < MOE_HOSTS_MOST; i++)
    if (words[i][0] != '\0' && strpbrk (words[i], "*?!") == NULL && is_host (words[i])
        && !g_ptr_array_find_with_equal_func (hosts, words[i], g_str_equal, NULL))
      g_ptr_array_add (hosts, g_strdup (words[i]));
}

/* --- files --- */

/* Nothing waits: a pipe or device is not read, however it came to be there. */
static char *
read_file (Reading *reading, const char *path)
{
  struct stat facts;
  gsize length = 0;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return NULL;
  char *text = NULL;
  if (fstat (fd, &facts) == 0 && S_ISREG (facts.st_mode))
    {
      gssize got = 1;
      text = g_malloc (reading->bytes_left + 1);
      while (length < reading->bytes_left && got > 0)
        {
          got = read (fd, text + length, reading->bytes_left - length);
          length += got > 0 ? (gsize)got : 0;
        }
      text[length] = '\0';
      reading->bytes_left -= length;
    }
  close (fd);
  return text;
}

static void
read_path (Reading *reading, const char *path, guint depth)
{
  if (g_hash_table_size (reading->files) >= MOE_HOSTS_MAX_FILES || depth > MOE_HOSTS_MAX_DEPTH
      || !g_hash_table_add (reading->files, g_strdup (path)))
    return;
  g_autofree char *text = read_file (reading, path);
  if (text != NULL)
    read_text (reading, text, depth);
}

/* Folders with wildcards in a pattern, the file itself included. */
static guint
count_levels (const char *pattern)
{
  guint n = 0;
  g_auto (GStrv) parts = g_strsplit (pattern, "/", -1);
  for (gsize i = 0; parts[i] != NULL; i++)
    n += strpbrk (parts[i], "*?[") != NULL;
  return n;
}

/* Of a path as it is written; NULL: it is none that is followed. */
static char *
dup_pattern (const Reading *reading, const char *path)
{
  if (strlen (path) > MOST_PATTERN_BYTES || strchr (path, '%') != NULL
      || strstr (path, "${") != NULL || count_levels (path) > MOST_PATTERN_LEVELS)
    return NULL;
  if (g_path_is_absolute (path))
    return g_strdup (path);
  if (g_str_has_prefix (path, "~/"))
    return g_build_filename (reading->home, path + 2, NULL);
  return path[0] != '~' ? g_build_filename (reading->home, ".ssh", path, NULL) : NULL;
}

static void
include (Reading *reading, const char *written, guint depth)
{
  glob_t found = { 0 };
  g_autofree char *pattern = dup_pattern (reading, written);
  if (pattern == NULL || reading->patterns_left == 0)
    return;
  reading->patterns_left--;
  if (glob (pattern, 0, NULL, &found) == 0)
    for (gsize i = 0; i < found.gl_pathc; i++)
      read_path (reading, found.gl_pathv[i], depth);
  globfree (&found);
}

static void
include_all (Reading *reading, const char *paths, guint depth)
{
  g_auto (GStrv) words = NULL;
  if (reading->home == NULL || !g_shell_parse_argv (paths, NULL, &words, NULL))
    return;
  for (gsize i = 0; words[i] != NULL; i++)
    include (reading, words[i], depth);
}

/* --- lines --- */

/* What follows a keyword; NULL: the line begins with something else. */
static const char *
after (const char *line, const char *keyword)
{
  gsize n = strcspn (line, " \t=");
  if (n != strlen (keyword) || g_ascii_strncasecmp (line, keyword, n) != 0)
    return NULL;
  return line + n + strspn (line + n, " \t=");
}

static void
read_text (Reading *reading, const char *text, guint depth)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL && reading->hosts->len < MOE_HOSTS_MOST; i++)
    {
      const char *line = g_strstrip (lines[i]);
      const char *names = after (line, "host"), *paths = after (line, "include");
      if (names != NULL)
        take_names (names, reading->hosts);
      else if (paths != NULL)
        include_all (reading, paths, depth + 1);
    }
}

static char **
finish (Reading *reading)
{
  g_ptr_array_add (reading->hosts, NULL);
  return (char **)g_ptr_array_free (reading->hosts, FALSE);
}

char **
moe_hosts_read (const char *text)
{
  Reading reading = { .hosts = g_ptr_array_new () };
  read_text (&reading, text, 0);
  return finish (&reading);
}

char **
moe_hosts_of_home (const char *home)
{
  Reading reading = { .home = home,
                      .hosts = g_ptr_array_new (),
                      .bytes_left = MOE_HOSTS_MAX_BYTES,
                      .patterns_left = MOE_HOSTS_MAX_FILES };
  g_autofree char *path = g_build_filename (home, ".ssh", "config", NULL);
  g_autoptr (GHashTable) files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  reading.files = files;
  read_path (&reading, path, 0);
  return finish (&reading);
}

char **
moe_hosts_of_person (void)
{
  return moe_hosts_of_home (g_get_home_dir ());
}
