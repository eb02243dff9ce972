/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold where the inner trusts the outer: an index within its array, a size that was
 * checked, memory that was counted beforehand.  Not for what a person, a file or a machine can get
 * wrong: that is an error with a sentence.
 *
 * With MOE_ASSERTIONS defined (debug and sanitizer builds, and the engine that tests link) a
 * condition that does not hold ends the process and says where.  Without, it is not evaluated, and
 * there is nothing of this in the program. */
#pragma once

#ifdef MOE_ASSERTIONS
#define MOE_ASSERT(condition)                                                                      \
  ((condition) ? (void)0 : moe_assert_fail (#condition, __FILE__, __LINE__))
#else
#define MOE_ASSERT(condition) ((void)sizeof (condition))
#endif

/* Print the condition and where it stands, and abort. */
_Noreturn void moe_assert_fail (const char *condition, const char *file, int line);
