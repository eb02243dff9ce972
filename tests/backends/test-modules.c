/* SPDX-License-Identifier: Apache-2.0 */
/* Modules that cannot be used, each with its own reason in words: there is none, it is no library,
 * it has no backend, its version is another, there is no driver, the driver is none. */
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
  { "/modules/no-library", "onednn", NULL, "cannot be opened" },
  { "/modules/no-symbol", "onednn", "libfake-nothing.so", "has no symbol moe_backend_module" },
  { "/modules/old", "onednn", "libfake-old.so", "this program of version" },
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
