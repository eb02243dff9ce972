/* SPDX-License-Identifier: Apache-2.0 */
/* NumPy's array files, version 1.0, written piece by piece in C order. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum NullcurveNpyType
{
  NULLCURVE_NPY_FLOAT32,
  NULLCURVE_NPY_INT32,
} NullcurveNpyType;

typedef struct NullcurveNpy NullcurveNpy;

/* Create (or replace) the file at `path` for an array of n_dims (1 to 4) dimensions, outermost
 * first. */
NullcurveNpy *nullcurve_npy_create (
    const char *path, NullcurveNpyType type, const gsize *dims, gsize n_dims, GError **error);

/* Append `count` elements of 4 bytes each. */
gboolean nullcurve_npy_write (NullcurveNpy *npy, const void *elements, gsize count, GError **error);

/* Close the file and free *npy; fails when elements are missing or could not be stored. */
gboolean nullcurve_npy_finish (NullcurveNpy *npy, GError **error);

/* Close and free without a check; NULL is allowed. */
void nullcurve_npy_abandon (NullcurveNpy *npy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullcurveNpy, nullcurve_npy_abandon)

G_END_DECLS
