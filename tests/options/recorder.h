/* SPDX-License-Identifier: Apache-2.0 */
/* A backend that computes as the real ones do and writes down all that it was asked and did:
 * memory, routing, every product with its operands, every piece of work of every thread.  Time
 * passes by decree.  Two requests of the same record are the same request, whatever their options
 * say. */
#pragma once

#include <glib.h>

#include "engine/backends/backend.h"
#include "engine/base/clock.h"

/* What was done since recorder_reset (), in words and sums; the same from run to run. */
extern GString *recorder_log;
extern const MoeBackend recorder_backend;

void recorder_reset (void);
MoeClock recorder_clock (void);
