/* SPDX-License-Identifier: Apache-2.0 */
/* The hosts that a person's ssh knows by name. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum
{
  MOE_HOSTS_MOST = 50,
  MOE_HOSTS_MAX_BYTES = 1 << 20 /* of a configuration that is looked at */
};

/* The names after "Host" in a text like ~/.ssh/config, without patterns and what cannot be a host,
 * each once, the first MOE_HOSTS_MOST; files that it includes are not looked at.  Free with
 * g_strfreev (). */
char **moe_hosts_read (const char *text);

/* Those of ~/.ssh/config; none where it cannot be read.  Blocking, of a small file. */
char **moe_hosts_of_person (void);

G_END_DECLS
