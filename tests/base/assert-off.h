/* SPDX-License-Identifier: Apache-2.0 */
/* A source in which conditions are off, whatever the build. */
#pragma once

/* How often it evaluated a condition. */
int assert_off_evaluations (void);
