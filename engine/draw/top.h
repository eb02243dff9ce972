/* SPDX-License-Identifier: Apache-2.0 */
/* Top-k. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* best[k], id[k]: the k largest of logit[n], descending, equal ones by lower id first; k <= n. */
void moe_top_select (const float *logit, size_t n, size_t k, float *best, int32_t *id);
