/* SPDX-License-Identifier: Apache-2.0 */
/* NumPy's array files, version 1.0, written piece by piece in C order. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum MoeNpyType
{
  MOE_NPY_FLOAT32,
  MOE_NPY_INT32,
} MoeNpyType;

typedef struct MoeNpy MoeNpy;

/* Create (or replace) the file at `path` for an array of n_dims (1 to 4) dimensions, outermost
 * first. */
MoeNpy *
moe_npy_create (const char *path, MoeNpyType type, const gsize *dims, gsize n_dims, GError **error);

/* Append `count` elements of 4 bytes each. */
gboolean moe_npy_write (MoeNpy *npy, const void *elements, gsize count, GError **error);

/* Close the file and free *npy; fails when elements are missing or could not be stored. */
gboolean moe_npy_finish (MoeNpy *npy, GError **error);

/* Close and free without a check; NULL is allowed. */
void moe_npy_abandon (MoeNpy *npy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MoeNpy, moe_npy_abandon)

G_END_DECLS
