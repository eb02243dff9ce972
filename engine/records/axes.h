/* SPDX-License-Identifier: Apache-2.0 */
/* What tells records apart: equality, hashing and words. */
#pragma once

#include "engine/records/record.h"

G_BEGIN_DECLS

/* What makes curves differ besides shape and top-k: every MoeChoice is an axis of the same number,
 * and what few numbers say of the distributions "runs", "zipf" and "hot" is one more, and so is the
 * kernel.  That of a
 * capacity policy tells its factor too, and that of the parallel mode the exchange, which has no
 * words of its own, and the shards. */
typedef unsigned MoeAxis;
enum
{
  MOE_AXIS_DRAW = MOE_N_CHOICES, /* alpha and noise; exponent; hot experts and their share */
  MOE_AXIS_KERNEL,
  MOE_N_AXES
};

/* Heading of a column: "Null mode". */
const char *moe_axis_title (MoeAxis axis);

/* The record's value in words: "take_until_null", "drop 1.25", "ep ring_ag_rs, 4 shards"; interned;
 * NULL when it is missing or when there is nothing to choose (fused or not, without a shared
 * expert). */
const char *moe_record_axis (const MoeRecord *record, MoeAxis axis);

/* Equal on an axis?  Sources older than a choice do not tell it: a missing value equals the one
 * that they had, where moe_choices knows it ("argsort", "direct_take", "none"). */
gboolean moe_record_same_axis (const MoeRecord *a, const MoeRecord *b, MoeAxis axis);

/* Same curve, other fractions?  Shape, topk and every axis equal. */
gboolean moe_record_same_curve (const MoeRecord *a, const MoeRecord *b);

/* moe_record_axis (), or what stands for a missing value when curves are told apart: see
 * moe_record_same_axis (). */
const char *moe_record_identity (const MoeRecord *record, MoeAxis axis);

/* Same shape, or both without? */
gboolean moe_record_same_shape (const MoeRecord *a, const MoeRecord *b);

/* For hash tables keyed by records: equal on moe_record_same_curve (). */
guint moe_record_curve_hash (gconstpointer record);
gboolean moe_record_curve_equal (gconstpointer a, gconstpointer b);

/* The same, whatever the null mode. */
guint moe_record_any_mode_hash (gconstpointer record);
gboolean moe_record_any_mode_equal (gconstpointer a, gconstpointer b);

G_END_DECLS
