/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "engine/records/run.h"

G_BEGIN_DECLS

/* Why some of the run's figures spread too wide to conclude from, and what to do about it: a
 * sentence each, in the words of the form; NULL-terminated and owned by the caller, empty when
 * there is nothing to warn of. */
char **nullcurve_findings_warn (const MoeRun *run, const MoeNoise *noise);

G_END_DECLS
