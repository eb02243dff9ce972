/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/soak/litter.h"

#include <glib/gstdio.h>
#include <string.h>

static GPtrArray *
list_names (const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  return names;
}

void
litter_copy (const char *from, const char *to)
{
  g_autoptr (GPtrArray) names = list_names (from);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *source = g_build_filename (from, names->pdata[i], NULL);
      g_autofree char *target = g_build_filename (to, names->pdata[i], NULL);
      g_autofree char *text = NULL;
      gsize length;
      if (g_file_get_contents (source, &text, &length, NULL))
        g_file_set_contents (target, text, (gssize)length, NULL);
    }
}

char *
litter_pick (const char *folder, Chance *chance)
{
  g_autoptr (GPtrArray) names = list_names (folder);
  if (names->len == 0)
    return NULL;
  return g_build_filename (folder, names->pdata[chance_below (chance, names->len)], NULL);
}

static void
damage (GString *text, Chance *chance)
{
  gsize at = chance_below (chance, text->len), n = chance_below (chance, text->len - at + 1);
  g_autofree char *part = g_strndup (text->str + at, n);
  switch (chance_below (chance, 5))
    {
    case 0:
      g_string_truncate (text, at);
      break;
    case 1:
      for (gsize i = at; i < at + n % 16; i++)
        text->str[i] = (char)chance_draw (chance);
      break;
    case 2:
      g_string_insert (text, (gssize)at, part);
      break;
    case 3:
      g_string_erase (text, (gssize)at, (gssize)n);
      break;
    default:
      g_string_truncate (text, 0);
    }
}

void
litter_damage (const char *folder, Chance *chance)
{
  g_autofree char *path = litter_pick (folder, chance);
  g_autofree char *old = NULL;
  gsize length;
  if (path == NULL || !g_file_get_contents (path, &old, &length, NULL) || length == 0
      || length > 1 << 20)
    return;
  g_autoptr (GString) text = g_string_new_len (old, (gssize)length);
  damage (text, chance);
  g_file_set_contents (path, text->str, (gssize)text->len, NULL);
}

gsize
litter_count (const char *folder, const char *ending)
{
  g_autoptr (GPtrArray) names = list_names (folder);
  gsize n = 0;
  for (guint i = 0; i < names->len; i++)
    n += ending == NULL || g_str_has_suffix (names->pdata[i], ending);
  return n;
}

void
litter_bound (const char *folder, gsize most, Chance *chance)
{
  for (gsize n = litter_count (folder, NULL); n > most; n--)
    {
      g_autofree char *path = litter_pick (folder, chance);
      g_unlink (path);
    }
}

void
litter_assert_tidy (const char *folder, const char *const *endings)
{
  g_autoptr (GPtrArray) names = list_names (folder);
  for (guint i = 0; i < names->len; i++)
    {
      gboolean known = FALSE;
      for (gsize k = 0; endings[k] != NULL; k++)
        known = known || g_str_has_suffix (names->pdata[i], endings[k]);
      if (!known || g_str_has_prefix (names->pdata[i], "."))
        g_error ("%s has a stray file: %s", folder, (const char *)names->pdata[i]);
    }
}
