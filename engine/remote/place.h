/* SPDX-License-Identifier: Apache-2.0 */
/* Another machine, or another corner of this one, where nullcurve-bench measures: reached by ssh,
 * or through a command that runs what follows it somewhere else (srun, podman exec, kubectl exec).
 * Nothing is asked for, read or stored that opens a door: whoever may not go there without being
 * asked does not get there. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* All strings are borrowed. */
typedef struct MoePlace
{
  const char *host;    /* of ssh: a name of its configuration, or user@host; NULL: through ... */
  const char *through; /* ... a command, quoted as for a shell, which is not started */
  const char *program; /* nullcurve-bench there, a name or a path; NULL: that name */
  const char *const *environment; /* NAME=VALUE for it, NULL-terminated; NULL: as it is there */
} MoePlace;

/* argv of a process that runs nullcurve-bench there with these arguments (NULL-terminated), each of
 * which arrives as it is: for ssh they are quoted for a shell once.  Free with g_strfreev (). NULL
 * and *error, a sentence, when the place cannot be one. */
char **moe_place_command (const MoePlace *place, const char *const *arguments, GError **error);

/* The same as one line for a shell here, to be shown; free with g_free (). */
char *moe_place_show (const MoePlace *place, const char *const *arguments, GError **error);

/* "gpu1", "srun -p gpu": free with g_free (). */
char *moe_place_describe (const MoePlace *place);

/* A word as a shell takes it, in quotes only where it needs them; free with g_free (). */
char *moe_place_quote (const char *word);

G_END_DECLS
