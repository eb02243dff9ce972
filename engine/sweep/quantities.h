/* SPDX-License-Identifier: Apache-2.0 */
/* Quantities in words.  All strings are new and owned by the caller (g_free). */
#pragma once

#include "engine/draw/given.h"
#include "engine/options/options.h"

#include <glib.h>

G_BEGIN_DECLS

/* "0.8 s", "42 s", "1 min 52 s", "2 h 05 min"; "unknown" for NaN. */
char *moe_text_duration (double seconds);

/* The same of what is only foreseen, to what a forecast knows: "8 s", "25 s", "4 min", "35 min",
 * "1 h", "2.5 h". */
char *moe_text_expected (double seconds);

/* "780 MiB", "6.1 GiB" */
char *moe_text_bytes (gsize bytes);

/* "310 GFLOP", "21.4 TFLOP" */
char *moe_text_flops (double flops);

/* "202 GF/s", "612 TF/s" */
char *moe_text_flop_rate (double flops_per_s);

/* "4096×512×352×60" */
char *moe_text_shape (const MoeShape *shape);

/* The shape of the options, as above, or of several numbers of tokens "1…256×512×352×60". */
char *moe_text_block (const MoeOptions *options);

/* The same in the letters of a command line: "4096x512x352x60", "1-256x512x352x60". */
char *moe_text_block_plain (const MoeOptions *options);

/* "top-4", "top-2, 4, 8" */
char *moe_text_topk (const MoeOptions *options);

/* What a file with routing holds: "real-loads.csv, row 3: 16 tokens, top-4; 11 of 32 experts get
 * rows, the fullest 8.0 times the mean.", of a recording with nulls also what share they are, and
 * of several layers how many. */
char *moe_text_given (const MoeGiven *given);

/* In what a setup differs from `defaults`, besides shape and top-k, and plays a part: "bfloat16,
 * forward, carry, EP 4, f = 0.5"; "" for nothing.  For names: two setups that differ in anything
 * that is measured differ in it, but for the folder of a file; how it is measured is not told. */
char *moe_text_changes (const MoeOptions *options, const MoeOptions *defaults);
/* The same where moe_text_block () or its plain form stands before it: without the list of sizes
 * whose first and last say all of it, since each is twice the one before. */
char *moe_text_changes_beside_block (const MoeOptions *options, const MoeOptions *defaults);

/* "forward", "forward + backward" */
const char *moe_text_pass (MoePass pass);

/* Options as one line, "tokens=4096 hidden=512 ...", and back.  Reading skips what this version
 * does not know or refuses, so that an old line never stops the program. */
char *moe_text_from_options (const MoeOptions *options);
void moe_text_to_options (const char *line, MoeOptions *options);

G_END_DECLS
