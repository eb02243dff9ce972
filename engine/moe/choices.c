/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/moe/choices.h"

#include <string.h>

#define N_ELEMENTS(array) (sizeof (array) / sizeof (array)[0])
#define LIST(...)         ((const char *const[]){ __VA_ARGS__ })
#define WORDS(...)                                                                                 \
  {                                                                                                \
    LIST (__VA_ARGS__), N_ELEMENTS (LIST (__VA_ARGS__))                                            \
  }
#define NAMES(...) .names = WORDS (__VA_ARGS__)

const char *
moe_name_of (const MoeNames *names, int value)
{
  if (value < 0 || (size_t)value >= names->n)
    return "?";
  return names->names[value];
}

bool
moe_name_parse (const MoeNames *names, const char *text, int *value)
{
  for (size_t i = 0; i < names->n; i++)
    if (strcmp (names->names[i], text) == 0)
      {
        *value = (int)i;
        return true;
      }
  return false;
}

const MoeChoiceSpec moe_choices[] = {
  [MOE_CHOICE_NULL_MODE] = {
    .option = "null-routing-mode",
    .column = "null_mode",
    .title = MOE_WORDS ("Null mode"),
    .notes = WORDS (
        MOE_WORDS ("Each slot is null with probability f, whatever the others are."),
        MOE_WORDS ("A token's slots are walked best first; after the first null one, the rest are "
                   "null too."),
        MOE_WORDS ("Null experts compete with real ones in the top-k; a token keeps the experts "
                   "above its null logit.")),
    .group = MOE_GROUP_NULLS,
    .help = MOE_WORDS ("which slots are null"),
    NAMES ("independent", "take_until_null", "router"),
    .labels = WORDS (MOE_WORDS ("Independent"), MOE_WORDS ("Take until null"), MOE_WORDS ("Router")),
    .scope = MOE_SCOPE_ROUTING,
    .needs = MOE_NEEDS_NULL_MODES,
    .told_by_result = true,
    .common = true,
  },
  [MOE_CHOICE_NULL_DISPATCH] = {
    .option = "null-dispatch",
    .column = "null_dispatch",
    .title = MOE_WORDS ("Null dispatch"),
    .notes = WORDS (
        MOE_WORDS ("Null slots are dropped before dispatch; no stage touches them. So the published "
                   "rows were measured."),
        MOE_WORDS ("Null slots ride along through gather and combine; only the matmuls skip "
                   "them."),
        MOE_WORDS ("Null slots become rows of expert 0 with weight 0 and are computed, as where a "
                   "kernel cannot take an absent expert."),
        MOE_WORDS ("Null slots go to extra experts whose weights are zeros, one for each null "
                   "expert, and are computed.")),
    .group = MOE_GROUP_NULLS,
    .help = MOE_WORDS ("drop null slots before dispatch, carry them through gather and combine, "
                       "compute them as expert 0 with weight 0, or as extra experts of zeros"),
    NAMES ("compact", "carry", "remap", "zero_expert"),
    .labels = WORDS (MOE_WORDS ("Compact"), MOE_WORDS ("Carry"), MOE_WORDS ("Remap"),
                     MOE_WORDS ("Zero experts")),
    .needs = MOE_NEEDS_NULLS,
    .common = true,
  },
  [MOE_CHOICE_PASS] = {
    .option = "bench-pass",
    .column = "pass",
    .title = MOE_WORDS ("Pass"),
    .group = MOE_GROUP_COMPUTE,
    .help = MOE_WORDS ("what one timed step computes"),
    NAMES ("forward", "forward_backward"),
    .labels = WORDS (MOE_WORDS ("Forward"), MOE_WORDS ("Forward + backward")),
    .scope = MOE_SCOPE_UP_TO,
    .told_by_result = true,
    .common = true,
  },
  [MOE_CHOICE_IMPL] = {
    .option = "impl",
    .column = "impl",
    .title = MOE_WORDS ("Impl"),
    .label = MOE_WORDS ("Implementations"),
    .note = MOE_WORDS ("Each one that is chosen is measured."),
    .group = MOE_GROUP_COMPUTE,
    .help = MOE_WORDS ("how the block is computed; both is all six"),
    NAMES ("baseline", "fused_w13", "preweight", "fused_w13_preweight", "scatter", "fast"),
    .ask = MOE_ASK_SEVERAL,
    .scope = MOE_SCOPE_SET,
    .initial = (1u << (MOE_IMPL_FAST + 1)) - 1,
    .told_by_result = true,
  },
  [MOE_CHOICE_GROUPING] = {
    .option = "backend",
    .column = "backend",
    .title = MOE_WORDS ("Backend"),
    .label = MOE_WORDS ("Grouped matmul"),
    .note = MOE_WORDS ("gmm schedules tiles of experts over the cores; ragged_dot takes the experts "
                       "one by one, each with all cores."),
    .group = MOE_GROUP_COMPUTE,
    .help = MOE_WORDS (
        "grouped matmul: gmm schedules expert tiles over the cores, ragged_dot walks the experts"),
    NAMES ("gmm", "ragged_dot"),
    .scope = MOE_SCOPE_ANY,
    .told_by_result = true,
  },
  [MOE_CHOICE_ACCELERATOR] = {
    .option = "accelerator",
    .column = "accelerator",
    .title = MOE_WORDS ("Accelerator"),
    .ask = MOE_ASK_OTHER,
    .scope = MOE_SCOPE_ANY,
    .common = true,
  },
  [MOE_CHOICE_DTYPE] = {
    .option = "dtype",
    .column = "dtype",
    .title = MOE_WORDS ("dtype"),
    .group = MOE_GROUP_COMPUTE,
    .help = MOE_WORDS ("storage and matmul inputs; sums are float32"),
    NAMES ("float32", "bfloat16"),
    .common = true,
  },
  [MOE_CHOICE_DISTRIBUTION] = {
    .option = "distribution",
    .column = "distribution",
    .title = MOE_WORDS ("Distribution"),
    .label = MOE_WORDS ("Distributions"),
    .note = MOE_WORDS ("random: every token for itself; runs: neighbours go to the same expert; "
                       "balanced: all experts in turn; zipf: the fullest expert gets most; hot: a "
                       "few experts get a share; loads and trace: as a file tells."),
    .group = MOE_GROUP_ROUTING,
    .help = MOE_WORDS ("which experts tokens go to; both is random and runs, as the harness has it; loads:FILE "
                       "and trace:FILE name the --routing-file too"),
    NAMES ("random", "runs", "balanced", "zipf", "hot", "loads", "trace"),
    .ask = MOE_ASK_SEVERAL,
    .scope = MOE_SCOPE_ROUTING,
    .initial = 1u << MOE_DISTRIBUTION_RANDOM | 1u << MOE_DISTRIBUTION_RUNS,
    .both = 1u << MOE_DISTRIBUTION_RANDOM | 1u << MOE_DISTRIBUTION_RUNS,
    .told_by_result = true,
  },
  [MOE_CHOICE_QUEUE_MODE] = {
    .option = "queue-mode",
    .column = "mode",
    .title = MOE_WORDS ("Queue mode"),
    .label = MOE_WORDS ("Queue modes"),
    .note = MOE_WORDS ("prequeue leaves pack and gather out of what is timed; forward pass only."),
    .group = MOE_GROUP_COMPUTE,
    .help = MOE_WORDS (
        "prequeue leaves routing pack and gather outside the timed region; forward only"),
    NAMES ("full", "prequeue"),
    .ask = MOE_ASK_SEVERAL,
    .scope = MOE_SCOPE_UP_TO,
    .needs = MOE_NEEDS_FORWARD,
    .initial = 1u << MOE_QUEUE_MODE_FULL,
    .told_by_result = true,
  },
  [MOE_CHOICE_REMAT_MODE] = {
    .option = "remat-mode",
    .column = "remat_mode",
    .title = MOE_WORDS ("Remat"),
    .notes = WORDS (
        MOE_WORDS ("All that the backward needs is kept: fastest, most memory."),
        MOE_WORDS ("Only the experts' outputs are kept; gather, up and activation are computed "
                   "again. Least memory."),
        MOE_WORDS ("The gathered rows are dropped and gathered again; what the experts computed is "
                   "kept.")),
    .group = MOE_GROUP_COMPUTE,
    .help = MOE_WORDS ("what the backward recomputes instead of saving"),
    NAMES ("none", "expert_mlp", "combine"),
    .labels = WORDS (MOE_WORDS ("None"), MOE_WORDS ("Expert MLP"), MOE_WORDS ("Combine")),
    .needs = MOE_NEEDS_BACKWARD,
  },
  [MOE_CHOICE_PACK_STRATEGY] = {
    .option = "routing-pack-strategy",
    .column = "routing_pack_strategy",
    .title = MOE_WORDS ("Pack strategy"),
    .note = MOE_WORDS ("How the assignments of an expert are put in order."),
    .group = MOE_GROUP_COMPUTE,
    .help = MOE_WORDS ("order of the assignments of an expert"),
    NAMES ("argsort", "tuple_sort", "expert_score_sort"),
    .missing = "argsort",
  },
  [MOE_CHOICE_PERMUTE_MODE] = {
    .option = "dispatch-permute-mode",
    .column = "dispatch_permute_mode",
    .title = MOE_WORDS ("Permute mode"),
    .label = MOE_WORDS ("Permutation"),
    .note = MOE_WORDS (
        "Rows straight from the tokens, or tokens repeated k times and permuted."),
    .group = MOE_GROUP_COMPUTE,
    .help = MOE_WORDS ("gather straight from x, or repeat it k times and permute"),
    NAMES ("direct_take", "repeat_sort"),
    .missing = "direct_take",
  },
  [MOE_CHOICE_CAPACITY_POLICY] = {
    .option = "capacity-policy",
    .column = "capacity_policy",
    .title = MOE_WORDS ("Capacity"),
    .label = MOE_WORDS ("Capacity policy"),
    .note = MOE_WORDS ("Bounds the rows of an expert; not together with null routing."),
    .group = MOE_GROUP_COMPUTE,
    .help = MOE_WORDS ("bound the rows of an expert; with null routing only none"),
    NAMES ("none", "drop", "pad"),
    .missing = "none",
    .scope = MOE_SCOPE_ANY,
  },
  [MOE_CHOICE_SHARED_FUSED] = {
    .option = "shared-fused",
    .column = "shared_fused",
    .title = MOE_WORDS ("Shared fused"),
    .label = MOE_WORDS ("Fuse its gate and up"),
    .note = MOE_WORDS ("One matmul instead of two."),
    .group = MOE_GROUP_SHAPE,
    .help = MOE_WORDS ("fuse the shared expert's gate and up matmuls"),
    NAMES ("false", "true"),
    .ask = MOE_ASK_FLAG,
    .needs = MOE_NEEDS_SHARED_EXPERT,
  },
  [MOE_CHOICE_PARALLEL_MODE] = {
    .option = "parallel-mode",
    .column = "parallel_mode",
    .title = MOE_WORDS ("Parallel"),
    .label = MOE_WORDS ("Parallel mode"),
    .note = MOE_WORDS ("ep splits experts and threads into shards that exchange tokens."),
    .group = MOE_GROUP_PARALLEL,
    .help = MOE_WORDS ("ep spreads the experts over shards"),
    NAMES ("none", "ep"),
    .missing = "none",
    .needs = MOE_NEEDS_TWO_SHARDS,
  },
  [MOE_CHOICE_EP_COMM_PATH] = {
    .option = "ep-comm-path",
    .column = "ep_comm_path",
    .title = MOE_WORDS ("Exchange"),
    .note = MOE_WORDS (
        "compact_psum: all tokens everywhere, outputs all-reduced; ring_ag_rs: tokens sharded, "
        "gathered and scattered."),
    .group = MOE_GROUP_PARALLEL,
    .help = MOE_WORDS ("how shards exchange tokens"),
    NAMES ("compact_psum", "ring_ag_rs"),
    .needs = MOE_NEEDS_EXCHANGE,
  },
  [MOE_CHOICE_NULL_GRANULARITY] = {
    .option = "null-granularity",
    .column = "null_granularity",
    .title = MOE_WORDS ("Null granularity"),
    .label = MOE_WORDS ("What is null"),
    .notes = WORDS (MOE_WORDS ("Slots are null, as the mode says; a token may keep others."),
                    MOE_WORDS ("Whole tokens are null, as padding is; the others keep all of "
                               "their experts.")),
    .group = MOE_GROUP_NULLS,
    .help = MOE_WORDS ("whether slots are null, as the mode says, or whole tokens, as padding is"),
    NAMES ("slot", "token"),
    .labels = WORDS (MOE_WORDS ("Slots"), MOE_WORDS ("Whole tokens")),
    .missing = "slot",
    .scope = MOE_SCOPE_ROUTING,
    .needs = MOE_NEEDS_NULLS,
    .common = true,
  },
  [MOE_CHOICE_NULL_TOKENS] = {
    .option = "null-tokens",
    .column = "null_tokens",
    .title = MOE_WORDS ("Null tokens"),
    .notes = WORDS (MOE_WORDS ("The null tokens are drawn at random."),
                    MOE_WORDS ("The null tokens are the last ones of the batch.")),
    .group = MOE_GROUP_NULLS,
    .help = MOE_WORDS ("with --null-granularity token, which tokens are null: drawn at random, or "
                       "the last ones of the batch"),
    NAMES ("random", "tail"),
    .labels = WORDS (MOE_WORDS ("Random"), MOE_WORDS ("Tail")),
    .missing = "random",
    .scope = MOE_SCOPE_ROUTING,
    .needs = MOE_NEEDS_NULL_TOKENS,
  },
  [MOE_CHOICE_NULL_KIND] = {
    .option = "null-kind",
    .column = "null_kind",
    .title = MOE_WORDS ("Null kind"),
    .label = MOE_WORDS ("What null slots add"),
    .notes = WORDS (
        MOE_WORDS ("A null slot adds nothing to its token."),
        MOE_WORDS ("A null slot adds its weight times the token itself: an identity expert, as "
                   "LongCat-Flash and MoE++ have them."),
        MOE_WORDS ("A null slot adds its weight times a trainable vector of its null expert, as "
                   "in MoE++.")),
    .group = MOE_GROUP_NULLS,
    .help = MOE_WORDS ("what a null slot adds: nothing, its weight times the token, or its weight "
                       "times a trainable vector"),
    NAMES ("zero", "copy", "constant"),
    .labels = WORDS (MOE_WORDS ("Zero"), MOE_WORDS ("Copy"), MOE_WORDS ("Constant")),
    .missing = "zero",
    .needs = MOE_NEEDS_NULLS,
    .common = true,
  },
  [MOE_CHOICE_PREPACK] = {
    .option = "prepack",
    .column = "prepack",
    .title = MOE_WORDS ("Prepacked"),
    .label = MOE_WORDS ("Pack weights once"),
    .note = MOE_WORDS ("Weights are packed for the matmuls before timing, and kept so: as in inference. "
                       "Forward pass and native kernels only; takes the memory of the weights twice."),
    .group = MOE_GROUP_COMPUTE,
    .help = MOE_WORDS ("pack the weights for the matmuls once, outside the timed region, as inference "
                       "does; forward and --accelerator native only"),
    NAMES ("false", "true"),
    .missing = "false",
    .ask = MOE_ASK_FLAG,
  },
  [MOE_CHOICE_K_RULE] = {
    .option = "k-rule",
    .column = "k_rule",
    .title = MOE_WORDS ("k rule"),
    .notes = WORDS (
        MOE_WORDS ("Every token takes its k best experts."),
        MOE_WORDS ("A token takes the fewest best experts whose probabilities add up to p; p is "
                   "such that tokens take k (1 − f) on average."),
        MOE_WORDS ("A token takes the experts that are at least p times as probable as its best "
                   "one; p is such that tokens take k (1 − f) on average."),
        MOE_WORDS ("A token takes the more experts the less its router is decided between them: "
                   "c times e to its entropy; c is such that tokens take k (1 − f) on average."),
        MOE_WORDS ("Every expert takes the same number of its most probable tokens; a token may "
                   "have none, or many."),
        MOE_WORDS ("Experts take whole tiles of tokens, nearest to what top-k gives them, with as "
                   "few other tokens as that takes. It changes the function that is computed.")),
    .group = MOE_GROUP_ROUTING,
    .help = MOE_WORDS ("how many experts a token takes: topk, or a number of its own, with "
                       "topk (1 - F) on average"),
    NAMES ("fixed", "top_p", "min_p", "entropy", "expert_choice", "token_rounding"),
    .labels = WORDS (MOE_WORDS ("Fixed"), MOE_WORDS ("Top-p"), MOE_WORDS ("Min-p"),
                     MOE_WORDS ("Entropy"), MOE_WORDS ("Expert choice"),
                     MOE_WORDS ("Token rounding")),
    .missing = "fixed",
    .needs = MOE_NEEDS_CHOICE,
    .common = true,
  },
}; /* moe_choices */
_Static_assert(N_ELEMENTS (moe_choices) == MOE_N_CHOICES, "every choice has a row");

const char *
moe_choice_name (MoeChoice choice, int value)
{
  return moe_name_of (&moe_choices[choice].names, value);
}

bool
moe_choice_is_telling (MoeChoice choice, const char *name)
{
  const char *missing = moe_choices[choice].missing;
  return moe_choices[choice].common && (missing == NULL || strcmp (name, missing) != 0);
}

void
moe_choices_widen (uint8_t problem[MOE_N_CHOICES], const uint8_t block[MOE_N_CHOICES])
{
  for (int c = 0; c < MOE_N_CHOICES; c++)
    {
      if (moe_choices[c].scope == MOE_SCOPE_SET)
        problem[c] |= (uint8_t)(1u << block[c]);
      else if (problem[c] < block[c])
        problem[c] = block[c];
    }
}

bool
moe_choices_fit (const uint8_t problem[MOE_N_CHOICES], const uint8_t block[MOE_N_CHOICES])
{
  for (int c = 0; c < MOE_N_CHOICES; c++)
    {
      MoeChoiceScope scope = moe_choices[c].scope;
      if ((scope == MOE_SCOPE_SAME && block[c] != problem[c])
          || (scope == MOE_SCOPE_UP_TO && block[c] > problem[c])
          || (scope == MOE_SCOPE_SET && (problem[c] >> block[c] & 1u) == 0))
        return false;
    }
  return true;
}

size_t
moe_dtype_bytes (MoeDtype dtype)
{
  return dtype == MOE_DTYPE_BFLOAT16 ? 2 : 4;
}

bool
moe_impl_fuses_w13 (MoeImpl impl)
{
  return impl == MOE_IMPL_FUSED_W13 || impl == MOE_IMPL_FUSED_W13_PREWEIGHT
         || impl == MOE_IMPL_FAST;
}

bool
moe_impl_preweights (MoeImpl impl)
{
  return impl == MOE_IMPL_PREWEIGHT || impl == MOE_IMPL_FUSED_W13_PREWEIGHT;
}

bool
moe_impl_scatters (MoeImpl impl)
{
  return impl == MOE_IMPL_SCATTER || impl == MOE_IMPL_FAST;
}
