/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/remote/hosts.h"

#include <string.h>

#include "engine/remote/place.h"

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

char **
moe_hosts_read (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GPtrArray *hosts = g_ptr_array_new ();
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);
      gsize n = strcspn (line, " \t=");
      if (n == strlen ("host") && g_ascii_strncasecmp (line, "host", n) == 0)
        take_names (line + n + strspn (line + n, " \t="), hosts);
    }
  g_ptr_array_add (hosts, NULL);
  return (char **)g_ptr_array_free (hosts, FALSE);
}

char **
moe_hosts_of_person (void)
{
  g_autofree char *path = g_build_filename (g_get_home_dir (), ".ssh", "config", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream =
      g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_file_read (file, NULL, NULL) : NULL;
  g_autofree char *text = g_malloc0 (MOE_HOSTS_MAX_BYTES + 1);
  if (stream != NULL)
    g_input_stream_read_all (G_INPUT_STREAM (stream), text, MOE_HOSTS_MAX_BYTES, NULL, NULL, NULL);
  return moe_hosts_read (text);
}
