/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sweep/npy.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum
{
  PREAMBLE_BYTES = 10, /* magic, version, length of the header */
  ALIGNMENT = 64
};

struct MoeNpy
{
  FILE *file;
  char *path;
  gsize missing; /* elements that are still to come */
};

static gboolean
fail (MoeNpy *npy, GError **error)
{
  int saved = errno;
  g_set_error (error, G_IO_ERROR, (int)g_io_error_from_errno (saved),
               _ ("The file %s could not be written: %s."), npy->path, g_strerror (saved));
  return FALSE;
}

/* The header is a Python dictionary, padded so that the elements start aligned. */
static GString *
make_header (MoeNpyType type, const gsize *dims, gsize n_dims)
{
  char order = G_BYTE_ORDER == G_LITTLE_ENDIAN ? '<' : '>';
  GString *header = g_string_new (NULL);
  g_string_append_printf (header, "{'descr': '%c%s', 'fortran_order': False, 'shape': (", order,
                          type == MOE_NPY_FLOAT32 ? "f4" : "i4");
  for (gsize i = 0; i < n_dims; i++)
    g_string_append_printf (header, "%" G_GSIZE_FORMAT "%s", dims[i],
                            n_dims == 1 || i + 1 < n_dims ? "," : "");
  g_string_append (header, "), }");
  while ((PREAMBLE_BYTES + header->len + 1) % ALIGNMENT != 0)
    g_string_append_c (header, ' ');
  g_string_append_c (header, '\n');
  return header;
}

static gboolean
write_header (MoeNpy *npy, const GString *header, GError **error)
{
  const unsigned char preamble[PREAMBLE_BYTES] = {
    0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, header->len & 0xff, (header->len >> 8) & 0xff
  };
  if (fwrite (preamble, 1, sizeof preamble, npy->file) != sizeof preamble
      || fwrite (header->str, 1, header->len, npy->file) != header->len)
    return fail (npy, error);
  return TRUE;
}

MoeNpy *
moe_npy_create (const char *path, MoeNpyType type, const gsize *dims, gsize n_dims, GError **error)
{
  g_autoptr (MoeNpy) npy = g_new0 (MoeNpy, 1);
  g_autoptr (GString) header = make_header (type, dims, n_dims);
  npy->path = g_strdup (path);
  npy->missing = 1;
  for (gsize i = 0; i < n_dims; i++)
    npy->missing *= dims[i];
  npy->file = g_fopen (path, "wb");
  if (npy->file == NULL)
    {
      fail (npy, error);
      return NULL;
    }
  return write_header (npy, header, error) ? g_steal_pointer (&npy) : NULL;
}

gboolean
moe_npy_write (MoeNpy *npy, const void *elements, gsize count, GError **error)
{
  g_return_val_if_fail (count <= npy->missing, FALSE);
  if (fwrite (elements, 4, count, npy->file) != count)
    return fail (npy, error);
  npy->missing -= count;
  return TRUE;
}

gboolean
moe_npy_finish (MoeNpy *npy, GError **error)
{
  gboolean complete = npy->missing == 0;
  FILE *file = g_steal_pointer (&npy->file);
  gboolean stored = (fflush (file) == 0 && fsync (fileno (file)) == 0) || fail (npy, error);
  stored = (fclose (file) == 0 || !stored || fail (npy, error)) && stored;
  if (!complete && stored)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, _ ("The file %s lacks %zu elements."),
                 npy->path, npy->missing);
  moe_npy_abandon (npy);
  return complete && stored;
}

void
moe_npy_abandon (MoeNpy *npy)
{
  if (npy == NULL)
    return;
  if (npy->file != NULL)
    fclose (npy->file);
  g_free (npy->path);
  g_free (npy);
}
