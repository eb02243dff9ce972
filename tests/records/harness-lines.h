/* SPDX-License-Identifier: Apache-2.0 */
/* Lines as the published harness prints them. */
#pragma once

#define SHAPE "shape tokens=32768 hidden=2048 mlp_dim=1408 experts=60 topk=8 dtype=bfloat16\n"
#define PAIRS                                                                                      \
  "distribution=random mode=full pass=forward impl=fused_w13 backend=gmm topk=8 "                  \
  "null_mode=independent null_target=0.100 null_realized=0.101 null_assignments=26400 "            \
  "real_assignments=235744 tflops=343.774000 tokens_per_s=920847.000000"
#define RESULT "RESULT " PAIRS "\n"
/* Another row, for what needs two. */
#define RESULT_2                                                                                   \
  "RESULT distribution=random mode=full pass=forward impl=fused_w13 backend=gmm topk=8 "           \
  "null_mode=independent null_target=0.900 null_realized=0.899 null_assignments=235667 "           \
  "real_assignments=26477 tflops=76.137000 tokens_per_s=1833742.000000\n"
