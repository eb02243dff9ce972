/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/draw/exact.h"

#include <math.h>

double
moe_exact_exp (double x)
{
  if (x < -700.0)
    return 0.0;
  double n = floor (x * 1.4426950408889634 + 0.5);
  double r = (x - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10;
  double sum = 1.0;
  for (int i = 14; i > 0; i--)
    sum = 1.0 + sum * r / i;
  return ldexp (sum, (int)n);
}

double
moe_exact_ln (double x)
{
  int exponent;
  double m = frexp (x, &exponent);
  if (m < 0.70710678118654752440)
    {
      m *= 2;
      exponent--;
    }
  double z = (m - 1) / (m + 1), z2 = z * z, sum = 0;
  for (int i = 25; i >= 1; i -= 2)
    sum = sum * z2 + 1.0 / i;
  return 2 * z * sum + exponent * 0.69314718055994530942;
}
