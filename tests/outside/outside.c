/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/outside/outside.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

enum
{
  PATIENCE_S = 200, /* a run takes its budget on a busy machine, after a wait for quiet */
  PAUSE_US = 100000,
  MAX_DEPTH = 40
};

typedef gboolean (*Condition) (gpointer data);

static gboolean
wait_for (Condition condition, gpointer data)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
  while (!condition (data))
    {
      if (g_get_monotonic_time () > end)
        return FALSE;
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (PAUSE_US);
    }
  return TRUE;
}

/* --- looking --- */

/* GTK leaves hidden widgets out of the tree and tells "showing" of windows only. */
static gboolean
is_on_screen (AtspiAccessible *accessible)
{
  AtspiStateSet *states = atspi_accessible_get_state_set (accessible);
  gboolean visible = states != NULL && atspi_state_set_contains (states, ATSPI_STATE_VISIBLE);
  g_clear_object (&states);
  return visible;
}

static gboolean
is_it (AtspiAccessible *accessible, AtspiRole role, const char *name)
{
  if (atspi_accessible_get_role (accessible, NULL) != role)
    return FALSE;
  g_autofree char *its_name = atspi_accessible_get_name (accessible, NULL);
  return g_strcmp0 (its_name, name) == 0 && is_on_screen (accessible);
}

typedef struct Search
{
  AtspiAccessible *root;
  AtspiRole role;
  const char *name;
  AtspiAccessible *found;
} Search;

static void search_below (Search *search, AtspiAccessible *at, guint depth);

static void
look_at (Search *search, AtspiAccessible *at, guint depth)
{
  if (is_it (at, search->role, search->name))
    search->found = g_object_ref (at);
  else
    search_below (search, at, depth);
}

static void
search_below (Search *search, AtspiAccessible *at, guint depth)
{
  int n = depth < MAX_DEPTH ? atspi_accessible_get_child_count (at, NULL) : 0;
  for (int i = 0; i < n && search->found == NULL; i++)
    {
      AtspiAccessible *child = atspi_accessible_get_child_at_index (at, i, NULL);
      if (child != NULL)
        look_at (search, child, depth + 1);
      g_clear_object (&child);
    }
}

AtspiAccessible *
outside_look (AtspiAccessible *root, AtspiRole role, const char *name)
{
  Search search = { .role = role, .name = name };
  search_below (&search, root, 0);
  return search.found;
}

static gboolean
is_found (gpointer data)
{
  Search *search = data;
  AtspiAccessible *found = outside_look (search->root, search->role, search->name);
  gboolean is = found != NULL;
  g_clear_object (&found);
  return is;
}

static gboolean
is_gone (gpointer data)
{
  return !is_found (data);
}

void
outside_await (AtspiAccessible *root, AtspiRole role, const char *name)
{
  Search search = { .root = root, .role = role, .name = name };
  if (!wait_for (is_found, &search))
    g_error ("there is no %s \"%s\"", atspi_role_get_name (role), name);
}

void
outside_await_gone (AtspiAccessible *root, AtspiRole role, const char *name)
{
  Search search = { .root = root, .role = role, .name = name };
  if (!wait_for (is_gone, &search))
    g_error ("the %s \"%s\" does not go away", atspi_role_get_name (role), name);
}

/* --- doing --- */

/* Its place among the enabled actions, which changes with them; -1: it is not one. */
static int
find_action (AtspiAccessible *accessible, const char *action)
{
  AtspiAction *actions = ATSPI_ACTION (accessible);
  int n = atspi_action_get_n_actions (actions, NULL);
  for (int i = 0; i < n; i++)
    {
      g_autofree char *name = atspi_action_get_action_name (actions, i, NULL);
      if (g_strcmp0 (name, action) == 0)
        return i;
    }
  return -1;
}

typedef struct Wish
{
  AtspiAccessible *accessible;
  const char *action;
  GError *error;
} Wish;

static gboolean
is_possible (gpointer data)
{
  Wish *wish = data;
  return find_action (wish->accessible, wish->action) >= 0;
}

void
outside_await_action (AtspiAccessible *accessible, const char *action)
{
  Wish wish = { .accessible = accessible, .action = action };
  if (!wait_for (is_possible, &wish))
    g_error ("the action \"%s\" does not become possible", action);
}

/* An answer "no" tells that nothing was done, the action having lost its place since it was looked
 * up; after no answer nobody knows, and it must not be done twice. */
static gboolean
is_answered (gpointer data)
{
  Wish *wish = data;
  int index = find_action (wish->accessible, wish->action);
  return index >= 0
         && (atspi_action_do_action (ATSPI_ACTION (wish->accessible), index, &wish->error)
             || wish->error != NULL);
}

void
outside_act (AtspiAccessible *accessible, const char *action)
{
  Wish wish = { .accessible = accessible, .action = action };
  if (!wait_for (is_answered, &wish))
    g_error ("the action \"%s\" does not become possible", action);
  g_assert_no_error (wish.error);
}

void
outside_set (Outside *outside, const char *name, double value)
{
  outside_await (outside->frame, ATSPI_ROLE_SPIN_BUTTON, name);
  AtspiAccessible *spin = outside_look (outside->frame, ATSPI_ROLE_SPIN_BUTTON, name);
  g_assert_true (atspi_value_set_current_value (ATSPI_VALUE (spin), value, NULL));
  g_assert_cmpfloat (atspi_value_get_current_value (ATSPI_VALUE (spin), NULL), ==, value);
  g_object_unref (spin);
}

static gboolean
xdotool (const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (
      arguments, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  return g_subprocess_wait_check (process, NULL, NULL);
}

static gboolean
focus (gpointer title)
{
  return xdotool ((const char *const[]){ "xdotool", "search", "--onlyvisible", "--name", title,
                                         "windowfocus", NULL });
}

static void
focus_window (const char *title)
{
  g_autofree char *pattern = g_strdup_printf ("^%s$", title);
  if (!wait_for (focus, pattern))
    g_error ("there is no window \"%s\"", title);
}

void
outside_press (const char *title, const char *keys)
{
  focus_window (title);
  g_assert_true (xdotool ((const char *const[]){ "xdotool", "key", keys, NULL }));
}

void
outside_type (const char *title, const char *text)
{
  focus_window (title);
  g_assert_true (xdotool ((const char *const[]){ "xdotool", "type", "--delay", "5", text, NULL }));
}

typedef struct Growth
{
  const char *path;
  goffset size;
} Growth;

static gboolean
is_whole (gpointer data)
{
  Growth *growth = data;
  GStatBuf now;
  if (g_stat (growth->path, &now) != 0)
    return FALSE;
  gboolean still = now.st_size > 0 && now.st_size == growth->size;
  growth->size = now.st_size;
  return still;
}

void
outside_await_file (const char *path)
{
  Growth growth = { .path = path };
  if (!wait_for (is_whole, &growth))
    g_error ("there is no file %s", path);
}

/* --- the program --- */

static gboolean
find_frame (gpointer data)
{
  Outside *outside = data;
  AtspiAccessible *desktop = atspi_get_desktop (0);
  outside->frame = outside_look (desktop, ATSPI_ROLE_FRAME, "Nullcurve");
  g_object_unref (desktop);
  return outside->frame != NULL;
}

static void
set_folder (GSubprocessLauncher *launcher, const char *variable, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, variable, NULL);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_subprocess_launcher_setenv (launcher, variable, path, TRUE);
}

/* A test that fails takes the program with it. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

void
outside_start (Outside *outside)
{
  static const char *const folders[] = { "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  outside->folder = g_dir_make_tmp ("nullcurve-XXXXXX", &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    set_folder (launcher, folders[i], outside->folder);
  /* What the other tests set is what this one must not have. */
  g_subprocess_launcher_unsetenv (launcher, "GTK_A11Y");
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  outside->process = g_subprocess_launcher_spawn (launcher, &error, g_getenv ("NULLCURVE"), NULL);
  g_assert_no_error (error);
  if (!wait_for (find_frame, outside))
    g_error ("the window does not come");
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  g_remove (path);
}

/* What the close is answered does not count: the program may be gone before it answers. */
static gboolean
is_closed (gpointer data)
{
  Outside *outside = data;
  Wish wish = { .accessible = outside->frame, .action = "window.close" };
  if (g_subprocess_get_identifier (outside->process) == NULL)
    return TRUE;
  is_answered (&wish);
  g_clear_error (&wish.error);
  return FALSE;
}

void
outside_finish (Outside *outside)
{
  g_autoptr (GError) error = NULL;
  if (!wait_for (is_closed, outside))
    g_error ("the program does not end");
  g_assert_true (g_subprocess_wait_check (outside->process, NULL, &error));
  g_assert_no_error (error);
  remove_tree (outside->folder);
  g_clear_object (&outside->frame);
  g_clear_object (&outside->process);
  g_clear_pointer (&outside->folder, g_free);
}
