/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a program. */
#pragma once

/* Call it last in main (), with the exit status that main () then returns.  What is left to do is
 * the libraries', and one of them may wait there for a thread that never ends, as OpenBLAS does for
 * one that got no memory: from here on signals end the process as they do any other, and after half
 * a minute, or a second where its addresses are limited (ulimit -v), it ends all the same with
 * `status`, and with all that was printed. */
void nullcurve_program_end (int status);
