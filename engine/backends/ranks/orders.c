/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/ranks/orders.h"

#include "engine/base/size.h"

/* In how many parts, one for each rank, a tensor is cut along its outermost side. */
static size_t
parts_of (const MoeProblem *problem, MoeTensor tensor)
{
  MoeTensorOwner owner = moe_tensor_owner (tensor);
  bool cut = owner == MOE_TENSOR_OF_EXPERTS
             || (owner == MOE_TENSOR_OF_TOKENS
                 && problem->choice[MOE_CHOICE_EP_COMM_PATH] == MOE_EP_RING_AG_RS);
  return cut ? problem->ep_size : 1;
}

size_t
moe_order_owner (const MoeProblem *problem, MoeTensor tensor, size_t first, size_t *end)
{
  size_t elements = moe_tensor_elements (tensor, &problem->shape);
  size_t part = elements / parts_of (problem, tensor); /* options made sure that it divides */
  if (part == 0 || first >= elements)
    {
      *end = elements;
      return 0;
    }
  *end = (first / part + 1) * part;
  return first / part;
}

MoeStatus
moe_order_end_step (MoeRanks *ranks,
                    MoeStatus mine,
                    const MoeStepRecord *record,
                    MoeStepRecord *all,
                    MoeError *error)
{
  MoeStatus status = moe_ranks_agree (ranks, mine, error);
  return status == MOE_OK ? moe_ranks_gather (ranks, record, sizeof *record, all, error) : status;
}
