/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/options/matrix.h"

#include <string.h>

#include "engine/base/size.h"
#include "engine/options/sweep-axis.h"

static const char *const matrix_names[] = {
  [MOE_MATRIX_LOGBOOK] = "logbook",
  [MOE_MATRIX_MODES] = "modes",
};
const MoeNames moe_matrix_names = { matrix_names, sizeof matrix_names / sizeof *matrix_names };

/* Shapes of the "Null-Routed MoE Benchmark: Research Logbook" (marin issue 2844). */
static const MoeShape shapes[] = {
  { .tokens = 32768, .hidden = 2048, .mlp_dim = 1408, .experts = 60 },
  { .tokens = 32768, .hidden = 2048, .mlp_dim = 2048, .experts = 64 },
  { .tokens = 65536, .hidden = 3072, .mlp_dim = 3072, .experts = 128 },
};

enum
{
  N_SHAPES = sizeof shapes / sizeof shapes[0]
};

void
moe_matrix_init_options (MoeMatrix matrix, MoeOptions *options)
{
  moe_options_init_single (options);
  options->choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD;
  options->choice[MOE_CHOICE_DTYPE] = MOE_DTYPE_BFLOAT16;
  /* To tell modes apart takes several starts; the published runs had three samples of one. */
  options->iters = matrix == MOE_MATRIX_MODES ? 9 : 3;
  options->starts = matrix == MOE_MATRIX_MODES ? 3 : 0;
  options->warmup = 1;
}

bool
moe_matrix_sets (MoeMatrix matrix, const MoeOptionSpec *spec)
{
  static const char *const axes[] = { "tokens",
                                      "tokens-list",
                                      "hidden",
                                      "mlp-dim",
                                      "experts",
                                      "experts-list",
                                      "topk",
                                      "topk-list",
                                      "null-route-frac",
                                      "baseline",
                                      "null-route-frac-list",
                                      "null-route-sweep" };
  if (spec->choice == &moe_choices[MOE_CHOICE_NULL_MODE])
    return matrix == MOE_MATRIX_MODES;
  for (size_t i = 0; i < sizeof axes / sizeof axes[0]; i++)
    if (strcmp (spec->name, axes[i]) == 0)
      return true;
  return false;
}

static MoeOptions
job_of (const MoeOptions *common, const MoeShape *shape, MoeMatrixScale scale)
{
  MoeOptions job = *common;
  size_t shared_dim = job.shape.shared_dim;
  job.shape = *shape;
  job.shape.shared_dim = shared_dim;
  job.shape.tokens /= scale.tokens;
  job.shape.hidden /= scale.widths;
  job.shape.mlp_dim /= scale.widths;
  moe_options_clear_sizes (&job);
  job.topk_list = (MoeSizeList){ { 2, 4, 8 }, 3 };
  job.null_route_frac_list.n = 0;
  job.null_route_sweep = true;
  job.baseline = true;
  return job;
}

MoeStatus
moe_matrix_jobs (MoeMatrix matrix,
                 const MoeOptions *common,
                 MoeMatrixScale scale,
                 MoeOptions jobs[MOE_MATRIX_MAX_JOBS],
                 size_t *n_jobs,
                 MoeError *error)
{
  size_t n = 0;
  MoeStatus status = MOE_OK;
  if (scale.tokens == 0 || scale.tokens > shapes[0].tokens)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "scale",
                                 "--scale %zu is out of range: allowed is 1 to %zu, the tokens of "
                                 "the smallest shape.",
                                 scale.tokens, shapes[0].tokens);
  if (scale.widths == 0 || scale.widths > shapes[0].mlp_dim)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "scale-widths",
                                 "--scale-widths %zu is out of range: allowed is 1 to %zu, the "
                                 "smallest width.",
                                 scale.widths, shapes[0].mlp_dim);
  for (size_t s = 0; status == MOE_OK && s < N_SHAPES; s++)
    {
      jobs[n] = job_of (common, &shapes[s], scale);
      if (matrix == MOE_MATRIX_MODES)
        {
          jobs[n].choice[MOE_CHOICE_NULL_MODE] = MOE_NULL_MODE_TAKE_UNTIL_NULL;
          jobs[n].beside_independent = true;
        }
      status = moe_options_validate (&jobs[n++], error);
    }
  *n_jobs = n;
  return status;
}
