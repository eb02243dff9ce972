/* SPDX-License-Identifier: Apache-2.0 */
/* The hosts that a person's ssh knows by name. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum
{
  MOE_HOSTS_MOST = 50,
  MOE_HOSTS_MAX_BYTES = 1 << 20, /* of a configuration that is looked at, included files and all */
  MOE_HOSTS_MAX_FILES = 64,
  MOE_HOSTS_MAX_DEPTH = 16 /* of files that include each other, as ssh has it */
};

/* The names after "Host" in a text like ~/.ssh/config, without patterns and what cannot be a host,
 * each once, the first MOE_HOSTS_MOST; files that it includes are not looked at.  Free with
 * g_strfreev (). */
char **moe_hosts_read (const char *text);

/* Those of .ssh/config below a home folder and of the files that it includes, in ssh's order: each
 * may be a pattern of the shell, begin with "~/", or lie in .ssh; one with "%" or "${" is passed
 * over.  What is no regular file or cannot be read has none.  Blocking, of small files. */
char **moe_hosts_of_home (const char *home);

/* Those of whoever runs this. */
char **moe_hosts_of_person (void);

G_END_DECLS
