/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of routing share: drawing one that must be good, and a plain top-k beside it. */
#pragma once

#include <glib.h>

#include "engine/draw/sampling.h"

/* The routing that this asks for; the caller clears it. */
MoeRouting draw_routing (const MoeRoutingSpec *spec);

/* Fail unless the k slots of the token are the experts of its largest logits [experts], in falling
 * order, ties by id, with their softmax for weights. */
void assert_top_of_logits (
    const MoeRouting *routing, size_t token, size_t k, const float *logits, size_t experts);
