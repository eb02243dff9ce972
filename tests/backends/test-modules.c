/* SPDX-License-Identifier: Apache-2.0 */
/* Modules that cannot be used, each with its own reason in words: there is none, it is no library,
 * it is cut off, it kills who loads it, it has no backend, its version is another, others could
 * have put it there, there is no driver, the driver is none. */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/backends/backend.h"
#include "engine/backends/modules.h"
#include "engine/base/module.h"

static char *folder;

/* A folder of modules with one in it: a link to a library that was built for the tests, or a file
 * that is none. */
static void
put_module (const char *name, const char *library)
{
  g_autofree char *file = g_strdup_printf ("libnullcurve-%s.so", name);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_unlink (path);
  if (library == NULL)
    g_assert_true (g_file_set_contents (path, "no library", -1, NULL));
  else
    {
      g_autofree char *built = g_test_build_filename (G_TEST_BUILT, "backends", library, NULL);
      g_assert_cmpint (symlink (built, path), ==, 0);
    }
}

static const MoeBackend *
find_module (const char *name)
{
  size_t n;
  const MoeBackend *const *modules = moe_backend_modules (&n);
  for (size_t i = 0; i < n; i++)
    if (g_str_equal (modules[i]->name, name))
      return modules[i];
  return NULL;
}

/* In a process of its own, since modules are opened once. */
static void
assert_reason (const char *name, const char *reason)
{
  MoeError error = { 0 };
  const MoeBackend *module = find_module (name);
  g_assert_nonnull (module);
  g_assert_cmpint (module->probe (&error), ==, MOE_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error.option, ==, "accelerator");
  if (strstr (error.message, reason) == NULL)
    g_error ("\"%s\" does not tell \"%s\"", error.message, reason);
  g_assert_null (moe_backend_find (name, MOE_DTYPE_FLOAT32, &error));
  g_assert_cmpstr (error.option, ==, "accelerator");
}

typedef struct Case
{
  const char *path;
  const char *name;    /* of the module */
  const char *library; /* "" none */
  const char *reason;
} Case;

static const Case cases[] = {
  { "/modules/absent", "onednn", "", "not installed" },
  { "/modules/no-library", "onednn", NULL, "cut off, or no shared library" },
  { "/modules/no-symbol", "onednn", "libfake-nothing.so", "has no symbol moe_backend_module" },
  { "/modules/old", "onednn", "libfake-old.so", "this program of version" },
  { "/modules/crashing", "onednn", "libfake-crashing.so", "is damaged" },
  { "/modules/lacking", "onednn", "libfake-lacking.so",
    "undefined symbol: nullcurve_no_such_function" },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  if (g_test_subprocess ())
    {
      assert_reason (c->name, c->reason);
      return;
    }
  g_setenv (MOE_MODULE_DIR_VARIABLE, folder, TRUE);
  if (c->library == NULL || c->library[0] != '\0')
    put_module (c->name, c->library);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* A file of its own instead of a link, of which only so many bytes are there; -1: all. */
static char *
copy_module (const char *to, const char *library, gssize bytes)
{
  g_autofree char *built = g_test_build_filename (G_TEST_BUILT, "backends", library, NULL);
  g_autofree char *contents = NULL;
  gsize length;
  char *path = g_build_filename (to, "libnullcurve-onednn.so", NULL);
  g_assert_true (g_file_get_contents (built, &contents, &length, NULL));
  g_unlink (path);
  g_assert_true (g_file_set_contents (path, contents, bytes < 0 ? (gssize)length : bytes, NULL));
  return path;
}

static void
assert_refused_as (const char *reason)
{
  g_setenv ("EXPECTED_REASON", reason, TRUE);
  g_setenv (MOE_MODULE_DIR_VARIABLE, folder, TRUE);
  g_test_trap_subprocess ("/modules/subprocess/refused", 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* Whatever is there and refused is one to tell of where another is taken. */
static void
test_refused (void)
{
  const char *expected = g_getenv ("EXPECTED_REASON");
  assert_reason ("onednn", expected);
  gsize n;
  const MoeBackend *const *modules = moe_backend_modules (&n);
  const char *fault = moe_backend_module_fault (modules[0]);
  if (strstr (expected, "not installed") != NULL)
    g_assert_null (fault);
  else
    g_assert_nonnull (strstr (fault, expected));
}

/* Wherever it breaks off, nothing is loaded that would have to be there. */
static void
test_cut_off (void)
{
  GStatBuf whole;
  g_autofree char *built = g_test_build_filename (G_TEST_BUILT, "backends", "libfake-old.so", NULL);
  g_assert_cmpint (g_stat (built, &whole), ==, 0);
  for (gssize i = 0; i < 10; i++)
    {
      gssize bytes = i < 9 ? i * whole.st_size / 9 : whole.st_size - 1;
      g_free (copy_module (folder, "libfake-old.so", bytes));
      assert_refused_as ("cut off");
    }
}

static void
test_others_can_write (void)
{
  g_autofree char *path = copy_module (folder, "libfake-old.so", -1);
  g_assert_cmpint (g_chmod (path, 0666), ==, 0);
  assert_refused_as ("can be written by others");
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  assert_refused_as ("this program of version");
  g_assert_cmpint (g_chmod (folder, 0777), ==, 0);
  assert_refused_as ("can be written by others");
  /* Where only owners may replace what is theirs nobody else can put another in its place. */
  g_assert_cmpint (g_chmod (folder, 01777), ==, 0);
  assert_refused_as ("this program of version");
  g_assert_cmpint (g_chmod (folder, 0700), ==, 0);
  if (geteuid () == 0)
    {
      g_assert_cmpint (chown (path, 65533, (gid_t)-1), ==, 0);
      assert_refused_as ("belongs to another user");
    }
}

/* A program that was built elsewhere takes nothing from beside itself. */
static void
test_moved_program (void)
{
  g_autofree char *root = g_build_filename (folder, "moved", NULL);
  g_autofree char *bin = g_build_filename (root, "app", NULL);
  g_autofree char *modules = g_build_filename (root, "engine", "backends", "modules", NULL);
  g_autofree char *program = g_build_filename (bin, "program", NULL);
  g_autofree char *own = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *bytes = NULL;
  gsize length;
  const char *arguments[] = { program, "-p", "/modules/subprocess/refused", "--GTestSubprocess",
                              NULL };
  int status;
  g_assert_cmpint (g_mkdir_with_parents (bin, 0755), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (modules, 0755), ==, 0);
  g_autofree char *module = copy_module (modules, "libfake-crashing.so", -1);
  g_assert_true (g_file_get_contents (own, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents_full (program, bytes, (gssize)length, G_FILE_SET_CONTENTS_NONE,
                                           0755, NULL));
  g_unsetenv (MOE_MODULE_DIR_VARIABLE);
  g_setenv ("EXPECTED_REASON", "not installed", TRUE);
  g_assert_true (g_spawn_sync (NULL, (char **)arguments, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
                               NULL, NULL, NULL, &status, NULL));
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  g_autofree char *backends = g_path_get_dirname (modules);
  g_autofree char *engine = g_path_get_dirname (backends);
  const char *made[] = { module, modules, backends, engine, program, bin, root };
  for (gsize i = 0; i < G_N_ELEMENTS (made); i++)
    g_assert_cmpint (g_remove (made[i]), ==, 0);
}

/* An empty element of a search path means the current folder. */
static void
test_search_path (void)
{
  g_autofree char *here = g_get_current_dir ();
  g_autofree char *built =
      g_test_build_filename (G_TEST_BUILT, "backends", "libfake-nothing.so", NULL);
  g_autofree char *strange = g_build_filename (folder, "libstrange.so.1", NULL);
  g_assert_cmpint (symlink (built, strange), ==, 0);
  g_assert_cmpint (chdir (folder), ==, 0);
  g_setenv ("LD_LIBRARY_PATH", "/nonexistent:", TRUE);
  g_assert_null (moe_library_open ("libstrange.so.1"));
  g_autofree char *path = g_strconcat ("relative:", folder, ":", NULL);
  g_setenv ("LD_LIBRARY_PATH", path, TRUE);
  g_assert_nonnull (moe_library_open ("libstrange.so.1"));
  g_assert_cmpint (chdir (here), ==, 0);
  g_unlink (strange);
}

/* Where there is no driver the module is not even opened. */
static void
test_no_driver (void)
{
  MoeError error = { 0 };
  const MoeBackend *module = find_module ("cuda");
  g_assert_nonnull (module);
  if (module->probe (&error) == MOE_OK)
    g_assert_cmpuint (module->n_devices (), >, 0);
  else
    g_assert_true (strstr (error.message, "driver") != NULL
                   || strstr (error.message, "not installed") != NULL
                   || strstr (error.message, "GPU") != NULL);
}

#ifdef HAVE_CUDA
/* The module itself, with the libraries that it needs, where there is a library of the driver's
 * name that drives nothing. */
static void
test_false_driver (void)
{
  if (g_test_subprocess ())
    {
      size_t devices;
      MoeError error = { 0 };
      MoeBackendFacts facts;
      const MoeBackend *module = find_module ("cuda");
      MoeStatus status = module->probe (&error);
      g_assert_nonnull (module->device); /* it is the module, and not what stands for it */
      g_assert_cmpint (status, ==, MOE_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error.message, "driver"));
      g_assert_nonnull (strstr (error.message, "35"));
      devices = module->n_devices ();
      g_assert_cmpuint (devices, ==, 0);
      module->facts (0, &facts);
      g_assert_true (g_str_has_prefix (facts.library, "cuBLASLt "));
      g_assert_true (g_str_has_prefix (facts.runtime, "CUDA "));
      g_assert_cmpstr (facts.device, ==, "");
      g_assert_null (moe_backend_find ("cuda:1", MOE_DTYPE_BFLOAT16, &error));
      return;
    }
  g_autofree char *built =
      g_test_build_filename (G_TEST_BUILT, "backends", "libfake-nothing.so", NULL);
  g_autofree char *driver = g_build_filename (folder, "libcuda.so.1", NULL);
  g_assert_cmpint (symlink (built, driver), ==, 0);
  g_setenv (MOE_MODULE_DIR_VARIABLE, HAVE_CUDA, TRUE);
  g_setenv ("LD_LIBRARY_PATH", folder, TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}
#endif

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!g_test_subprocess ())
    folder = g_dir_make_tmp ("nullcurve-modules-XXXXXX", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/modules/subprocess/refused", test_refused);
  g_test_add_func ("/modules/cut-off", test_cut_off);
  g_test_add_func ("/modules/others-can-write", test_others_can_write);
  g_test_add_func ("/modules/moved-program", test_moved_program);
  g_test_add_func ("/modules/search-path", test_search_path);
  g_test_add_func ("/modules/no-driver", test_no_driver);
#ifdef HAVE_CUDA
  g_test_add_func ("/modules/false-driver", test_false_driver);
#endif
  int status = g_test_run ();
  if (folder != NULL)
    {
      g_autofree char *module = g_build_filename (folder, "libnullcurve-onednn.so", NULL);
      g_autofree char *driver = g_build_filename (folder, "libcuda.so.1", NULL);
      g_unlink (module);
      g_unlink (driver);
      g_rmdir (folder);
    }
  g_free (folder);
  return status;
}
