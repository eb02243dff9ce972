/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for libFuzzer: gives a harness the inputs that were kept, one after the other.
 * Arguments are files and folders of such; a folder that is not there has none. */
#define _GNU_SOURCE /* asprintf */
#include "tests/fuzz/fuzz.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

static gsize n_inputs;

static void
replay_bytes (const char *data, gsize size)
{
  /* Exactly as large, so that a sanitizer sees who reads past the end. */
  g_autofree uint8_t *exact = g_malloc (MAX (size, 1));
  memcpy (exact, data, size);
  LLVMFuzzerTestOneInput (exact, size);
  n_inputs++;
}

static void
replay (const char *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  g_autofree char *data = NULL;
  gsize size;
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);
      replay (inner);
    }
  if (dir != NULL)
    g_dir_close (dir);
  else if (g_file_get_contents (path, &data, &size, NULL))
    replay_bytes (data, size);
}

int
main (int argc, char **argv)
{
  replay_bytes ("", 0);
  for (int i = 1; i < argc; i++)
    {
      g_printerr ("%s\n", argv[i]);
      replay (argv[i]);
    }
  g_printerr ("%" G_GSIZE_FORMAT " inputs\n", n_inputs);
  return n_inputs > 1 ? 0 : 1;
}
