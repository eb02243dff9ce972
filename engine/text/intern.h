/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of which there is one of each, so that equal ones are equal pointers.
 *
 * For what comes from files: GLib's own interned strings copy their whole table for every 2,048 new
 * ones and keep the old, which a file with a million words of its own turns into gigabytes. */
#pragma once

/* The one copy of `text`, which lasts as long as the process; NULL for NULL.  From any thread. */
const char *moe_text_intern (const char *text);
