/* SPDX-License-Identifier: Apache-2.0 */
/* MOE_TARGET_CLONES before a function compiles it for several x86-64 vector widths and picks one
 * when the program starts.
 *
 * It is empty where the choice cannot be made safely: other processors, C libraries without
 * indirect functions, compilers without the attribute, and address, thread or memory sanitizer
 * builds, whose run time is not yet up when indirect functions are resolved. */
#pragma once

#include <stdlib.h> /* defines __GLIBC__ */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MOE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)                            \
    || __has_feature(memory_sanitizer)
#define MOE_SANITIZED 1
#endif
#endif

#ifndef MOE_SANITIZED
#define MOE_SANITIZED 0
#endif

/* The widest has the instructions for 16-bit elements too (AVX-512 BW), without which bfloat16 is
 * turned into float32 and back in halves; compilers differ in what they call it. */
#if !defined(__x86_64__) || !defined(__GLIBC__) || MOE_SANITIZED
#define MOE_TARGET_CLONES
#elif defined(__clang__) && __clang_major__ >= 14
#define MOE_TARGET_CLONES __attribute__ ((target_clones ("default", "avx2", "avx512bw")))
#elif !defined(__clang__) && __GNUC__ >= 12
#define MOE_TARGET_CLONES __attribute__ ((target_clones ("default", "avx2", "arch=x86-64-v4")))
#elif !defined(__clang__) && __GNUC__ >= 9
#define MOE_TARGET_CLONES __attribute__ ((target_clones ("default", "avx2", "avx512f")))
#else
#define MOE_TARGET_CLONES
#endif
