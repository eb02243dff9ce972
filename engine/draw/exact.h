/* SPDX-License-Identifier: Apache-2.0 */
/* Exponential and logarithm with the same bits on every CPU.  The C library's differ in the last
 * bit from one to another, which may show in a rounded weight, or decide between two experts. */
#pragma once

/* e^x for x <= 0, to a few units in the last place of a double; 0 below -700. */
double moe_exact_exp (double x);

/* ln x for x > 0, likewise. */
double moe_exact_ln (double x);
