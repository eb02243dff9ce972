/* SPDX-License-Identifier: Apache-2.0 */
/* The options of SPEC 4, with the published harness's names: one table that the command line,
 * the form in the window, the `shape` line, --help and saved runs all read.
 *
 * Here are the options that say what is measured.  Options that say where results go
 * (--csv, --chart, ...) belong to the program that has them. */
#pragma once

#include "engine/base/error.h"
#include "engine/moe/types.h"

enum
{
  MOE_OPTIONS_MAX_LIST = 64,
  MOE_OPTIONS_NAME_SIZE = 32
};

typedef struct MoeSizeList
{
  size_t values[MOE_OPTIONS_MAX_LIST];
  size_t n;
} MoeSizeList;

typedef struct MoeFractionList
{
  double values[MOE_OPTIONS_MAX_LIST];
  size_t n;
} MoeFractionList;

/* Values of every option, raw as given.  Plain data: copy freely. */
typedef struct MoeOptions
{
  /* By MoeChoice: the value, or where several may be asked for (MOE_ASK_SEVERAL) the set of them,
   * bit i for value i. */
  uint8_t choice[MOE_N_CHOICES];
  MoeShape shape; /* shared_dim is --shared-expert-dim */
  size_t topk;
  MoeSizeList topk_list; /* not empty: wins over topk */
  size_t ep_size;
  bool use_custom_sort_vjp;
  double capacity_factor;
  double run_alpha;
  double run_noise_scale;
  double null_route_frac;
  MoeFractionList null_route_frac_list; /* not empty: wins over sweep and single */
  bool null_route_sweep;                /* 0.1 .. 0.9; wins over single */
  size_t null_experts;
  uint64_t null_route_seed;
  bool renormalize_real_after_null;
  bool stage_timing;
  size_t iters;
  size_t warmup; /* in each start */
  uint64_t seed;
  /* Nullcurve's own */
  char accelerator[MOE_OPTIONS_NAME_SIZE]; /* "auto" or a backend's name */
  size_t threads;                          /* 0: one for each physical core of this process */
  bool baseline;                           /* measure f = 0 too */
  size_t starts;       /* openings of the backend that the samples are spread over; 0: one, or with
                          until_settled three and as many more as it takes */
  bool until_settled;  /* as many samples as it takes, instead of iters */
  double precision;    /* of every ratio to f = 0 (0.01: within 1 %) */
  double budget_s;     /* for each group of points, whether they are settled then or not */
  double wait_quiet_s; /* at most, for other work on the machine to end before the first sample */
  double min_sample_time_s; /* a sample repeats the step for at least so long; 0: one step */
  /* No option, but what --matrix modes asks for: every fraction is measured in the mode
   * `independent` too, in the same rounds. */
  bool beside_independent;
  /* No option, but how the program was started: processes of which each holds one shard; 0: this
   * one is alone and holds all. */
  size_t ranks;
} MoeOptions;

/* Is `value` of a choice asked for? */
static inline bool
moe_options_ask (const MoeOptions *options, MoeChoice choice, unsigned value)
{
  if (moe_choices[choice].ask == MOE_ASK_SEVERAL)
    return (options->choice[choice] >> value & 1u) != 0;
  return options->choice[choice] == value;
}

/* The defaults of SPEC 4. */
void moe_options_init (MoeOptions *options);

/* The same, but with one implementation and one distribution, fused_w13 and random, instead of all:
 * what a person starts from who asks what null routing buys. */
void moe_options_init_single (MoeOptions *options);

typedef enum MoeOptionKind
{
  MOE_OPTION_FLAG,          /* bool */
  MOE_OPTION_SIZE,          /* size_t, min .. max */
  MOE_OPTION_SEED,          /* uint64_t, any */
  MOE_OPTION_REAL,          /* double, low .. high */
  MOE_OPTION_CHOICE,        /* uint8_t, one of `names` */
  MOE_OPTION_CHOICE_SET,    /* uint8_t, bit i for names[i]; "both" is all of them */
  MOE_OPTION_SIZE_LIST,     /* MoeSizeList, each min .. max */
  MOE_OPTION_FRACTION_LIST, /* MoeFractionList, each low .. high */
  MOE_OPTION_ACCELERATOR,   /* char[MOE_OPTIONS_NAME_SIZE], one of `names`, or cuda:N */
} MoeOptionKind;

/* One row of the option table, for parsing, help, printing and the form. */
typedef struct MoeOptionSpec
{
  const char *name;  /* "null-route-frac", without dashes */
  const char *key;   /* "null_route_frac", as in the shape line */
  const char *value; /* placeholder or choices for help: "N", "forward|forward_backward"; NULL
                        for a flag */
  const char *help;  /* one line */
  const char *group; /* heading in help: "Shape", "Routing", "Null routing", ... */
  MoeOptionKind kind;
  size_t offset; /* of the field in MoeOptions */
  uint64_t min;  /* whole numbers: smallest and largest that are allowed at all */
  uint64_t max;
  double low; /* reals: low <= value <= high, or < high when high_open */
  double high;
  bool high_open;
  MoeNeeds needs;              /* without which a value changes nothing */
  const MoeNames *names;       /* choices: their names */
  const MoeChoiceSpec *choice; /* the row of a choice; NULL for other options */
} MoeOptionSpec;

/* The table, in the order of help and of the shape line.  Static storage. */
const MoeOptionSpec *moe_option_specs (size_t *n);

/* The row with this name (either spelling, - or _), or NULL. */
const MoeOptionSpec *moe_option_spec_find (const char *name);

/* Set one option from text; for a flag `value` is NULL, "true" or "false".  Fails with
 * MOE_ERROR_INVALID naming option, value and what is allowed; *options is then unchanged. */
MoeStatus
moe_options_set (MoeOptions *options, const char *name, const char *value, MoeError *error);

/* Print one option's value as moe_options_set () reads it; returns the length as snprintf does. */
int
moe_options_format (const MoeOptions *options, const MoeOptionSpec *spec, char *text, size_t size);

/* Check ranges and combinations: the first fault, naming option, value and allowed range
 * (MOE_ERROR_INVALID), or an accelerator that this version does not have (MOE_ERROR_UNSUPPORTED).
 * error->option is the option's name.  Takes no memory. */
MoeStatus moe_options_validate (const MoeOptions *options, MoeError *error);

/* Notes about values that change nothing beside the others ("--run-alpha 0.5 changes nothing:
 * ..."), so that none is ignored in silence: writes note `index` and returns true, or false when
 * there are no more.  The options must be valid. */
bool moe_options_note (const MoeOptions *options, size_t index, char *text, size_t size);

/* Why the value of one option changes nothing beside the others ("--capacity-policy is none");
 * NULL when it does, or is the default. */
const char *moe_options_idle (const MoeOptions *options, const MoeOptionSpec *spec);

/* The shards that the options ask for: 1 without expert parallelism; with ranks one for each; else
 * --ep-size, or for 0 as many as `threads` at most can share the experts (and the tokens, with
 * ring_ag_rs) evenly. */
size_t moe_options_shards (const MoeOptions *options, size_t threads);

/* The top-k values that the options ask for, in the order given, each once; returns their
 * number. */
size_t moe_options_topks (const MoeOptions *options, size_t topks[MOE_OPTIONS_MAX_LIST]);

/* The null fractions that the options ask for (list, else sweep, else the single one; with
 * `baseline` also 0), ascending, each once; returns their number. */
size_t moe_options_fractions (const MoeOptions *options,
                              double fractions[MOE_OPTIONS_MAX_LIST + 1]);
