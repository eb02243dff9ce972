/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that can be chosen about a null-routed block and how it is measured, each once: one
 * table from which come options, what blocks and problems hold, records, columns, axes, labels, the
 * form and the help.  docs/adding-an-option.md adds a row to it. */
#pragma once

#include "engine/base/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of names; the position of a name is the value of the enumeration it belongs to. */
typedef struct MoeNames
{
  const char *const *names;
  size_t n;
} MoeNames;

/* The name of `value`, or "?" when it is outside the list. */
const char *moe_name_of (const MoeNames *names, int value);

/* Find `text` in the list; false (and *value untouched) when it is not there. */
bool moe_name_parse (const MoeNames *names, const char *text, int *value);

/* In the order in which they tell curves apart. */
typedef enum MoeChoice
{
  MOE_CHOICE_NULL_MODE,
  MOE_CHOICE_NULL_DISPATCH,
  MOE_CHOICE_PASS,
  MOE_CHOICE_IMPL,
  MOE_CHOICE_GROUPING,
  MOE_CHOICE_ACCELERATOR,
  MOE_CHOICE_DTYPE,
  MOE_CHOICE_DISTRIBUTION,
  MOE_CHOICE_QUEUE_MODE,
  MOE_CHOICE_REMAT_MODE,
  MOE_CHOICE_PACK_STRATEGY,
  MOE_CHOICE_PERMUTE_MODE,
  MOE_CHOICE_CAPACITY_POLICY,
  MOE_CHOICE_SHARED_FUSED,
  MOE_CHOICE_PARALLEL_MODE,
  MOE_CHOICE_EP_COMM_PATH,
  MOE_CHOICE_NULL_GRANULARITY,
  MOE_CHOICE_NULL_TOKENS,
  MOE_CHOICE_NULL_KIND,
  MOE_CHOICE_PREPACK,
  MOE_CHOICE_K_RULE,
  MOE_N_CHOICES
} MoeChoice;

/* Which slots are null. */
typedef enum MoeNullMode
{
  MOE_NULL_MODE_INDEPENDENT,
  MOE_NULL_MODE_TAKE_UNTIL_NULL,
  MOE_NULL_MODE_ROUTER,
} MoeNullMode;

/* What happens to null slots in dispatch (SPEC 2). */
typedef enum MoeNullDispatch
{
  MOE_NULL_DISPATCH_COMPACT,     /* dropped before dispatch */
  MOE_NULL_DISPATCH_CARRY,       /* ride along through gather, activation and combine */
  MOE_NULL_DISPATCH_REMAP,       /* become rows of expert 0 with weight 0, and are computed */
  MOE_NULL_DISPATCH_ZERO_EXPERT, /* are computed as rows of extra experts, whose weights are zeros
                                  */
} MoeNullDispatch;

/* Whether slots are null one by one, or all of a token. */
typedef enum MoeNullGranularity
{
  MOE_NULL_GRANULARITY_SLOT,
  MOE_NULL_GRANULARITY_TOKEN,
} MoeNullGranularity;

/* Which tokens are null where whole ones are. */
typedef enum MoeNullTokens
{
  MOE_NULL_TOKENS_RANDOM,
  MOE_NULL_TOKENS_TAIL, /* the last ones of the batch */
} MoeNullTokens;

/* What a null slot adds to its token (SPEC 2). */
typedef enum MoeNullKind
{
  MOE_NULL_KIND_ZERO,     /* nothing */
  MOE_NULL_KIND_COPY,     /* its weight times x */
  MOE_NULL_KIND_CONSTANT, /* its weight times a trainable vector, one for each null id */
} MoeNullKind;

/* How many experts a token takes (SPEC 2). */
typedef enum MoeKRule
{
  MOE_K_RULE_FIXED,          /* top-k */
  MOE_K_RULE_TOP_P,          /* the best that have a share of its mass together */
  MOE_K_RULE_MIN_P,          /* those with a share of the best one's probability */
  MOE_K_RULE_ENTROPY,        /* a number that follows its entropy */
  MOE_K_RULE_EXPERT_CHOICE,  /* those whose own choice it is among */
  MOE_K_RULE_TOKEN_ROUNDING, /* the same, of experts that take whole tiles */
} MoeKRule;

enum
{
  MOE_RULE_MOST_KEPT = 64 /* experts of one token with another rule than `fixed` */
};

typedef enum MoePass
{
  MOE_PASS_FORWARD,
  MOE_PASS_FORWARD_BACKWARD,
} MoePass;

typedef enum MoeImpl
{
  MOE_IMPL_BASELINE,
  MOE_IMPL_FUSED_W13,
  MOE_IMPL_PREWEIGHT,
  MOE_IMPL_FUSED_W13_PREWEIGHT,
  MOE_IMPL_SCATTER,
  MOE_IMPL_FAST,
} MoeImpl;

/* Grouped-matmul strategy, the harness's `--backend`. */
typedef enum MoeGrouping
{
  MOE_GROUPING_GMM,
  MOE_GROUPING_RAGGED_DOT,
} MoeGrouping;

/* Storage and matmul inputs; sums are float32 in both. */
typedef enum MoeDtype
{
  MOE_DTYPE_FLOAT32,
  MOE_DTYPE_BFLOAT16,
} MoeDtype;

typedef enum MoeDistribution
{
  MOE_DISTRIBUTION_RANDOM,
  MOE_DISTRIBUTION_RUNS,
  MOE_DISTRIBUTION_BALANCED,
  MOE_DISTRIBUTION_ZIPF,
  MOE_DISTRIBUTION_HOT,
  MOE_DISTRIBUTION_LOADS, /* from a file: rows per expert */
  MOE_DISTRIBUTION_TRACE, /* from a file: which expert each slot went to */
} MoeDistribution;

typedef enum MoeQueueMode
{
  MOE_QUEUE_MODE_FULL,
  MOE_QUEUE_MODE_PREQUEUE,
} MoeQueueMode;

/* What the backward computes again instead of finding it saved. */
typedef enum MoeRematMode
{
  MOE_REMAT_NONE,       /* nothing */
  MOE_REMAT_EXPERT_MLP, /* gather, up and activation; only the expert outputs have all rows */
  MOE_REMAT_COMBINE,    /* the gather; gate, up and activation are kept */
} MoeRematMode;

/* How the assignments of an expert are ordered before they are worked on. */
typedef enum MoePackStrategy
{
  MOE_PACK_ARGSORT,           /* stable by expert */
  MOE_PACK_TUPLE_SORT,        /* by (expert, position) */
  MOE_PACK_EXPERT_SCORE_SORT, /* by (expert, -weight of the token's first slot), ties by position */
} MoePackStrategy;

typedef enum MoePermuteMode
{
  MOE_PERMUTE_DIRECT_TAKE, /* rows are gathered straight from x */
  MOE_PERMUTE_REPEAT_SORT, /* x is repeated k times, then permuted */
} MoePermuteMode;

/* What bounds the rows of an expert. */
typedef enum MoeCapacityPolicy
{
  MOE_CAPACITY_NONE,
  MOE_CAPACITY_DROP, /* assignments beyond the capacity are dropped */
  MOE_CAPACITY_PAD,  /* and experts with fewer are filled up with rows of zeros */
} MoeCapacityPolicy;

typedef enum MoeParallelMode
{
  MOE_PARALLEL_NONE,
  MOE_PARALLEL_EP, /* every shard holds its own experts */
} MoeParallelMode;

typedef enum MoeEpCommPath
{
  MOE_EP_COMPACT_PSUM, /* all tokens on every shard, outputs all-reduced */
  MOE_EP_RING_AG_RS,   /* tokens sharded: all-gather in, reduce-scatter out */
} MoeEpCommPath;

/* What the option of a choice takes. */
typedef enum MoeChoiceAsk
{
  MOE_ASK_ONE,     /* one of the names */
  MOE_ASK_SEVERAL, /* any of them, each of which is measured */
  MOE_ASK_FLAG,    /* nothing: it is given or not */
  MOE_ASK_OTHER,   /* a text that is no value here, by a row of its own among the options */
} MoeChoiceAsk;

/* What the points for which memory is taken together have in common. */
typedef enum MoeChoiceScope
{
  MOE_SCOPE_SAME,    /* one value */
  MOE_SCOPE_UP_TO,   /* what can do a value can do those before it too */
  MOE_SCOPE_SET,     /* a set of values, bit i for value i */
  MOE_SCOPE_ANY,     /* nothing: no memory depends on it */
  MOE_SCOPE_ROUTING, /* it is how tokens are routed, of which a block knows nothing */
} MoeChoiceScope;

/* Without which a value changes nothing. */
typedef enum MoeNeeds
{
  MOE_NEEDS_NOTHING,
  MOE_NEEDS_AUTODIFF, /* which there is not */
  MOE_NEEDS_FORWARD,  /* of a prequeue: a forward pass alone */
  MOE_NEEDS_BACKWARD,
  MOE_NEEDS_CAPACITY,
  MOE_NEEDS_RUNS,
  MOE_NEEDS_ZIPF,
  MOE_NEEDS_HOT,
  MOE_NEEDS_CHOICE,   /* of how many experts tokens take together */
  MOE_NEEDS_ROUNDING, /* to tiles */
  MOE_NEEDS_FILE,     /* of routing */
  MOE_NEEDS_LOADS,
  MOE_NEEDS_TRACE,
  MOE_NEEDS_SHARED_EXPERT,
  MOE_NEEDS_SHARDS,
  MOE_NEEDS_TWO_SHARDS, /* at least, if any */
  MOE_NEEDS_EXCHANGE,   /* between two shards */
  MOE_NEEDS_NULLS,
  MOE_NEEDS_NULL_MODES,  /* nulls, and more slots than one where modes differ by these */
  MOE_NEEDS_NULL_SLOTS,  /* nulls, beside other slots of their token */
  MOE_NEEDS_NULL_TOKENS, /* nulls, which are whole tokens */
  MOE_NEEDS_NUMBER,      /* of samples, instead of as many as it takes */
  MOE_NEEDS_SETTLED,
  MOE_NEEDS_RATIO,      /* that is to be settled */
  MOE_NEEDS_NO_SHARDS,  /* more than they are themselves */
  MOE_NEEDS_NO_TOPKS,   /* instead of the one */
  MOE_NEEDS_NO_FILE,    /* of routing, which has its own */
  MOE_NEEDS_NO_BATCHES, /* likewise: numbers of tokens */
  MOE_NEEDS_NO_EXPERT_COUNTS,
  MOE_NEEDS_NO_FRACTIONS, /* likewise, listed or swept */
  MOE_NEEDS_NO_LIST,      /* of fractions */
  MOE_NEEDS_NO_ZERO,      /* among the fractions already */
  MOE_N_NEEDS
} MoeNeeds;

/* Headings of the options in --help. */
#define MOE_GROUP_SHAPE    MOE_WORDS ("Shape")
#define MOE_GROUP_COMPUTE  MOE_WORDS ("Computation")
#define MOE_GROUP_ROUTING  MOE_WORDS ("Routing")
#define MOE_GROUP_NULLS    MOE_WORDS ("Null routing")
#define MOE_GROUP_PARALLEL MOE_WORDS ("Expert parallelism")
#define MOE_GROUP_MACHINE  MOE_WORDS ("Machine")
#define MOE_GROUP_MEASURE  MOE_WORDS ("Measuring")

/* One row.  What a person reads is English and passes through moe_words (). */
typedef struct MoeChoiceSpec
{
  const char *option;  /* "null-dispatch", without dashes before it */
  const char *column;  /* of a CSV, and key of a RESULT line: "null_dispatch" */
  const char *title;   /* heading of a column for people: "Null dispatch" */
  const char *label;   /* what the form calls it; NULL: its title */
  const char *note;    /* the line below that, or ... */
  MoeNames notes;      /* ... one for each value */
  const char *group;   /* MOE_GROUP_...: heading in --help, and ... */
  const char *help;    /* ... one line there */
  MoeNames names;      /* of its values, 8 at most; none for MOE_ASK_OTHER */
  MoeNames labels;     /* what the form calls each of them; none: by its name */
  const char *missing; /* what there was before there was a choice; NULL: nobody knows */
  MoeChoiceAsk ask;
  MoeChoiceScope scope;
  MoeNeeds needs;
  uint8_t initial;     /* value, or set of values, of who asks for nothing */
  uint8_t both;        /* set that the word "both" stands for; 0: all */
  bool told_by_result; /* a RESULT line has it, else the harness's shape line may */
  bool common;         /* worth saying of a chart in which all curves agree */
} MoeChoiceSpec;

/* The table, [MOE_N_CHOICES].  It and all that follows may be asked from any thread. */
extern const MoeChoiceSpec moe_choices[];

/* "carry"; "?" for what is no value of the choice.  Static storage. */
const char *moe_choice_name (MoeChoice choice, int value);

/* Is it worth saying of a chart in which all curves agree?  Not of what there was before there was
 * a choice: whoever knows none expects nothing else. */
bool moe_choice_is_telling (MoeChoice choice, const char *name);

/* The values of a block join those for which memory is taken, which begin as all zero. */
void moe_choices_widen (uint8_t problem[MOE_N_CHOICES], const uint8_t block[MOE_N_CHOICES]);

/* Is the block one of those for which memory was taken? */
bool moe_choices_fit (const uint8_t problem[MOE_N_CHOICES], const uint8_t block[MOE_N_CHOICES]);

/* What is asked of a block, a problem or options in more than one place. */

size_t moe_dtype_bytes (MoeDtype dtype);

static inline bool
moe_carries_nulls (const uint8_t choice[MOE_N_CHOICES])
{
  return choice[MOE_CHOICE_NULL_DISPATCH] == MOE_NULL_DISPATCH_CARRY;
}

static inline bool
moe_has_zero_experts (const uint8_t choice[MOE_N_CHOICES])
{
  return choice[MOE_CHOICE_NULL_DISPATCH] == MOE_NULL_DISPATCH_ZERO_EXPERT;
}

/* Do null slots go through the experts' matmuls? */
static inline bool
moe_computes_nulls (const uint8_t choice[MOE_N_CHOICES])
{
  return choice[MOE_CHOICE_NULL_DISPATCH] >= MOE_NULL_DISPATCH_REMAP;
}

static inline bool
moe_remaps_nulls (const uint8_t choice[MOE_N_CHOICES])
{
  return choice[MOE_CHOICE_NULL_DISPATCH] == MOE_NULL_DISPATCH_REMAP;
}

/* Do null slots keep their weights? */
static inline bool
moe_weighs_nulls (const uint8_t choice[MOE_N_CHOICES])
{
  return choice[MOE_CHOICE_NULL_KIND] != MOE_NULL_KIND_ZERO;
}

static inline bool
moe_distribution_is_given (MoeDistribution distribution)
{
  return distribution == MOE_DISTRIBUTION_LOADS || distribution == MOE_DISTRIBUTION_TRACE;
}

static inline MoeRematMode
moe_remat (const uint8_t choice[MOE_N_CHOICES])
{
  return (MoeRematMode)choice[MOE_CHOICE_REMAT_MODE];
}

/* What an implementation (SPEC 4, --impl) consists of. */
bool moe_impl_fuses_w13 (MoeImpl impl);  /* one matmul for gate and up */
bool moe_impl_preweights (MoeImpl impl); /* weights are applied before w2 */
bool moe_impl_scatters (MoeImpl impl);   /* the combine adds rows into tokens */
