/* SPDX-License-Identifier: Apache-2.0 */
/* The options of the published harness that few people change, in folded groups: rows made from
 * the option table, so that the form cannot fall behind it. */
#pragma once

#include "engine/options/options.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Append the groups, each an AdwExpanderRow of NullcurveFieldRow.  The first has all choices too
 * that neither it nor `rows`, the NullcurveFieldRow that the form has already, have a place for. */
void nullcurve_option_groups_add (AdwPreferencesGroup *group, const GPtrArray *rows);

/* The lines under such rows, and under choices that have a line for every value, and in each
 * group's subtitle how many are not as a person finds them at first.  `rows` are NullcurveFieldRow,
 * group by group. */
void nullcurve_option_groups_explain (const GPtrArray *rows, const MoeOptions *options);

G_END_DECLS
