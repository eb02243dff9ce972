/* SPDX-License-Identifier: Apache-2.0 */
/* Where this program stands: what belongs to it is found from there, so that an installation may be
 * moved as a whole and a build folder may be anywhere. */
#pragma once

#include <stdbool.h>

enum
{
  MOE_PLACE_SIZE = 4096
};

/* The folder of the running program, links followed.  False when the system does not tell. Any
 * thread. */
bool moe_place_program (char folder[MOE_PLACE_SIZE]);

/* The folder that this program was built in and the folder of the sources, when it runs from there:
 * a build folder that was moved or copied is none.  What is written in a build folder anybody may
 * have put there, so that code from it still has to pass moe_trust_file ().  False: neither is
 * written.  Any thread. */
bool moe_place_built (char build[MOE_PLACE_SIZE], char sources[MOE_PLACE_SIZE]);
