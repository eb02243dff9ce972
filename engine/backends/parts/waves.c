/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/parts/waves.h"

#include "engine/base/assert.h"
#include "engine/base/size.h"

size_t
moe_wave_rows (MoeRematMode remat, size_t max_rows, size_t max_expert_rows)
{
  if (remat == MOE_REMAT_NONE)
    return max_rows;
  size_t eighth = max_rows / 8 + (max_rows % 8 != 0);
  return moe_size_min (max_rows, moe_size_max (eighth, max_expert_rows));
}

MoeWave
moe_wave_next (
    const MoeWave *before, const size_t *offset, size_t experts, size_t rows, size_t max_rows)
{
  size_t first_row = before->end_row;
  MoeWave wave = { before->end_expert, before->end_expert, first_row, first_row };
  MOE_ASSERT (wave.end_expert <= experts && first_row <= rows && offset[experts] <= rows);
  while (wave.end_expert < experts
         && (wave.end_expert == wave.first_expert
             || offset[wave.end_expert + 1] - first_row <= max_rows))
    wave.end_row = offset[++wave.end_expert];
  if (wave.end_expert == experts)
    wave.end_row = moe_size_max (wave.end_row, moe_size_min (rows, first_row + max_rows));
  return wave;
}

MoeStatus
moe_wave_check (MoeRematMode remat, size_t expert, size_t rows, size_t max_rows, MoeError *error)
{
  if (rows <= max_rows)
    return MOE_OK;
  return moe_error_set_option (
      error, MOE_ERROR_UNSUPPORTED, "remat-mode",
      "--remat-mode %s: expert %zu has %zu rows, and memory was taken for %zu at a time; use "
      "--remat-mode none.",
      moe_choice_name (MOE_CHOICE_REMAT_MODE, remat), expert, rows, max_rows);
}
