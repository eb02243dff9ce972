/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of marin's benches (SPEC 5): padding, expert parallelism, legs of the expert MLP. */
#pragma once

#include "engine/formats/parts/faults.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* Has the text a word that only such JSON has? */
gboolean moe_benches_may_be (MoeSpan text);

/* Read every object of the text that is such a bench's, whatever is printed around; `text` has no
 * terminal escapes.  A result that cannot be read is skipped and noted.  NULL when there is no
 * result at all; free with moe_run_unref (). */
MoeRun *moe_benches_read (MoeSpan text, const char *name);

G_END_DECLS
