/* SPDX-License-Identifier: Apache-2.0 */
/* The table of options, with the published harness's names, and their values: what the command
 * line, the form in the window, the `shape` line, --help and saved runs all read. */
#pragma once

#include "engine/moe/types.h"

enum
{
  MOE_OPTIONS_MAX_LIST = 64,
  MOE_OPTIONS_NAME_SIZE = 32,
  MOE_OPTIONS_PATH_SIZE = 512
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

/* Routing from a file. */
typedef struct MoeRoutingFile
{
  char path[MOE_OPTIONS_PATH_SIZE];
  size_t row;         /* of loads */
  size_t layer;       /* of a trace */
  bool keeps_experts; /* no option, but whether --experts was given: else the file tells */
} MoeRoutingFile;

/* Values of every option, raw as given.  Plain data: copy freely. */
typedef struct MoeOptions
{
  /* By MoeChoice: the value, or where several may be asked for (MOE_ASK_SEVERAL) the set of them,
   * bit i for value i. */
  uint8_t choice[MOE_N_CHOICES];
  MoeShape shape; /* shared_dim is --shared-expert-dim */
  size_t topk;
  MoeSizeList topk_list; /* not empty: wins over topk */
  /* Of engine/options/sweep-axis.h: not empty, they win over those of the shape. */
  MoeSizeList tokens_list;
  MoeSizeList experts_list;
  size_t ep_size;
  bool use_custom_sort_vjp;
  double capacity_factor;
  double run_alpha;
  double run_noise_scale;
  double zipf_exponent;
  size_t hot_experts;
  double hot_share;
  size_t tile;
  MoeRoutingFile file;
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
  /* No option, but how it is measured: beside another setup, and ratios are to that. */
  bool beside_another;
  /* No option, but how the program was started: processes of which each holds one shard; 0: this
   * one is alone and holds all. */
  size_t ranks;
} MoeOptions;

/* Each value once, in the order given, of `single` where the list is empty; returns how many. */
size_t moe_size_list_distinct (const MoeSizeList *list,
                               size_t single,
                               size_t values[MOE_OPTIONS_MAX_LIST]);

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
  MOE_OPTION_FLAG,          /* bool, one of `names` */
  MOE_OPTION_SIZE,          /* size_t, min .. max */
  MOE_OPTION_SEED,          /* uint64_t, any */
  MOE_OPTION_REAL,          /* double, low .. high */
  MOE_OPTION_CHOICE,        /* uint8_t, one of `names` */
  MOE_OPTION_CHOICE_SET,    /* uint8_t, bit i for names[i]; "both" is moe_option_both () */
  MOE_OPTION_SIZE_LIST,     /* MoeSizeList, each min .. max */
  MOE_OPTION_FRACTION_LIST, /* MoeFractionList, each low .. high */
  MOE_OPTION_FILE,          /* char[MOE_OPTIONS_PATH_SIZE], "" for none */
  MOE_OPTION_ACCELERATOR,   /* char[MOE_OPTIONS_NAME_SIZE], one of `names`, or cuda:N */
} MoeOptionKind;

/* One row of the option table, for parsing, help, printing and the form. */
typedef struct MoeOptionSpec
{
  const char *name;  /* "null-route-frac", without dashes */
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
  const char *every;           /* a word for all there are, kept as SIZE_MAX; NULL: there is none */
  MoeNeeds needs;              /* without which a value changes nothing */
  const MoeNames *names;       /* choices: their names; flags: "false", "true" */
  const MoeChoiceSpec *choice; /* the row of a choice; NULL for other options */
  const char *label;           /* what the form calls it; NULL: it has words of its own for it */
  const char *note;            /* the line below that, where it is always the same */
  const char *key;             /* "null_route_frac", as in the shape line */
} MoeOptionSpec;

/* The table, in the order of help and of the shape line.  Static storage. */
const MoeOptionSpec *moe_option_specs (size_t *n);

/* The set that "both" stands for among the values of a MOE_OPTION_CHOICE_SET. */
unsigned moe_option_both (const MoeOptionSpec *spec);

/* The row with this name (either spelling, - or _), or NULL. */
const MoeOptionSpec *moe_option_spec_find (const char *name);
