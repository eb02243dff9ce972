/* SPDX-License-Identifier: Apache-2.0 */
/* The hint that a core gives while it spins. */
#pragma once

static inline void
moe_cpu_relax (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
