/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/options/table.h"

#include "engine/base/words.h"

#include <pthread.h>
#include <string.h>

#define N_ELEMENTS(array) (sizeof (array) / sizeof (array)[0])

/* Words of --accelerator; which of them are here is asked of the backends. */
static const char *const accelerator_list[] = { "auto", "openblas", "onednn", "native", "cuda" };
static const MoeNames accelerator_names = { accelerator_list, N_ELEMENTS (accelerator_list) };

#define MAX_DIM     (1u << 24)
#define MAX_COUNT   1000000u
#define MAX_STARTS  100
#define MAX_THREADS 1024 /* and shards, which have at least one each */
#define MAX_VALUE   128

#define FIELD(member) .offset = offsetof (MoeOptions, member)

/* In the order of help and of the shape line.  Of a choice this is its place alone; one that has no
 * place here comes last in its group. */
static const MoeOptionSpec rows[] = {
  { "tokens", "T", MOE_WORDS ("tokens in the batch"), MOE_GROUP_SHAPE, MOE_OPTION_SIZE,
    FIELD (shape.tokens), .min = 1, .max = UINT32_MAX - 2u, .needs = MOE_NEEDS_NO_BATCHES },
  { "hidden", "H", MOE_WORDS ("width of a token"), MOE_GROUP_SHAPE, MOE_OPTION_SIZE,
    FIELD (shape.hidden), .min = 1, .max = MAX_DIM },
  { "mlp-dim", "M", MOE_WORDS ("inner width of one expert"), MOE_GROUP_SHAPE, MOE_OPTION_SIZE,
    FIELD (shape.mlp_dim), .min = 1, .max = MAX_DIM },
  { "experts", "E", MOE_WORDS ("real experts"), MOE_GROUP_SHAPE, MOE_OPTION_SIZE,
    FIELD (shape.experts), .min = 1, .max = MAX_DIM, .needs = MOE_NEEDS_NO_EXPERT_COUNTS },
  { "topk", "K", MOE_WORDS ("experts chosen per token, 1 to E"), MOE_GROUP_SHAPE, MOE_OPTION_SIZE,
    FIELD (topk), .min = 1, .max = MAX_DIM, .needs = MOE_NEEDS_NO_TOPKS },
  { "topk-list", "K,K,...", MOE_WORDS ("measure several top-k values; wins over --topk"),
    MOE_GROUP_SHAPE, MOE_OPTION_SIZE_LIST, FIELD (topk_list), .min = 1, .max = MAX_DIM,
    .needs = MOE_NEEDS_NO_FILE },
  { "tokens-list", "T,T,...",
    MOE_WORDS ("measure several numbers of tokens, as 1,2,4,... when decoding; wins over --tokens"),
    MOE_GROUP_SHAPE, MOE_OPTION_SIZE_LIST, FIELD (tokens_list), .min = 1, .max = UINT32_MAX - 2u,
    .needs = MOE_NEEDS_NO_FILE },
  { "experts-list", "E,E,...",
    MOE_WORDS ("measure several numbers of experts; wins over --experts"), MOE_GROUP_SHAPE,
    MOE_OPTION_SIZE_LIST, FIELD (experts_list), .min = 1, .max = MAX_DIM,
    .needs = MOE_NEEDS_NO_FILE },
  { "shared-expert-dim", "S",
    MOE_WORDS ("inner width of a shared expert that every token visits; 0 for none"),
    MOE_GROUP_SHAPE, MOE_OPTION_SIZE, FIELD (shape.shared_dim), .min = 0, .max = MAX_DIM,
    .label = MOE_WORDS ("Shared expert"),
    .note = MOE_WORDS ("Inner width of an expert that every token visits; 0 for none.") },
  { .choice = &moe_choices[MOE_CHOICE_SHARED_FUSED] },

  { .choice = &moe_choices[MOE_CHOICE_DTYPE] },
  { .choice = &moe_choices[MOE_CHOICE_PASS] },
  { .choice = &moe_choices[MOE_CHOICE_GROUPING] },
  { .choice = &moe_choices[MOE_CHOICE_IMPL] },
  { .choice = &moe_choices[MOE_CHOICE_QUEUE_MODE] },
  { .choice = &moe_choices[MOE_CHOICE_PACK_STRATEGY] },
  { .choice = &moe_choices[MOE_CHOICE_PERMUTE_MODE] },
  { "use-custom-sort-vjp", NULL,
    MOE_WORDS ("accepted for the harness's sake: the backward here is written by hand"),
    MOE_GROUP_COMPUTE, MOE_OPTION_FLAG, FIELD (use_custom_sort_vjp), .needs = MOE_NEEDS_AUTODIFF },
  { .choice = &moe_choices[MOE_CHOICE_REMAT_MODE] },
  { .choice = &moe_choices[MOE_CHOICE_CAPACITY_POLICY] },
  { "capacity-factor", "X", MOE_WORDS ("capacity is max(1, ceil(X T k / E))"), MOE_GROUP_COMPUTE,
    MOE_OPTION_REAL, FIELD (capacity_factor), .low = 0.0, .high = 1e6, .needs = MOE_NEEDS_CAPACITY,
    .label = MOE_WORDS ("Capacity factor"),
    .note = MOE_WORDS ("Rows of an expert: this times tokens times k over experts.") },

  { .choice = &moe_choices[MOE_CHOICE_DISTRIBUTION] },
  { "run-alpha", "X", MOE_WORDS ("runs: mean run length is max(2, 1/(1-X))"), MOE_GROUP_ROUTING,
    MOE_OPTION_REAL, FIELD (run_alpha), .low = 0.0, .high = 1.0, .high_open = true,
    .needs = MOE_NEEDS_RUNS, .label = MOE_WORDS ("Run alpha"),
    .note = MOE_WORDS ("Runs last 1 / (1 \342\210\222 alpha) tokens on average.") },
  { "run-noise-scale", "X", MOE_WORDS ("runs: standard deviation of the other logits"),
    MOE_GROUP_ROUTING, MOE_OPTION_REAL, FIELD (run_noise_scale), .low = 0.0, .high = 1e6,
    .needs = MOE_NEEDS_RUNS, .label = MOE_WORDS ("Noise scale"),
    .note = MOE_WORDS ("Of the router logits within a run.") },
  { "zipf-exponent", "X", MOE_WORDS ("zipf: the expert of rank r gets r^-X of what the first gets"),
    MOE_GROUP_ROUTING, MOE_OPTION_REAL, FIELD (zipf_exponent), .low = 0.0, .high = 10.0,
    .needs = MOE_NEEDS_ZIPF, .label = MOE_WORDS ("Zipf exponent"),
    .note = MOE_WORDS ("0 for experts that are all alike; 1 is usual.") },
  { "hot-experts", "N", MOE_WORDS ("hot: how many experts get --hot-share of the assignments"),
    MOE_GROUP_ROUTING, MOE_OPTION_SIZE, FIELD (hot_experts), .min = 1, .max = MAX_DIM,
    .needs = MOE_NEEDS_HOT, .label = MOE_WORDS ("Hot experts"),
    .note = MOE_WORDS ("So many experts get the hot share.") },
  { "hot-share", "X", MOE_WORDS ("hot: the share of the assignments that they get"),
    MOE_GROUP_ROUTING, MOE_OPTION_REAL, FIELD (hot_share), .low = 0.0, .high = 1.0,
    .high_open = true, .needs = MOE_NEEDS_HOT, .label = MOE_WORDS ("Hot share"),
    .note = MOE_WORDS ("Of the assignments, above 0 and below 1.") },
  { "routing-file", "FILE",
    MOE_WORDS ("loads, trace: the file, as after loads: and trace:; a name that is no file here is "
               "looked for among what is shipped (real-loads.csv)"),
    MOE_GROUP_ROUTING, MOE_OPTION_FILE, FIELD (file.path), .needs = MOE_NEEDS_FILE,
    .label = MOE_WORDS ("Routing file"),
    .note = MOE_WORDS ("A table of loads, or a recorded routing: NPY, CSV, a dump.") },
  { "loads-row", "N", MOE_WORDS ("loads: which row of the file, counted from 1"), MOE_GROUP_ROUTING,
    MOE_OPTION_SIZE, FIELD (file.row), .min = 1, .max = MAX_COUNT, .needs = MOE_NEEDS_LOADS,
    .label = MOE_WORDS ("Row of the loads"), .note = MOE_WORDS ("Counted from 1.") },
  { "trace-layer", "N",
    MOE_WORDS ("trace: which layer of the file, counted from 0; all: each is a curve"),
    MOE_GROUP_ROUTING, MOE_OPTION_SIZE, FIELD (file.layer), .min = 0, .max = MAX_COUNT,
    .every = "all", .needs = MOE_NEEDS_TRACE, .label = MOE_WORDS ("Layer of the trace"),
    .note = MOE_WORDS ("Counted from 0; all: each layer is a curve of its own.") },
  { .choice = &moe_choices[MOE_CHOICE_K_RULE] },
  { "tile", "N", MOE_WORDS ("token_rounding: an expert takes tokens by so many"), MOE_GROUP_ROUTING,
    MOE_OPTION_SIZE, FIELD (tile), .min = 1, .max = MAX_DIM, .needs = MOE_NEEDS_ROUNDING,
    .label = MOE_WORDS ("Tile"), .note = MOE_WORDS ("An expert takes tokens by so many.") },
  { "seed", "N", MOE_WORDS ("seed of x, the weights and the logits"), MOE_GROUP_ROUTING,
    MOE_OPTION_SEED, FIELD (seed), .max = UINT64_MAX },

  { "null-route-frac", "F", MOE_WORDS ("share of slots that go to no expert, 0 <= F < 1"),
    MOE_GROUP_NULLS, MOE_OPTION_REAL, FIELD (null_route_frac), .low = 0.0, .high = 1.0,
    .high_open = true, .needs = MOE_NEEDS_NO_FRACTIONS },
  { "null-route-frac-list", "F,F,...",
    MOE_WORDS ("measure several fractions; wins over --null-route-sweep"), MOE_GROUP_NULLS,
    MOE_OPTION_FRACTION_LIST, FIELD (null_route_frac_list), .low = 0.0, .high = 1.0,
    .high_open = true },
  { "null-route-sweep", NULL, MOE_WORDS ("measure 0.1, 0.2, ... 0.9; wins over --null-route-frac"),
    MOE_GROUP_NULLS, MOE_OPTION_FLAG, FIELD (null_route_sweep), .needs = MOE_NEEDS_NO_LIST },
  { "baseline", NULL, MOE_WORDS ("measure fraction 0 too, paired with every other fraction"),
    MOE_GROUP_NULLS, MOE_OPTION_FLAG, FIELD (baseline), .needs = MOE_NEEDS_NO_ZERO },
  { .choice = &moe_choices[MOE_CHOICE_NULL_GRANULARITY] },
  { .choice = &moe_choices[MOE_CHOICE_NULL_TOKENS] },
  { .choice = &moe_choices[MOE_CHOICE_NULL_MODE] },
  { "null-experts", "N", MOE_WORDS ("identical null experts; 0: derived from E and F"),
    MOE_GROUP_NULLS, MOE_OPTION_SIZE, FIELD (null_experts), .min = 0, .max = MAX_DIM,
    .needs = MOE_NEEDS_NULLS, .label = MOE_WORDS ("Null experts"),
    .note = MOE_WORDS ("Identical ones beside the real experts; 0 to follow from the fraction.") },
  { "null-route-seed", "N", MOE_WORDS ("seed of the null slots"), MOE_GROUP_NULLS, MOE_OPTION_SEED,
    FIELD (null_route_seed), .max = UINT64_MAX, .needs = MOE_NEEDS_NULLS },
  { "renormalize-real-after-null", NULL, MOE_WORDS ("divide a token's real weights by their sum"),
    MOE_GROUP_NULLS, MOE_OPTION_FLAG, FIELD (renormalize_real_after_null),
    .needs = MOE_NEEDS_NULL_SLOTS },
  { .choice = &moe_choices[MOE_CHOICE_NULL_DISPATCH] },
  { .choice = &moe_choices[MOE_CHOICE_NULL_KIND] },

  { .choice = &moe_choices[MOE_CHOICE_PARALLEL_MODE] },
  { .choice = &moe_choices[MOE_CHOICE_EP_COMM_PATH] },
  { "ep-size", "N", MOE_WORDS ("shards; 0: as many as the threads can share evenly"),
    MOE_GROUP_PARALLEL, MOE_OPTION_SIZE, FIELD (ep_size), .min = 0, .max = MAX_THREADS,
    .needs = MOE_NEEDS_SHARDS, .label = MOE_WORDS ("Shards"),
    .note = MOE_WORDS ("0 for as many as the threads can share evenly.") },

  { "accelerator", "auto|openblas|onednn|native|cuda[:N]",
    MOE_WORDS ("who does the matmuls; auto takes the best that works here"), MOE_GROUP_MACHINE,
    MOE_OPTION_ACCELERATOR, FIELD (accelerator), .names = &accelerator_names },
  { "threads", "N", MOE_WORDS ("threads to compute on; 0: one for each physical core"),
    MOE_GROUP_MACHINE, MOE_OPTION_SIZE, FIELD (threads), .min = 0, .max = MAX_THREADS,
    .needs = MOE_NEEDS_NO_SHARDS },

  { "iters", "N",
    MOE_WORDS ("timed samples per point; --until-settled takes as many as it needs instead"),
    MOE_GROUP_MEASURE, MOE_OPTION_SIZE, FIELD (iters), .min = 1, .max = MAX_COUNT,
    .needs = MOE_NEEDS_NUMBER },
  { "warmup", "N", MOE_WORDS ("steps before the samples"), MOE_GROUP_MEASURE, MOE_OPTION_SIZE,
    FIELD (warmup), .min = 0, .max = MAX_COUNT },
  { "starts", "N",
    MOE_WORDS ("take memory anew N times, with as many of the samples in each: starts differ more "
               "than their "
               "samples do; 0: once, or with --until-settled three times and as often as it takes"),
    MOE_GROUP_MEASURE, MOE_OPTION_SIZE, FIELD (starts), .min = 0, .max = MAX_STARTS },
  { "until-settled", NULL,
    MOE_WORDS ("take samples until every ratio to f = 0 is known within --precision, at 95 %"),
    MOE_GROUP_MEASURE, MOE_OPTION_FLAG, FIELD (until_settled) },
  { "precision", "X", MOE_WORDS ("of --until-settled: 0.01 is +-1 %"), MOE_GROUP_MEASURE,
    MOE_OPTION_REAL, FIELD (precision), .low = 0.0001, .high = 0.5, .needs = MOE_NEEDS_RATIO },
  { "budget", "S",
    MOE_WORDS (
        "seconds after which --until-settled ends all the same, for each group of fractions"),
    MOE_GROUP_MEASURE, MOE_OPTION_REAL, FIELD (budget_s), .low = 0.01, .high = 86400.0,
    .needs = MOE_NEEDS_SETTLED },
  { "wait-quiet", "S",
    MOE_WORDS ("wait up to S seconds before the first sample while other work on the machine is "
               "ending; 0 not "
               "to wait"),
    MOE_GROUP_MEASURE, MOE_OPTION_REAL, FIELD (wait_quiet_s), .low = 0.0, .high = 600.0 },
  { "min-sample-time", "S",
    MOE_WORDS ("seconds that a sample lasts at least: short steps are repeated and the time of one "
               "is told; 0 "
               "for one step per sample; with --warmup 0 a first step that is not a sample shows "
               "how often"),
    MOE_GROUP_MEASURE, MOE_OPTION_REAL, FIELD (min_sample_time_s), .low = 0.0, .high = 60.0 },
  { "stage-timing", NULL, MOE_WORDS ("print the time of every stage"), MOE_GROUP_MEASURE,
    MOE_OPTION_FLAG, FIELD (stage_timing) },
};

size_t
moe_size_list_distinct (const MoeSizeList *list, size_t single, size_t values[MOE_OPTIONS_MAX_LIST])
{
  size_t n = 0;
  for (size_t i = 0; i < list->n && i < MOE_OPTIONS_MAX_LIST; i++)
    {
      size_t earlier = 0;
      while (earlier < n && values[earlier] != list->values[i])
        earlier++;
      if (earlier == n)
        values[n++] = list->values[i];
    }
  if (n == 0)
    values[n++] = single;
  return n;
}

void
moe_options_init (MoeOptions *options)
{
  *options = (MoeOptions){
    .shape = { .tokens = 32768, .hidden = 2048, .mlp_dim = 4096, .experts = 8 },
    .topk = 4,
    .run_alpha = 0.98,
    .run_noise_scale = 0.35,
    .zipf_exponent = 1.0,
    .hot_experts = 16,
    .hot_share = 0.8,
    .tile = 128,
    .file = { .row = 1 },
    .iters = 5,
    .warmup = 2,
    .precision = 0.01,
    .budget_s = 60,
    .wait_quiet_s = 10,
    .min_sample_time_s = 0.02,
    .accelerator = "auto",
  };
  for (int c = 0; c < MOE_N_CHOICES; c++)
    options->choice[c] = moe_choices[c].initial;
}

void
moe_options_init_single (MoeOptions *options)
{
  moe_options_init (options);
  options->choice[MOE_CHOICE_IMPL] = 1u << MOE_IMPL_FUSED_W13;
  options->choice[MOE_CHOICE_DISTRIBUTION] = 1u << MOE_DISTRIBUTION_RANDOM;
}

/* The whole table, made once. */
static MoeOptionSpec table[N_ELEMENTS (rows) + MOE_N_CHOICES];
static size_t n_table;

/* "null_dispatch" of each, and "compact|carry" of a choice. */
static char keys[N_ELEMENTS (table)][MOE_OPTIONS_NAME_SIZE];
static char values[MOE_N_CHOICES][MAX_VALUE];

static const char *
write_value (const MoeChoiceSpec *choice, char value[MAX_VALUE])
{
  for (size_t i = 0; i < choice->names.n; i++)
    {
      strcat (value, i > 0 ? "|" : "");
      strcat (value, choice->names.names[i]);
    }
  return choice->ask == MOE_ASK_SEVERAL ? strcat (value, "|both") : value;
}

static MoeOptionSpec
option_of (const MoeChoiceSpec *choice)
{
  static const MoeOptionKind kinds[] = {
    [MOE_ASK_ONE] = MOE_OPTION_CHOICE,
    [MOE_ASK_SEVERAL] = MOE_OPTION_CHOICE_SET,
    [MOE_ASK_FLAG] = MOE_OPTION_FLAG,
  };
  size_t at = (size_t)(choice - moe_choices);
  return (MoeOptionSpec){
    .name = choice->option,
    .value = choice->ask == MOE_ASK_FLAG ? NULL : write_value (choice, values[at]),
    .help = choice->help,
    .group = choice->group,
    .kind = kinds[choice->ask],
    .offset = offsetof (MoeOptions, choice) + at,
    .needs = choice->needs,
    .names = &choice->names,
    .choice = choice,
    .label = choice->label != NULL ? choice->label : choice->title,
    .note = choice->note,
  };
}

static void
insert_last_in_group (const MoeOptionSpec *spec)
{
  size_t at = n_table;
  while (at > 0 && strcmp (table[at - 1].group, spec->group) != 0)
    at--;
  memmove (&table[at + 1], &table[at], (n_table - at) * sizeof table[0]);
  table[at] = *spec;
  n_table++;
}

static void
make_table (void)
{
  bool placed[MOE_N_CHOICES] = { false };
  for (size_t i = 0; i < N_ELEMENTS (rows); i++)
    {
      const MoeChoiceSpec *choice = rows[i].choice;
      table[n_table++] = choice != NULL ? option_of (choice) : rows[i];
      if (choice != NULL)
        placed[choice - moe_choices] = true;
    }
  for (size_t c = 0; c < MOE_N_CHOICES; c++)
    if (!placed[c] && moe_choices[c].ask != MOE_ASK_OTHER)
      {
        const MoeOptionSpec spec = option_of (&moe_choices[c]);
        insert_last_in_group (&spec);
      }
  for (size_t i = 0; i < n_table; i++)
    {
      for (size_t at = 0; table[i].name[at] != '\0'; at++)
        keys[i][at] = table[i].name[at] == '-' ? '_' : table[i].name[at];
      table[i].key = keys[i];
      if (table[i].kind == MOE_OPTION_FLAG)
        table[i].names = &moe_choices[MOE_CHOICE_SHARED_FUSED].names;
    }
}

unsigned
moe_option_both (const MoeOptionSpec *spec)
{
  if (spec->choice != NULL && spec->choice->both != 0)
    return spec->choice->both;
  return (1u << spec->names->n) - 1;
}

const MoeOptionSpec *
moe_option_specs (size_t *n)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once (&once, make_table);
  *n = n_table;
  return table;
}

static bool
same_name (const char *a, const char *b)
{
  for (; *a != '\0' && *b != '\0'; a++, b++)
    if ((*a == '_' ? '-' : *a) != (*b == '_' ? '-' : *b))
      return false;
  return *a == *b;
}

const MoeOptionSpec *
moe_option_spec_find (const char *name)
{
  size_t n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  for (size_t i = 0; name != NULL && i < n; i++)
    if (same_name (specs[i].name, name))
      return &specs[i];
  return NULL;
}
