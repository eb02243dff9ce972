/* SPDX-License-Identifier: Apache-2.0 */
/* What control groups leave, read from trees of files as kernels show them. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/base/cgroup.h"
#include "engine/machine/forecast.h"
#include "engine/threads/team.h"
#include "engine/threads/topology.h"

#define MIB ((size_t)1 << 20)

typedef struct Tree
{
  char *root;
  GPtrArray *paths; /* in the order in which they were made */
} Tree;

static void
tree_open (Tree *tree, gconstpointer unused)
{
  tree->root = g_dir_make_tmp ("nullcurve-cgroup-XXXXXX", NULL);
  tree->paths = g_ptr_array_new_with_free_func (g_free);
  g_assert_nonnull (tree->root);
}

static void
make_folders (Tree *tree, const char *folder)
{
  if (g_file_test (folder, G_FILE_TEST_IS_DIR))
    return;
  g_autofree char *above = g_path_get_dirname (folder);
  make_folders (tree, above);
  g_assert_no_errno (g_mkdir (folder, 0700));
  g_ptr_array_add (tree->paths, g_strdup (folder));
}

static void
put (Tree *tree, const char *path, const char *text)
{
  g_autofree char *full = g_build_filename (tree->root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);
  g_autoptr (GError) error = NULL;
  make_folders (tree, folder);
  g_file_set_contents (full, text, -1, &error);
  g_assert_no_error (error);
  g_ptr_array_add (tree->paths, g_strdup (full));
}

static void
tree_close (Tree *tree, gconstpointer unused)
{
  for (guint i = tree->paths->len; i-- > 0;)
    g_remove (g_ptr_array_index (tree->paths, i));
  g_assert_no_errno (g_rmdir (tree->root));
  g_ptr_array_unref (tree->paths);
  g_free (tree->root);
}

#define MOUNT_1                                                                                    \
  "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"                            \
  "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"           \
  "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n"            \
  "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
#define MOUNT_2 "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"

static void
test_none (Tree *tree, gconstpointer unused)
{
  g_assert_cmpuint (moe_cgroup_memory (tree->root), ==, SIZE_MAX);
  g_assert_true (isinf (moe_cgroup_processors (tree->root)));
  put (tree, "proc/self/mountinfo", MOUNT_1);
  put (tree, "proc/self/cgroup", "4:memory:/\n3:cpu,cpuacct:/\n0::/\n");
  put (tree, "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  put (tree, "sys/fs/cgroup/memory/memory.usage_in_bytes", "1048576\n");
  put (tree, "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  put (tree, "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  g_assert_cmpuint (moe_cgroup_memory (tree->root), >, (size_t)1 << 62);
  g_assert_true (isinf (moe_cgroup_processors (tree->root)));
}

/* A group of version 1; file pages that nobody uses are free, and a group above binds too. */
static void
test_first (Tree *tree, gconstpointer unused)
{
  put (tree, "proc/self/mountinfo", MOUNT_1);
  put (tree, "proc/self/cgroup", "4:memory:/a/b\n3:cpu,cpuacct:/a/b\n0::/\n");
  put (tree, "sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "536870912\n");
  put (tree, "sys/fs/cgroup/memory/a/b/memory.usage_in_bytes", "209715200\n");
  put (tree, "sys/fs/cgroup/memory/a/b/memory.stat",
       "cache 7\ninactive_file 1\ntotal_inactive_file 104857600\n");
  put (tree, "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "250000\n");
  put (tree, "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us", "100000\n");
  g_assert_cmpuint (moe_cgroup_memory (tree->root), ==, 412 * MIB);
  g_assert_cmpfloat (moe_cgroup_processors (tree->root), ==, 2.5);

  put (tree, "sys/fs/cgroup/memory/a/memory.limit_in_bytes", "314572800\n");
  put (tree, "sys/fs/cgroup/memory/a/memory.usage_in_bytes", "209715200\n");
  put (tree, "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "50000\n");
  put (tree, "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  g_assert_cmpuint (moe_cgroup_memory (tree->root), ==, 100 * MIB);
  g_assert_cmpfloat (moe_cgroup_processors (tree->root), ==, 0.5);
}

/* In a container its own group is mounted as the top, while its name is the host's. */
static void
test_container (Tree *tree, gconstpointer unused)
{
  put (tree, "proc/self/mountinfo",
       "35 31 0:32 /docker/c1 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
       "36 31 0:33 /elsewhere /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n");
  put (tree, "proc/self/cgroup", "4:memory:/docker/c1\n3:cpu:/docker/c1\n");
  put (tree, "sys/fs/cgroup/memory/memory.limit_in_bytes", "268435456\n");
  put (tree, "sys/fs/cgroup/memory/memory.usage_in_bytes", "268435457\n");
  put (tree, "sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000\n");
  put (tree, "sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  g_assert_cmpuint (moe_cgroup_memory (tree->root), ==, 0);
  g_assert_cmpfloat (moe_cgroup_processors (tree->root), ==, 1);
}

static void
test_second (Tree *tree, gconstpointer unused)
{
  put (tree, "proc/self/mountinfo", MOUNT_2);
  put (tree, "proc/self/cgroup", "0::/user.slice/x.scope\n");
  put (tree, "sys/fs/cgroup/user.slice/x.scope/memory.max", "max\n");
  put (tree, "sys/fs/cgroup/user.slice/x.scope/memory.high", "max\n");
  put (tree, "sys/fs/cgroup/user.slice/x.scope/memory.current", "1048576\n");
  put (tree, "sys/fs/cgroup/user.slice/x.scope/cpu.max", "max 100000\n");
  g_assert_cmpuint (moe_cgroup_memory (tree->root), ==, SIZE_MAX);
  g_assert_true (isinf (moe_cgroup_processors (tree->root)));

  put (tree, "sys/fs/cgroup/user.slice/memory.max", "1073741824\n");
  put (tree, "sys/fs/cgroup/user.slice/memory.current", "209715200\n");
  put (tree, "sys/fs/cgroup/user.slice/cpu.max", "300000 200000\n");
  g_assert_cmpuint (moe_cgroup_memory (tree->root), ==, 824 * MIB);
  g_assert_cmpfloat (moe_cgroup_processors (tree->root), ==, 1.5);

  put (tree, "sys/fs/cgroup/user.slice/memory.high", "524288000\n");
  put (tree, "sys/fs/cgroup/user.slice/memory.stat", "anon 5\ninactive_file 104857600\n");
  g_assert_cmpuint (moe_cgroup_memory (tree->root), ==, 400 * MIB);
}

/* Files of the machine itself are never this broken, but a tree may be. */
static void
test_garbage (Tree *tree, gconstpointer unused)
{
  g_autofree char *long_name = g_strnfill (9000, 'x');
  g_autofree char *mounts = g_strconcat (MOUNT_2 " - \n - cgroup2\n", long_name, NULL);
  g_autofree char *groups = g_strconcat ("::\n:\n0::/", long_name, "\n", NULL);
  put (tree, "proc/self/mountinfo", mounts);
  put (tree, "proc/self/cgroup", groups);
  put (tree, "sys/fs/cgroup/memory.max", "");
  put (tree, "sys/fs/cgroup/memory.current", "much\n");
  put (tree, "sys/fs/cgroup/cpu.max", "0 0\n");
  g_assert_cmpuint (moe_cgroup_memory (tree->root), ==, SIZE_MAX);
  g_assert_true (isinf (moe_cgroup_processors (tree->root)));
}

/* The memory check asks them. */
static void
test_available (Tree *tree, gconstpointer unused)
{
  put (tree, "proc/meminfo", "MemTotal: 4194304 kB\nMemFree: 1 kB\nMemAvailable: 2097152 kB\n");
  g_assert_cmpuint (moe_available_memory_below (tree->root), ==, 2048 * MIB);
  put (tree, "proc/self/mountinfo", MOUNT_1);
  put (tree, "proc/self/cgroup", "4:memory:/\n");
  put (tree, "sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
  put (tree, "sys/fs/cgroup/memory/memory.usage_in_bytes", "0\n");
  g_assert_cmpuint (moe_available_memory_below (tree->root), ==, 512 * MIB);
}

static void
test_teams (void)
{
  g_assert_cmpuint (moe_topology_team (8, INFINITY), ==, 8);
  g_assert_cmpuint (moe_topology_team (8, 2.5), ==, 2);
  g_assert_cmpuint (moe_topology_team (8, 0.2), ==, 1);
  g_assert_cmpuint (moe_topology_team (2, 3), ==, 2);
  g_assert_cmpuint (moe_team_most (), >=, 16);
  g_assert_cmpuint (moe_team_most (), >=, 4 * moe_topology ()->processors);
}

static void
test_threads (void)
{
  MoeError error = { 0 };
  g_assert_cmpint (moe_forecast_require_threads (moe_team_most (), &error), ==, MOE_OK);
  g_assert_cmpint (moe_forecast_require_threads (moe_team_most () + 1, &error), ==,
                   MOE_ERROR_INVALID);
  g_autofree char *most = g_strdup_printf ("allowed are 1 to %zu,", moe_team_most ());
  g_assert_nonnull (strstr (error.message, most));
}

static void
add (const char *path, void (*test) (Tree *, gconstpointer))
{
  g_test_add (path, Tree, NULL, tree_open, test, tree_close);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/cgroup/none", test_none);
  add ("/cgroup/first", test_first);
  add ("/cgroup/container", test_container);
  add ("/cgroup/second", test_second);
  add ("/cgroup/garbage", test_garbage);
  add ("/cgroup/available", test_available);
  g_test_add_func ("/cgroup/teams", test_teams);
  g_test_add_func ("/cgroup/threads", test_threads);
  return g_test_run ();
}
