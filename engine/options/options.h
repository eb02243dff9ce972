/* SPDX-License-Identifier: Apache-2.0 */
/* The options of SPEC 4: read, printed, checked, and what they ask for.
 *
 * Here are the options that say what is measured.  Options that say where results go
 * (--csv, --chart, ...) belong to the program that has them. */
#pragma once

#include "engine/base/error.h"
#include "engine/draw/given-file.h"
#include "engine/options/table.h"

enum
{
  MOE_OPTION_VALUE_SIZE = 2048 /* of any value as it is printed, with the 0 at its end */
};

/* Set one option from text; for a flag `value` is NULL, "true" or "false".  Fails with
 * MOE_ERROR_INVALID naming option, value and what is allowed; *options is then unchanged. */
MoeStatus
moe_options_set (MoeOptions *options, const char *name, const char *value, MoeError *error);

/* Print one option's value as moe_options_set () reads it; returns the length as snprintf does. */
int
moe_options_format (const MoeOptions *options, const MoeOptionSpec *spec, char *text, size_t size);

/* Have both the same value of one option? */
bool moe_options_same (const MoeOptions *a, const MoeOptions *b, const MoeOptionSpec *spec);

/* Check ranges and combinations: the first fault, naming option, value and allowed range
 * (MOE_ERROR_INVALID), or an accelerator that this version does not have (MOE_ERROR_UNSUPPORTED).
 * error->option is the option's name.  Takes no memory. */
MoeStatus moe_options_validate (const MoeOptions *options, MoeError *error);

/* Why an option that somebody gave changes nothing beside the others, whatever its value, or not
 * what its name promises: a sentence ("--run-alpha 0.5 changes nothing: ...") and true, so that
 * none is ignored in silence; false when it does.  The options must be valid. */
bool
moe_options_note (const MoeOptions *options, const MoeOptionSpec *spec, char *text, size_t size);

/* Why the value of one option changes nothing beside the others ("--capacity-policy is none");
 * NULL when it does, or is the default, which nobody need have chosen. */
const char *moe_options_idle (const MoeOptions *options, const MoeOptionSpec *spec);

/* The same of any value of it, whatever it is now: NULL where one could change something. */
const char *moe_options_unneeded (const MoeOptions *options, const MoeOptionSpec *spec);

/* The shards that the options ask for: 1 without expert parallelism; with ranks one for each; else
 * --ep-size, or for 0 as many as `threads` at most can share the experts (and the tokens, with
 * ring_ag_rs) evenly. */
size_t moe_options_shards (const MoeOptions *options, size_t threads);

/* The top-k values that the options ask for, in the order given, each once; returns their
 * number. */
size_t moe_options_topks (const MoeOptions *options, size_t topks[MOE_OPTIONS_MAX_LIST]);

/* Does routing come from a file? */
bool moe_options_reads_file (const MoeOptions *options);

/* Would that take no more than a moment?  See moe_given_is_quick (). */
bool moe_options_reads_quickly (const MoeOptions *options);

/* Read that file, if there is one, and take its sizes: *resolved are the options with them, *given
 * what was read, NULL without one; give it back with moe_given_unref ().  Errors as
 * moe_given_open (). */
MoeStatus moe_options_read_file (const MoeOptions *options,
                                 MoeOptions *resolved,
                                 const MoeGiven **given,
                                 MoeError *error);

/* What a k rule has to know of the points at one top-k and fraction, and at shape.tokens; of the
 * distribution it says the first. */
MoeRoutingSpec moe_options_rule_spec (const MoeOptions *options, size_t topk, double fraction);

/* The null fractions that the options ask for (list, else sweep, else the single one; with
 * `baseline` also 0), ascending, each once; returns their number. */
size_t moe_options_fractions (const MoeOptions *options,
                              double fractions[MOE_OPTIONS_MAX_LIST + 1]);
