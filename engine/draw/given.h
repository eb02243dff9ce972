/* SPDX-License-Identifier: Apache-2.0 */
/* Routing that comes from a file (SPEC 2, "Where routing comes from"): the rows that each expert
 * got, or which experts each token went to.
 *
 * What is read is held in memory and shared: plans, their points and the thread that measures ask
 * the same object, which nobody changes. */
#pragma once

#include "engine/base/error.h"
#include "engine/moe/routing.h"

enum
{
  MOE_GIVEN_NAME_SIZE = 96,
  MOE_GIVEN_MOST_LAYERS = 256 /* that are read together */
};

#define MOE_GIVEN_ALL_LAYERS SIZE_MAX

/* Which part of a file is meant. */
typedef struct MoeGivenAsk
{
  MoeDistribution distribution; /* MOE_DISTRIBUTION_LOADS or _TRACE */
  const char *path;             /* a trace may be the folder of a dump, too */
  size_t row;                   /* of loads, counted from 1 */
  size_t layer;                 /* of a trace, counted from 0, or MOE_GIVEN_ALL_LAYERS */
  size_t topk;                  /* of a trace that only lists experts */
} MoeGivenAsk;

typedef struct MoeGiven MoeGiven;
struct MoeGiven
{
  size_t tokens;
  size_t topk;
  size_t experts;                 /* as told; of a trace that tells none the least that has all */
  uint32_t *loads;                /* [n_loads] rows of each expert, or of those that have any */
  size_t n_loads;                 /* at most `experts` */
  int32_t *id;                    /* [tokens,topk] of a trace, as recorded; NULL for loads */
  float *weight;                  /* [tokens,topk] or NULL: none were recorded */
  size_t layer;                   /* of a trace */
  bool is_list;                   /* of a trace: it tells no tokens, and topk is what was asked */
  MoeGiven *next;                 /* the layer behind it, where all were asked for; owned; NULL */
  char name[MOE_GIVEN_NAME_SIZE]; /* "real-loads.csv, row 3": tells it from others */
};

/* From what is in memory; *given is to be cleared with moe_given_clear (), and stays empty
 * on failure.  Untrusted input: nothing in it is believed, and no more memory is taken than a few
 * times its length. */

/* CSV with a line of headings, of which tokens, topk, experts and rows count; rows are numbers of
 * tokens joined by blanks, for each expert or for those that got any.  Lines that begin with # are
 * passed over. */
MoeStatus moe_given_parse_loads (
    const char *text, size_t length, size_t row, MoeGiven *given, MoeError *error);

/* NPY of int16, int32 or int64, [T,k] or [T,layers,k]; else CSV with the headings layer,expert or
 * token,layer,slot,expert[,weight], in any order.  All layers must have the same tokens and top-k,
 * and are told of as many experts; those that the file leaves out are none. */
MoeStatus moe_given_parse_trace (
    const char *bytes, size_t length, const MoeGivenAsk *ask, MoeGiven *given, MoeError *error);

/* Which of the two the bytes are the beginning of, by their first bytes or headings: *distribution
 * is MOE_DISTRIBUTION_LOADS or _TRACE.  False: neither, and it is untouched.  Whether the rest can
 * be used is for the functions above to say. */
bool moe_given_recognise (const char *bytes, size_t length, MoeDistribution *distribution);

/* NPY of float32, [T,k] or [T,layers,k] as the trace: to this layer and those behind it. */
MoeStatus
moe_given_parse_weights (const char *bytes, size_t length, MoeGiven *given, MoeError *error);
void moe_given_clear (MoeGiven *given);

/* Deal the rows of loads to tokens at random so that none has an expert twice: id[tokens,topk].
 * order[n_loads] are the experts that the loads belong to.  False when there is no memory. */
bool moe_given_deal (const MoeGiven *given, const uint32_t *order, uint64_t seed, int32_t *id);

/* How many layers there are, this one and those behind it; 0 of NULL. */
size_t moe_given_count (const MoeGiven *given);

/* Rows of the expert that has most. */
size_t moe_given_fullest (const MoeGiven *given);
